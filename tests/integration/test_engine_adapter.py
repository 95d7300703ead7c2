"""The engine as the gate sees it: many threads at once, logs without end, things that are gone."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from docker.models.containers import Container

from gate.adapters.engine import Engine
from tests.integration.boxes import engine as engine_itself
from tests.integration.harness import eventually

pytestmark = pytest.mark.docker
IMAGE = "python:3.11-slim"
PROJECT = f"gate-tests-{uuid4().hex[:12]}"
PRINTS = (
    "for n in range(40000): print(n, 'x' * 60)\nprint('the end', flush=True)\nimport time; time.sleep(300)"
)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(os.environ)


@pytest.fixture(scope="module")
def container() -> Iterator[Container]:
    labels = {"com.docker.compose.project": PROJECT, "com.docker.compose.service": "printer"}
    with engine_itself() as client:
        one = client.containers.create(IMAGE, ["python", "-c", PRINTS], network_mode="none", labels=labels)
        try:
            one.start()
            assert eventually(lambda: b"the end" in one.logs(tail=1), 30)
            yield one
        finally:
            one.remove(force=True, v=True)


def test_from_many_threads(engine: Engine, container: Container) -> None:
    def ask(number: int) -> tuple[str, bytes, str | None]:
        (one,) = engine.containers(PROJECT)
        return one.state, engine.log(one.id, 10**6, tail=1), engine.digest_of(f"nowhere/x:{number}")

    with ThreadPoolExecutor(max_workers=8) as pool:
        assert set(pool.map(ask, range(80))) == {("running", b"the end\n", None)}


def test_log_is_cut_at_a_line(engine: Engine, container: Container) -> None:
    log = engine.log(str(container.id), 10**6)
    lines = log.splitlines()
    assert len(log) <= 10**6 + 100 and lines[-1] == b"[gate: cut here]"
    assert [line.split()[0] for line in lines[:-1]] == [b"%d" % n for n in range(len(lines) - 1)]
    assert engine.log(str(container.id), 10**8).endswith(b"the end\n")


def test_what_is_gone(engine: Engine, container: Container) -> None:
    assert engine.status_of("0" * 64) == (0, "removed")
    assert not engine.tag("nowhere/x:1", "nowhere/y:1")
    engine.remove_images(["nowhere/x:1"])


def test_names_come_and_go_and_the_image_stays(engine: Engine, container: Container) -> None:
    name = f"gate-tests/{PROJECT}:1"
    assert engine.tag(IMAGE, name) and engine.digest_of(name) == engine.digest_of(IMAGE)
    engine.remove_images([name])
    assert engine.digest_of(name) is None and engine.digest_of(IMAGE) is not None
