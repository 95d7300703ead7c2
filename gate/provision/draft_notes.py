"""What 'gate init' tells people of a draft: what it guessed, and what is left for them to decide."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from gate.provision.compose_file import ComposeFile
from gate.provision.drafted import Compared, Migration, Tested
from gate.provision.front import Front
from gate.provision.policy import below
from gate.provision.servers import of, server_of

_NOT_READ = (
    "mysql", "mongo", "rabbitmq", "kafka", "redpanda", "nats", "activemq", "memcached", "elasticsearch", "opensearch",
    "cassandra", "clickhouse", "cockroach", "minio", "localstack", "mssql", "neo4j", "influxdb", "zookeeper", "mariadb",
)  # fmt: skip


def guesses(
    front: Front,
    tested: Sequence[Tested],
    stores: Sequence[Compared],
    migrate: Migration | None,
) -> Iterator[str]:
    """What was guessed, and from what."""
    target = next(one for one in tested if one.name == front.name)
    assert target.port is not None
    yield f"{front.name} gets the requests: {front.why}"
    yield f"it listens on port {target.port.text}: {target.port.why}"
    if target.ready:
        yield f"it is ready when GET {target.ready.text} answers 2xx: {target.ready.why}"
    if target.build:
        yield f"its image is built from this folder: {target.build.why}"
    for one in stores:
        what, which = "rows" if one.kind == "postgres" else "keys", ""
        if one.database:
            which = f", and its database {one.database.text} is used: {one.database.why}"
        yield f"{what} of {one.store} are compared: {one.service} is a {one.kind}{which}"
    if migrate:
        name, words, where = migrate
        yield (
            f"'{' '.join(words)}' migrates ({where}); it also runs when {name} starts, so take it out of gate.yml "
            "if it must not run twice"
        )


def pauses(background: Sequence[str]) -> str:
    """What to do about services that work when nobody asks them."""
    names = ", ".join(background)
    return (
        f"{names}: no port, so it seems to work by itself; settle.quiet has to be longer than the pauses that it "
        "makes, or what it does after an answer is not seen"
    )


def questions(
    services: Mapping[str, Any],
    files: Sequence[ComposeFile],
    code: Path,
    tested: Sequence[Tested],
    front: Front,
    migrate: Migration | None,
) -> Iterator[str]:
    """What could not be found, or may not work in a run as it is."""
    if not any(one.build for one in tested) and not any(
        service.get("build") for service in services.values()
    ):
        yield (
            f"{files[0].name} builds nothing, so both sides would run the same images: say under services what is "
            f"built from this repository, such as {front.name}: {{build: ./folder}}"
        )
    servers = {name: of(service) for name, service in services.items()}
    kinds = {server_of(str(services[name]["image"])) for name, server in servers.items() if server}
    if "postgres" in kinds and migrate is None:
        yield (
            "no service of the compose file migrates the database: if it takes a command to make the tables, put it "
            f"under 'migrate', such as {{service: {front.name}, run: the command}}"
        )
    if not {"postgres", "redis"} & kinds:
        yield (
            "no database is compared: no service names an image of PostgreSQL or Redis; one that is built here can be "
            "named all the same, under 'state' of environments.compose: {store: db, kind: postgres, service: its name}"
        )
    for name, service in services.items():
        image = str(service.get("image") or "").partition("@")[0].rpartition("/")[2]
        found = next((word for word in _NOT_READ if word in image), None)
        if found and not service.get("build"):
            yield f"{name}: {found} runs on both sides, but what is in it is not compared yet"
        if server_of(image) == "postgres" and "POSTGRES_PASSWORD_FILE" in (service.get("environment") or {}):
            yield f"{name}: its password is in a file, which is not read: give it as POSTGRES_PASSWORD"
    mounted = [
        name
        for name in (one.name for one in tested)
        for volume in services[name].get("volumes") or ()
        if volume.get("type") == "bind" and below(str(volume.get("source")), code)
        if not (server := servers[name]) or volume.get("target") != server.data  # which no run mounts
    ]
    if mounted:
        yield (
            f"{', '.join(dict.fromkeys(mounted))}: folders of this repository are mounted, and are read-only in a "
            "run; what writes there needs another place"
        )
