"""What has to run on one side in containers: gate.yml and the resolved compose file as one plan. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gate.config import Compose, Container, Redactor, Settings, Store, fill
from gate.errors import RequestError
from gate.ports import ComposePlan, ContainerPlan, StartError, StorePlan
from gate.provision.compose_file import ComposeFile, is_literal, place
from gate.provision.overlay import PLAYBACK, Wanted, overlay
from gate.provision.policy import Model, Refusal, below, plain, refusals
from gate.provision.servers import port_of

CONTROL = 7099
_OUTWARD = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """By what a later clean-up knows whose things are: labels, and for images, which are equal where their code is,
    a tag with the owner."""

    labels: Mapping[str, str]
    tag: str
    image_labels: Mapping[str, str]
    caches: str
    """The name under which the side's builds keep what they mount as a cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What the engine can do: whether containers are reached by ports on loopback, and ``start_interval``."""

    loopback: bool
    start_interval: bool


def check(
    model: Model, files: list[ComposeFile], code: Path, compose: Compose, redactor: Redactor
) -> list[str]:
    """What gate.yml lets through of what is refused, in words. Raises RequestError with the first that it does not.

    ``redactor`` knows the secrets that gate.yml fills in.
    """
    for name, service in sorted((model.get("services") or {}).items()):
        image, at = str(service.get("image") or ""), ("services", name, "image")
        # A registry would be asked for it by that name; what is written out is no secret, whatever it looks like.
        if (shown := redactor.redact_text(image)) != image and not is_literal(files, at):
            raise RequestError(f"{place(files, at)}: {name}: image {shown} has a secret in its name")
    allowed: list[str] = []
    for refusal in refusals(model, code):
        said = f"{refusal.service}: {refusal.what}"
        if (refusal.service, refusal.what) in compose.allow and not refusal.never:
            allowed.append(said)
            continue
        raise RequestError(f"{place(files, refusal.at)}: {said} is refused{_hint(refusal)}")
    return allowed


def _hint(refusal: Refusal) -> str:
    if refusal.never:
        return f"; {refusal.never}"
    entry = json.dumps({"service": refusal.service, "what": refusal.what}, ensure_ascii=False)
    return f"; if it has to be, add {entry} to environments.compose.allow in gate.yml"


def container_plan(
    settings: Settings,
    model: Model,
    code: Path,
    project: str,
    marks: Marks,
    reach: Reach,
    playback: Mapping[str, Any],
    allowed: Sequence[str] = (),
) -> ComposePlan:
    """One side's plan. Raises StartError where its compose file lacks a service that gate.yml names."""
    compose = settings.compose
    assert compose is not None
    services = model.get("services") or {}
    _check_names(settings, compose, services)
    env = {name: _env(one, settings) for name, one in compose.services.items()}
    stores = tuple(
        _store(store, services[store.service], env.get(store.service, {})) for store in settings.stores
    )
    wanted = Wanted(
        project=project,
        code=code,
        tag=marks.tag,
        image_labels=marks.image_labels,
        caches=marks.caches,
        labels=marks.labels,
        env=env,
        builds=_builds(compose, code),
        ports=_ports(compose, stores) if reach.loopback else {},
        internal=not reach.loopback,
        start_interval=reach.start_interval,
        hosts=settings.outward,
        playback=playback,
    )
    values = overlay(model, wanted)
    images = {one["name"]: one["changed"].get("image") for one in values["services"]}
    return ComposePlan(
        project=project,
        target=settings.stimuli.to,
        services={name: _container(one) for name, one in compose.services.items()},
        built={name: image for name, image in images.items() if image},
        images={name: str(services[name].get("image")) for name, image in images.items() if not image},
        stores=stores,
        migrations=_migrations(settings),
        ready_at_once=_ready_at_once(services, {store.service for store in stores}),
        allowed=tuple(allowed),
        internal=not reach.loopback,
        playback=PLAYBACK,
        control=CONTROL,
        overlay=values,
    )


def _check_names(settings: Settings, compose: Compose, services: Mapping[str, Any]) -> None:
    for name in (*compose.services, *(store.service for store in settings.stores)):
        if name not in services:
            known = ", ".join(sorted(services)) or "none"
            raise StartError(f"{compose.file}: has no service {name}, which gate.yml names; it has {known}")
    for name, one in compose.services.items():
        if one.port and (mode := services[name].get("network_mode")):
            raise RequestError(
                f"{compose.file}: {name}: network_mode {mode} leaves it no address of its own; in gate.yml give the "
                "port to the service whose network it is"
            )
    if clash := sorted(set(settings.outward) & set(services)):
        raise RequestError(
            f"gate.yml: outward.hosts: {clash[0]} is a service of {compose.file} as well; leave it out in one of them"
        )


