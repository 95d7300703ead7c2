"""What the gate adds to a compose file, as the values that ``compose/overlay.yml.j2`` is filled in with. Pure."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from gate.provision.policy import Model, below

PLAYBACK = "gate-playback"
"""The service that stands in for the outside world."""
NETWORK = "gate"
_HEALTH = {"interval": "60s", "start_period": "300s", "start_interval": "200ms"}
"""Asked often while it starts and hardly ever after that; when to give up is for the gate to say."""
_OLD_HEALTH = {"interval": "500ms", "start_period": "300s"}
"""The same for engines before 25, which know no ``start_interval``."""
_NOT_PLAIN = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_MEMORY, _PROCESSES = "4g", 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A kind of server whose data is thrown away afterwards, so that it need not be kept safe."""

    port: int
    data: str
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


def server_of(image: str) -> str | None:
    """Which kind of server an image is, by its name: ``postgres``, ``mysql``, ``redis`` or none."""
    name = image.partition("@")[0].rpartition("/")[2].partition(":")[0]
    return next((kind for word, kind in _IMAGES.items() if name == word or name.startswith(f"{word}-")), None)


def port_of(kind: str) -> int:
    """The port that a kind of server listens on."""
    return _SERVERS[kind].port


def escaped(value: str) -> str:
    """A text that Compose takes as it is."""
    return value.replace("$", "$$")


def rendered(template: str, values: Mapping[str, Any]) -> str:
    """The text of the overlay."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)  # noqa: S701 - all goes through as_yaml
    environment.filters["as_yaml"] = as_yaml
    return environment.from_string(template).render(values)


def as_yaml(value: object) -> str:
    """JSON that YAML reads as the same: the signs that it does not take as they stand are written by number.

    A lone half of a surrogate pair, which no UTF-8 holds, becomes a question mark.
    """
    text = json.dumps(value, ensure_ascii=False).encode(errors="replace").decode()
    return _NOT_PLAIN.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What one side wants of the overlay.

    ``env`` are variables by service, ``builds`` folders by service, ``ports`` what is to be reached on loopback
    (empty where containers have addresses), ``start_interval`` whether the engine knows of that.
    """

    project: str
    code: Path
    tag: str
    image_labels: Mapping[str, str]
    labels: Mapping[str, str]
    env: Mapping[str, Mapping[str, str]]
    builds: Mapping[str, str]
    ports: Mapping[str, Sequence[int]]
    internal: bool
    start_interval: bool
    hosts: Sequence[str]
    playback: Mapping[str, Any]


def overlay(model: Model, wanted: Wanted) -> dict[str, Any]:
    """The values of the template: everything that is overridden, service by service."""
    services: Mapping[str, Model] = model["services"]
    # An image that one service builds and others run by its name is the side's own for them as well.
    own = {name for name, service in services.items() if service.get("build") or name in wanted.builds}
    shared = {str(services[name]["image"]): name for name in sorted(own) if services[name].get("image")}
    return {
        "project": wanted.project,
        "labels": dict(wanted.labels),
        "network": NETWORK,
        "internal": wanted.internal,
        "services": [_service(name, service, wanted, shared) for name, service in sorted(services.items())],
        "volumes": sorted(model.get("volumes") or {}),
        "playback": {"name": PLAYBACK, "hosts": list(wanted.hosts), **wanted.playback},
        "playback_ports": _published(wanted.ports.get(PLAYBACK, ())),
    }


def _service(name: str, service: Model, wanted: Wanted, shared: Mapping[str, str]) -> dict[str, Any]:
    kind = server_of(str(service.get("image") or "")) if not service.get("build") else None
    server = _SERVERS[kind] if kind else None
    changed: dict[str, Any] = {
        "restart": "no",
        "stop_grace_period": "0s",
        "labels": dict(wanted.labels),
        "logging": {"driver": "local", "options": {"max-size": "16m", "max-file": "2", "compress": "false"}},
    }
    if service.get("build") or name in wanted.builds:
        changed |= _image(name, wanted)
    elif builder := shared.get(str(service.get("image"))):
        changed["image"] = _tag(builder, wanted)
    if (service.get("deploy") or {}).get("restart_policy"):
        changed["deploy"] = {"restart_policy": {"condition": "none"}}
    changed["pull_policy"] = "never"
    if not service.get("hostname") and not service.get("network_mode"):
        changed["hostname"] = name.replace("_", "-").replace(".", "-")[:63]
    if not service.get("mem_limit") and not _limits(service).get("memory"):
        changed["mem_limit"] = _MEMORY
    if not service.get("pids_limit") and not _limits(service).get("pids"):
        changed["pids_limit"] = _PROCESSES
    if env := wanted.env.get(name):
        changed["environment"] = {variable: escaped(value) for variable, value in env.items()}
    health = service.get("healthcheck")
    if health and not health.get("disable"):
        changed["healthcheck"] = dict(_HEALTH if wanted.start_interval else _OLD_HEALTH)
    return {
        "name": name,
        "changed": changed,
        "reset": [key for key in ("container_name", "profiles", "external_links") if service.get(key)],
        "instead": {
            "ports": _published(wanted.ports.get(name, ())),
            "volumes": list(_volumes(service, server, wanted.code)),
            **_networks(service),
            **_thrown_away(service, server),
        },
    }


def _image(name: str, wanted: Wanted) -> dict[str, Any]:
    image: dict[str, Any] = {
        "image": _tag(name, wanted),
        "build": {"labels": dict(wanted.image_labels)},
    }
    if name in wanted.builds:
        image["build"]["context"] = wanted.builds[name]
    return image


def _tag(name: str, wanted: Wanted) -> str:
    return f"{wanted.project}-{name}:{wanted.tag}".lower()


def _limits(service: Model) -> Mapping[str, Any]:
    deploy = service.get("deploy") or {}
    limits: Mapping[str, Any] = (deploy.get("resources") or {}).get("limits") or {}
    return limits


def _published(ports: Sequence[int]) -> list[dict[str, Any]]:
    return [{"target": port, "host_ip": "127.0.0.1", "protocol": "tcp", "mode": "host"} for port in ports]


def _networks(service: Model) -> dict[str, Any]:
    """One network a side; the names that others call a service by stay."""
    if service.get("network_mode"):
        return {}
    aliases = sorted(
        {
            alias
            for one in (service.get("networks") or {}).values()
            for alias in (one or {}).get("aliases") or ()
        }
    )
    return {"networks": {NETWORK: {"aliases": aliases} if aliases else {}}}


def _volumes(service: Model, server: Server | None, code: Path) -> Iterator[Mapping[str, Any]]:
    """Files of the code are for reading; the data of a server that is thrown away needs no volume."""
    for volume in service.get("volumes") or ():
        if server is not None and volume.get("target") == server.data:
            continue
        of_code = volume.get("type") == "bind" and below(str(volume.get("source")), code)
        yield {**volume, "read_only": True} if of_code else volume


def _thrown_away(service: Model, server: Server | None) -> dict[str, Any]:
    if server is None:
        return {}
    command = service.get("command")
    words = [command] if isinstance(command, str) else list(command or ())
    if not words or words[0].startswith("-"):
        words = [server.program, *words]
    if words[0].rpartition("/")[2] not in (server.program, "mariadbd", "mysqld"):
        return {"tmpfs": _tmpfs(service, server)}
    return {"tmpfs": _tmpfs(service, server), "command": [*words, *server.arguments]}


def _tmpfs(service: Model, server: Server) -> list[str]:
    there = service.get("tmpfs") or ()
    return [*([there] if isinstance(there, str) else there), server.data]
