"""A first gate.yml from a compose file: what can be read from it, what is guessed, and what is left to a person."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from gate.config.fields import NAME, RESERVED
from gate.errors import RequestError
from gate.provision.compose_file import ComposeFile, place
from gate.provision.draft_notes import guesses, pauses, questions
from gate.provision.drafted import Compared, Draft, Known, Migration, Tested
from gate.provision.front import Front, choose, port_of_front, ready_of
from gate.provision.outside import Env, EnvFiles, env_files, taken_from_outside
from gate.provision.outward import ADDRESS, Outward, outward
from gate.provision.policy import Model, Refusal, plain, refusals
from gate.provision.servers import server_of

READ = ("postgres", "redis")
_MIGRATES = re.compile(r"migrat|upgrade head|flyway|liquibase", re.IGNORECASE)
_SEVERAL = re.compile(r"&&|;|\bexec\b")
_DATABASES = {"postgres": re.compile(r"[A-Za-z0-9_-]{1,63}"), "redis": re.compile(r"\d{1,4}")}
_UNFIT = "cannot be named in gate.yml, where a name is a letter, then letters, digits, '_' or '-'; rename the service"
Held = Callable[[Path], bool]
"""Whether a file of the folder would be part of a side: what git ignores, and ``.env``, is not."""


def draft(
    model: Model,
    files: Sequence[ComposeFile],
    code: Path,
    file: str,
    held: Held,
    bundles: Sequence[str],
    asked: str | None = None,
) -> Draft:
    """What gate.yml should say, the requests going to ``asked``. Raises RequestError where there is nothing to gate."""
    services = model.get("services") or {}
    front = choose(services, files, code, asked)
    files_of, taken = env_files(files, code, held), taken_from_outside(files, model, code)
    migrate = _migration(services, files)
    names, unfit = _named(services, files, front, migrate, files_of)
    calls = outward({name: files_of.env_of(name, services[name]) for name in names}, services, files)
    tested = tuple(_tested(name, services, files, code, front, files_of.needed, calls) for name in names)
    stores = tuple(_stores(services, files))
    migrate = migrate if migrate and migrate.service in names else None
    background = tuple(_background(services, names, front, migrate))
    refused = tuple((one, place(files, one.at)) for one in refusals(model, code))
    return Draft(
        file=file,
        service=str(model.get("name") or front.name),
        front=front,
        tested=tested,
        others=tuple(sorted(set(services) - set(names))),
        env={name: Known(text=one.value, why=one.why) for name, one in taken.named.items()},
        stores=stores,
        hosts=calls.hosts,
        migrate=migrate,
        background=background,
        refused=refused,
        bundles=tuple(bundles),
        guessed=(*guesses(front, tested, stores, migrate), *files_of.guessed, *calls.guessed),
        open=(
            *(f"{where}: {one.service}: {one.what} is refused{_way_out(one)}" for one, where in refused),
            *(*taken.open, *files_of.open, *calls.open, *(f"{name}: {_UNFIT}" for name in unfit)),
            *([pauses(background)] if background else []),
            *questions(services, files, code, tested, front, migrate),
        ),
    )


def _named(
    services: Mapping[str, Any],
    files: Sequence[ComposeFile],
    front: Front,
    migrate: Migration | None,
    files_of: EnvFiles,
) -> tuple[list[str], list[str]]:
    """The services that gate.yml names, the one that gets the requests first; then those that it cannot name."""
    built = [name for name, service in services.items() if service.get("build")]
    in_need = [name for name, env in files_of.needed.items() if env and name in services]
    names = dict.fromkeys([front.name, *built, *([migrate.service] if migrate else []), *in_need])
    fit = [name for name in names if NAME.fullmatch(name) and name not in RESERVED]
    if front.name not in fit:
        raise RequestError(f"{place(files, ('services', front.name))}: {front.name}: {_UNFIT}")
    return fit, [name for name in names if name not in fit]


def _way_out(refusal: Refusal) -> str:
    return (
        "; take it out" if refusal.never else "; do without it, or let it through under 'allow' in gate.yml"
    )


def _tested(
    name: str,
    services: Mapping[str, Any],
    files: Sequence[ComposeFile],
    code: Path,
    front: Front,
    needed: Mapping[str, Mapping[str, Env]],
    calls: Outward,
) -> Tested:
    spelt_out = services[name].get("environment") or {}
    missing = {key: one for key, one in needed.get(name, {}).items() if key not in spelt_out}
    env = {key: Known(text=one.value, why=one.why) for key, one in missing.items()}
    env |= {key: Known(text=text, why=why) for key, (text, why) in calls.env.get(name, {}).items()}
    if name != front.name:
        return Tested(name=name, env=env)
    service = services[name]
    port, port_why = port_of_front(name, service, files, code)
    ready = ready_of(name, service, files, code, port)
    build = None
    if not service.get("build") and (code / "Dockerfile").is_file():
        build = Known(text=".", why=f"{files[0].name} only names an image, and there is a Dockerfile here")
    return Tested(
        name=name,
        port=Known(text=str(port), why=port_why),
        ready=Known(text=ready[0], why=ready[1]) if ready else None,
        build=build,
        env=env,
    )


def _stores(services: Mapping[str, Any], files: Sequence[ComposeFile]) -> Iterator[Compared]:
    """By what their service is called; a name that gate.yml cannot hold is made to fit."""
    taken: set[str] = set()
    for number, (name, service) in enumerate(services.items()):
        kind = None if service.get("build") else server_of(str(service.get("image") or ""))
        if kind in READ:
            fit = name if NAME.fullmatch(name) and name not in taken else f"{kind}-{number}"
            taken.add(fit)
            yield Compared(fit, kind, name, _database(name, kind, services, files))


def _database(
    server: str, kind: str, services: Mapping[str, Any], files: Sequence[ComposeFile]
) -> Known | None:
    """The one that all addresses in variables name, where it is not the one that is taken without a word."""
    own = services[server].get("environment") or {}
    usual = own.get("POSTGRES_DB", own.get("POSTGRES_USER", "postgres")) if kind == "postgres" else "0"
    found: dict[str, str] = {}
    for name, service in services.items():
        for key, value in (service.get("environment") or {}).items():
            for address in ADDRESS.finditer(str(value)):
                word = (address["path"] or "")[1:].partition("?")[0]
                if address["host"] == server and _DATABASES[kind].fullmatch(word):
                    where = place(files, ("services", name, "environment", key))
                    found.setdefault(word, f"{key} of {name} ({where})")
    (word, why), *others = found.items() or [("", "")]
    return Known(text=word, why=why) if word not in ("", usual) and not others else None


def _background(
    services: Mapping[str, Any], names: Sequence[str], front: Front, migrate: Migration | None
) -> Iterator[str]:
    """What runs on without a port to be asked at."""
    ends = {front.name, *_waited_for(services), *([migrate.service] if migrate else [])}
    for name in names:
        service = services[name]
        if name not in ends and not (service.get("ports") or service.get("expose")):
            yield name


def _waited_for(services: Mapping[str, Any]) -> set[str]:
    """What others start after the end of."""
    return {
        name
        for service in services.values()
        for name, one in (service.get("depends_on") or {}).items()
        if (one or {}).get("condition") == "service_completed_successfully"
    }


def _migration(services: Mapping[str, Any], files: Sequence[ComposeFile]) -> Migration | None:
    """A service that runs once and says that it migrates."""
    waited_for = _waited_for(services)
    for name, service in services.items():
        words = tuple(plain(str(word)) for word in service.get("command") or ())
        text = " ".join(words)
        once = name in waited_for or not (service.get("ports") or _SEVERAL.search(text))
        if (
            words
            and once
            and _MIGRATES.search(text)
            and service.get("restart") not in ("always", "unless-stopped")
        ):
            return Migration(name, words, place(files, ("services", name, "command")))
    return None