def playback_settings(token: str, scenarios: list[str], bundles: list[str], hosts: bool) -> str:
    """The argument of the playback server in its container."""
    asked = {
        "token": token,
        "control": CONTROL,
        "hosts": {"*": _OUTWARD} if hosts else {},
        "bundles": bundles,
        "scenarios": scenarios,
        "upstream": {},
    }
    return json.dumps(asked)


def _builds(compose: Compose, code: Path) -> dict[str, str]:
    """The folders that gate.yml builds. Raises RequestError where a link in the side's code leads out of it."""
    found = {name: str(code / one.build) for name, one in compose.services.items() if one.build}
    for name, folder in found.items():
        if not below(folder, code):
            raise RequestError(
                f"{name}: the folder to build, {compose.services[name].build}, leads out of the side's code"
            )
    return found


def _ready_at_once(services: Mapping[str, Model], there: set[str]) -> tuple[str, ...]:
    """Compose looks twice a second whether what a service waits for is healthy; of stores the gate knows it sooner."""
    rest = {name: service for name, service in sorted(services.items()) if name not in there}
    waits = {str(other) for service in rest.values() for other in service.get("depends_on") or ()}
    needs = any(
        service.get(key) for service in rest.values() for key in ("links", "network_mode", "volumes_from")
    )
    return () if needs or not waits <= there else tuple(rest)


def _container(container: Container) -> ContainerPlan:
    return ContainerPlan(
        service=container.name,
        port=container.port,
        ready=container.ready,
        timeout=container.start_timeout,
    )


def _ports(compose: Compose, stores: tuple[StorePlan, ...]) -> dict[str, list[int]]:
    """What the gate itself has to reach."""
    found = {name: [one.port] for name, one in compose.services.items() if one.port}
    for store in stores:
        found.setdefault(store.service, []).append(store.port)
    return {**found, PLAYBACK: [CONTROL]}


def _migrations(settings: Settings) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(
        (one.service, tuple(_fill(word, settings, one.service) for word in one.run))
        for one in settings.migrate
    )


def _env(container: Container, settings: Settings) -> dict[str, str]:
    return {name: _fill(value, settings, container.name) for name, value in container.env.items()}


def filled_env(settings: Settings) -> dict[str, str]:
    """What ``${NAME}`` in the compose file stands for."""
    assert settings.compose is not None
    return {name: _fill(value, settings, "") for name, value in settings.compose.env.items()}


def _fill(text: str, settings: Settings, service: str) -> str:
    assert settings.compose is not None
    values = {"python": "python"}
    for name, one in settings.compose.services.items():
        if one.port:
            values |= {f"{name}.port": str(one.port), f"{name}.url": f"http://{name}:{one.port}"}
            if name == service:
                values["port"] = str(one.port)
    values |= {f"outward.{host}": f"http://{host}" for host in settings.outward}
    try:
        return fill(text, values)
    except KeyError as error:
        raise RequestError(
            f"gate.yml: {{{error.args[0]}}} needs the port of its service; add it under services"
        ) from None


def _store(store: Store, service: Model, given: Mapping[str, str]) -> StorePlan:
    """Who is let in, by the variables that the official images read; ``given`` are those of gate.yml."""
    env = {str(name): plain(str(value)) for name, value in (service.get("environment") or {}).items()} | dict(
        given
    )
    user = env.get("POSTGRES_USER", "postgres")
    return StorePlan(
        store=store.store,
        kind=store.kind,
        service=store.service,
        port=port_of(store.kind),
        database=store.database or (env.get("POSTGRES_DB", user) if store.kind == "postgres" else "0"),
        user=user,
        password=env.get("POSTGRES_PASSWORD", "") if store.kind == "postgres" else _redis_password(service),
        keys=store.keys,
    )


def _redis_password(service: Model) -> str:
    words = service.get("command") or ()
    words = words.split() if isinstance(words, str) else list(words)
    return plain(str(words[words.index("--requirepass") + 1])) if "--requirepass" in words[:-1] else ""
