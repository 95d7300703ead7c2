"""The hosts outside of a compose file that its services call, as their variables name them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gate.config.fields import HOST
from gate.config.problems import VARIABLE
from gate.provision.compose_file import ComposeFile, place

ADDRESS = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?:[^@/\s]*@)?(?P<host>[A-Za-z0-9._-]+)(?::\d+)?(?P<path>/\S*)?"
)
"""An address in a text; who logs in there is no part of what is found."""
_PLAIN_PATH = re.compile(r"(?:/[a-z0-9_.-]{1,20})*/?")
"""Longer words, capitals and queries may be somebody's token."""
_HERE = re.compile(r"localhost|127\.[\d.]+|0\.0\.0\.0|host\.docker\.internal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outward:
    """The hosts that services call; ``env`` is what they are to see instead, with its reason."""

    hosts: tuple[str, ...]
    env: Mapping[str, Mapping[str, tuple[str, str]]]
    guessed: tuple[str, ...]
    open: tuple[str, ...]


def outward(
    envs: Mapping[str, Mapping[str, str]], services: Mapping[str, Any], files: Sequence[ComposeFile]
) -> Outward:
    """The hosts in variables that are none of the compose file's own services."""
    own = set(services) | {str(alias) for service in services.values() for alias in _aliases(service)}
    env: dict[str, dict[str, tuple[str, str]]] = {}
    called: dict[str, list[str]] = {}
    unreachable: dict[str, list[str]] = {}
    for name, key, value in ((name, key, value) for name, one in envs.items() for key, value in one.items()):
        where = place(files, ("services", name, "environment", key))
        for address in ADDRESS.finditer(value):
            host = address["host"].lower()
            if host in own or _HERE.fullmatch(host) or not HOST.fullmatch(host):
                continue
            if (
                address[0] != value
                or address["scheme"] not in ("http", "https")
                or not VARIABLE.fullmatch(key)
            ):
                unreachable.setdefault(host, []).append(f"{key} of {name} ({where})")
                continue
            path = address["path"] or ""
            kept = path if _PLAIN_PATH.fullmatch(path) else ""
            cut = "" if kept == path else "; the rest of the address is left out"
            env.setdefault(name, {})[key] = (f"{{outward.{host}}}{kept}", f"calls {host} ({where}){cut}")
            called.setdefault(host, []).append(f"{key} of {name} ({where})")
    return Outward(
        hosts=tuple(called),
        env=env,
        guessed=tuple(
            f"{host} is called: {', '.join(by)}; recorded answers stand in for it"
            for host, by in called.items()
        ),
        open=tuple(f"{host}: {', '.join(by)}: a run cannot reach it" for host, by in unreachable.items()),
    )


def _aliases(service: Mapping[str, Any]) -> Iterator[object]:
    yield from (service[key] for key in ("hostname", "container_name") if service.get(key))
    for network in (service.get("networks") or {}).values():
        yield from (network or {}).get("aliases") or ()
    yield from (str(link).rpartition(":")[2] for link in service.get("links") or ())
