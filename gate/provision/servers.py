"""Servers that are known by their images: where they listen, where their data lies, how not to keep it safe. Pure."""

import re
from dataclasses import dataclass, replace
from typing import Any

from gate.provision.policy import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A kind of server whose data is thrown away afterwards, so that it need not be kept safe."""

    port: int
    data: str | None
    """Where its data lies; None where that is not known."""
    program: str
    arguments: tuple[str, ...]


_SERVERS = {
    "postgres": Server(
        port=5432,
        data="/var/lib/postgresql/data",
        program="postgres",
        arguments=(
            "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off", "-c", "autovacuum=off",
        ),
    ),
    "mysql": Server(
        port=3306,
        data="/var/lib/mysql",
        program="mysqld",
        arguments=("--innodb-flush-log-at-trx-commit=0", "--sync-binlog=0", "--innodb-doublewrite=0"),
    ),
    "redis": Server(
        port=6379, data="/data", program="redis-server", arguments=("--save", "", "--appendonly", "no")
    ),
}  # fmt: skip
_IMAGES = {
    "postgres": "postgres", "postgis": "postgres", "timescaledb": "postgres", "pgvector": "postgres",
    "mysql": "mysql", "mariadb": "mysql", "redis": "redis", "valkey": "redis",
}  # fmt: skip
"""By the last part of their names, and no others: a tool beside a server is called after it as well."""
_OFFICIAL = re.compile(
    r"(?:docker\.io/)?(?:(?:library/)?(?:postgres|mysql|mariadb|redis)"
    r"|postgis/postgis|timescale/timescaledb|pgvector/pgvector|valkey/valkey)"
)
"""Those whose own command is known; what others start with may be more than the server."""
_MAJOR = re.compile(r"(?:.*pg)?(\d+)")


def server_of(image: str) -> str | None:
    """Which kind of server an image is, by its name: ``postgres``, ``mysql``, ``redis`` or none."""
    return _IMAGES.get(image.partition("@")[0].rpartition("/")[2].partition(":")[0])


def of(service: Model) -> Server | None:
    """The server that a service is, by the image that it names; what is built may be anything."""
    image = "" if service.get("build") else str(service.get("image") or "")
    kind = server_of(image)
    if kind is None:
        return None
    return replace(_SERVERS[kind], data=_postgres_data(image)) if kind == "postgres" else _SERVERS[kind]


def _postgres_data(image: str) -> str | None:
    """Version 18 moved it, and does not start where something is mounted at the old place."""
    match = _MAJOR.match(image.partition("@")[0].rpartition("/")[2].partition(":")[2])
    if match is None:
        return None
    return "/var/lib/postgresql/data" if int(match[1]) < 18 else "/var/lib/postgresql"


def port_of(kind: str) -> int:
    """The port that a kind of server listens on."""
    return _SERVERS[kind].port


def thrown_away(service: Model, server: Server) -> dict[str, Any]:
    """What makes a server quick whose data nobody will want back."""
    found: dict[str, Any] = {}
    if server.data is not None:
        there = service.get("tmpfs") or ()
        found["tmpfs"] = [*([there] if isinstance(there, str) else there), server.data]
    command = service.get("command")
    words = [command] if isinstance(command, str) else list(command or ())
    if not words or words[0].startswith("-"):
        if not _OFFICIAL.fullmatch(re.sub(r"(:[^/]*)?(@.*)?$", "", str(service.get("image")))):
            return found
        words = [server.program, *words]
    if words[0].rpartition("/")[2] in (server.program, "mariadbd", "mysqld"):
        found["command"] = [*words, *server.arguments]
    return found
