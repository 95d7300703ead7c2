"""What the gate adds to a compose file, as the values that ``compose/overlay.yml.j2`` is filled in with. Pure."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from gate.provision import servers
from gate.provision.policy import Model, in_code

PLAYBACK = "gate-playback"
"""The service that stands in for the outside world."""
NETWORK = "gate"
_HEALTH = {"interval": "60s", "start_period": "300s", "start_interval": "200ms"}
"""Asked often while it starts and hardly ever after that; when to give up is for the gate to say."""
_OLD_HEALTH = {"interval": "500ms", "start_period": "300s"}
"""The same for engines before 25, which know no ``start_interval``."""
_NOT_PLAIN = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_LOG = {"max-size": "16m", "max-file": "2", "compress": "false"}
_LIMITS = {"memory": "4g", "pids": 4096}
_SHORT = {"memory": "mem_limit", "pids": "pids_limit"}


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
    (empty where containers have addresses), ``start_interval`` whether the engine knows of that, ``caches`` the name
    under which builds keep what they mount as a cache.
    """

    project: str
    code: Path
    tag: str
    image_labels: Mapping[str, str]
    caches: str
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
    server = servers.of(service)
    changed: dict[str, Any] = {
        "restart": "no",
        "stop_grace_period": "0s",
        "labels": dict(wanted.labels),
        **_bounds(service),
    }
    if service.get("build") or name in wanted.builds:
        changed |= _image(name, wanted)
    elif builder := shared.get(str(service.get("image"))):
        changed["image"] = _tag(builder, wanted)
    changed["pull_policy"] = "never"
    if not service.get("hostname") and not service.get("network_mode"):
        changed["hostname"] = name.replace("_", "-").replace(".", "-")[:63]
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
            "logging": {"driver": "local", "options": _LOG},
            "volumes": list(_volumes(service, server, wanted.code)),
            **_networks(service, wanted.hosts),
            **(servers.thrown_away(service, server) if server else {}),
        },
    }


def _image(name: str, wanted: Wanted) -> dict[str, Any]:
    image: dict[str, Any] = {
        "image": _tag(name, wanted),
        # By side, or one could leave the other something to build from.
        "build": {"labels": dict(wanted.image_labels), "args": {"BUILDKIT_CACHE_MOUNT_NS": wanted.caches}},
    }
    if name in wanted.builds:
        image["build"]["context"] = wanted.builds[name]
    return image


def _tag(name: str, wanted: Wanted) -> str:
    fit = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if fit != name:  # two names may fit alike
        fit = f"{fit}-{hashlib.sha256(name.encode()).hexdigest()[:8]}".lstrip("-")
    return f"{wanted.project}-{fit}:{wanted.tag}".lower()


def _bounds(service: Model) -> dict[str, Any]:
    """One container a service, started once, with limits where it has none; where the file has some, beside those."""
    deploy = service.get("deploy") or {}
    limits = (deploy.get("resources") or {}).get("limits") or {}
    own = {"memory": service.get("mem_limit"), "pids": service.get("pids_limit")} | limits
    missing = {key: value for key, value in _LIMITS.items() if not own.get(key)}
    changed: dict[str, Any] = {}
    under: dict[str, Any] = {}
    if limits:
        under |= {"resources": {"limits": missing}} if missing else {}
    else:
        changed |= {_SHORT[key]: value for key, value in missing.items()}
    if deploy.get("restart_policy"):
        under["restart_policy"] = {"condition": "none"}
    if service.get("scale") or deploy.get("replicas"):
        changed["scale"] = under["replicas"] = 1
    return changed | {"deploy": under} if under else changed


def _published(ports: Sequence[int]) -> list[dict[str, Any]]:
    return [{"target": port, "host_ip": "127.0.0.1", "protocol": "tcp", "mode": "host"} for port in ports]


def _networks(service: Model, hosts: Sequence[str]) -> dict[str, Any]:
    """One network a side; the names that others call a service by stay, but for those of the outside world."""
    if service.get("network_mode"):
        return {}
    aliases = sorted(
        {
            alias
            for one in (service.get("networks") or {}).values()
            for alias in (one or {}).get("aliases") or ()
        }
        - set(hosts)
    )
    return {"networks": {NETWORK: {"aliases": aliases} if aliases else {}}}


def _volumes(service: Model, server: servers.Server | None, code: Path) -> Iterator[Mapping[str, Any]]:
    """Files of the code are for reading; the data of a server that is thrown away needs no volume."""
    for volume in service.get("volumes") or ():
        if server is not None and server.data is not None and volume.get("target") == server.data:
            continue
        of_code = volume.get("type") == "bind" and in_code(str(volume.get("source")), code)
        yield {**volume, "read_only": True} if of_code else volume
