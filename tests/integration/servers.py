"""Real database servers in containers, each gone when its block ends."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import docker
import psycopg
import redis
from docker.models.containers import Container

PASSWORD = "pass-word-of-tests"
_START_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A server that answers, and where."""

    container: Container
    host: str
    port: int


@contextmanager
def postgres() -> Iterator[Running]:
    """PostgreSQL on a disk of memory: user ``app``, database ``app``."""
    with _started(
        "postgres:15",
        5432,
        _postgres_answers,
        command=["postgres", "-c", "fsync=off", "-c", "shared_buffers=32MB"],
        environment={"POSTGRES_USER": "app", "POSTGRES_DB": "app", "POSTGRES_PASSWORD": PASSWORD},
        tmpfs={"/var/lib/postgresql/data": ""},
    ) as running:
        yield running


@contextmanager
def redis_server() -> Iterator[Running]:
    """Redis that saves nothing."""
    with _started(
        "redis:7",
        6379,
        _redis_answers,
        command=["redis-server", "--save", "", "--requirepass", PASSWORD],
        environment={},
        tmpfs={"/data": ""},
    ) as running:
        yield running


@contextmanager
def _started(
    image: str,
    port: int,
    answers: Callable[[str, int], None],
    *,
    command: Sequence[str],
    environment: Mapping[str, str],
    tmpfs: Mapping[str, str],
) -> Iterator[Running]:
    client = docker.from_env()
    try:
        # A network of its own: the engine's default one may not be there.
        network = client.networks.create(f"replay-gate-tests-{uuid4().hex}", driver="bridge")
        try:
            container = client.containers.create(
                image,
                list(command),
                environment=dict(environment),
                tmpfs=dict(tmpfs),
                network=network.name,
            )
            try:
                container.start()
                yield _running(container, port, answers)
            finally:
                container.remove(force=True, v=True)
        finally:
            network.remove()
    finally:
        client.close()


def _running(container: Container, port: int, answers: Callable[[str, int], None]) -> Running:
    container.reload()
    (network,) = container.attrs["NetworkSettings"]["Networks"].values()
    host = network["IPAddress"]
    _wait(lambda: answers(host, port), container)
    return Running(container=container, host=host, port=port)


def _wait(answers: Callable[[], None], container: Container) -> None:
    end = time.monotonic() + _START_SECONDS
    while True:
        try:
            return answers()
        except (psycopg.OperationalError, redis.RedisError) as error:
            if time.monotonic() > end:
                raise AssertionError(f"{error}\n{container.logs(tail=20).decode()}") from None
        time.sleep(0.1)


def _postgres_answers(host: str, port: int) -> None:
    psycopg.connect(
        host=host, port=port, user="app", password=PASSWORD, dbname="app", connect_timeout=5
    ).close()


def _redis_answers(host: str, port: int) -> None:
    with redis.Redis(host=host, port=port, password=PASSWORD) as client:
        client.ping()
