"""What has to run on one side, with every placeholder filled in. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gate.config import Service, Settings, fill
from gate.ports import Command, SidePlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a side is given: its code, a folder for its state, ports by service, URLs by outward host."""

    code: Path
    state: Path
    ports: Mapping[str, int]
    outward: Mapping[str, str]
    python: str


def plan(settings: Settings, place: Place) -> SidePlan:
    """Fill in gate.yml for one side."""
    services = tuple(_service(service, settings, place) for service in settings.services.values())
    by_name = {service.name: service for service in services}
    migrations = tuple(
        Command(
            name=f"migrate {migration.service}",
            argv=tuple(_fill(word, migration.service, place) for word in migration.run),
            env=by_name[migration.service].env,
            cwd=by_name[migration.service].cwd,
        )
        for migration in settings.migrate
    )
    return SidePlan(
        migrations=migrations,
        services=services,
        stores={store.store: Path(_fill(store.path, "", place)) for store in settings.stores},
        target=_url(place.ports[settings.stimuli.to]),
    )


def places(settings: Settings, place: Place) -> dict[str, str]:
    """What only this side was given, with the placeholder that gave it: URLs, addresses, the folder of its state."""
    found = {str(place.state): "{state}"}
    for name in settings.services:
        port = place.ports[name]
        found |= {f"{host}:{port}": f"{host}:{{{name}.port}}" for host in ("127.0.0.1", "localhost")}
        found[_url(port)] = f"{{{name}.url}}"
    for host, url in place.outward.items():
        found |= {url: f"{{outward.{host}}}", url.removeprefix("http://"): f"{{outward.{host}}}"}
    return found


def _service(service: Service, settings: Settings, place: Place) -> Command:
    port = place.ports[service.name]
    words = (*service.command, *service.env.values())
    listens = service.name == settings.stimuli.to or any("{port}" in word for word in words)
    return Command(
        name=service.name,
        argv=tuple(_fill(word, service.name, place) for word in service.command),
        env={name: _fill(value, service.name, place) for name, value in service.env.items()},
        cwd=place.code / service.cwd,
        port=port if listens else None,
        ready=_url(port) + service.ready if listens else None,
        timeout=service.start_timeout,
    )


def _fill(text: str, service: str, place: Place) -> str:
    values = {"state": str(place.state), "python": place.python}
    for name, port in place.ports.items():
        values[f"{name}.port"], values[f"{name}.url"] = str(port), _url(port)
    if service in place.ports:
        values["port"] = str(place.ports[service])
    values |= {f"outward.{host}": url for host, url in place.outward.items()}
    return fill(text, values)


def _url(port: int) -> str:
    return f"http://127.0.0.1:{port}"
