"""What the shape of gate.yml cannot say: that names refer to something, and that keys mean something together."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gate.config import texts
from gate.config.environments import COMPOSE, PROCESS, Store
from gate.config.fields import OF_COMPOSE
from gate.config.problems import Loc, Problem, dotted, key_text, nearest
from gate.config.schema import File
from gate.config.source import Source

_KEYS_OF = {"sqlite": {"path"}, "postgres": {"service", "database"}, "redis": {"service", "database", "keys"}}
_NEVER = ("build secrets", "build ssh")


def check(file: File, source: Source, environ: Mapping[str, str], chosen: str) -> list[Problem]:
    """Everything that is wrong with a file whose shape is right; variables are needed for ``chosen`` only."""
    there = file.environments.named()
    if chosen not in there:
        return [_no_environment(chosen, there)]
    return [
        *_services(file),
        *_containers(file),
        *_refused(file),
        *(problem for name in there for problem in _stores(file, name)),
        *_named_stores(file),
        *_twice(file),
        *texts.check(file, source, environ, chosen),
    ]


def _no_environment(chosen: str, there: Iterable[str]) -> Problem:
    known = f"it has {', '.join(there)}" if there else "write 'process' or 'compose' there"
    which = f"{chosen} is not" if chosen else "nothing is"
    return Problem(loc=("environments",), text=f"{which} under environments; {known}")


def _services(file: File) -> Iterator[Problem]:
    services = {name: file.environments.of(name) for name in file.environments.named()}
    for number, migration in enumerate(file.migrate):
        yield from _unknown("service", ("migrate", number, "service"), migration.service, services)
    if file.stimuli.to:
        yield from _unknown("service", ("stimuli", "to"), file.stimuli.to, services)
        return
    for environment, there in services.items():
        if len(there) > 1:
            names = ", ".join(sorted(there))
            at: Loc = ("environments", environment, "services")
            written = "stimuli" in file.model_fields_set
            yield Problem(
                loc=("stimuli", "to") if written else at,
                text=f"stimuli.to is missing: there are several services ({names}), say which one gets the requests",
                at_key=not written,
            )


def _containers(file: File) -> Iterator[Problem]:
    """What gets requests, or is asked whether it is ready, needs a port."""
    services = file.environments.compose.services if file.environments.compose else {}
    to = file.stimuli.to or (next(iter(services)) if len(services) == 1 else "")
    for name, service in services.items():
        if service.port is None and (name == to or service.ready is not None):
            loc: Loc = ("environments", COMPOSE, "services", name)
            what = f"port is missing in {dotted(loc)}: the one that it listens on inside"
            yield Problem(loc=loc, text=what)


def _refused(file: File) -> Iterator[Problem]:
    """What would reach past the compose file, or say so in vain."""
    compose = file.environments.compose
    for name in compose.env if compose else ():
        if name.startswith(OF_COMPOSE):
            loc: Loc = ("environments", COMPOSE, "env", name)
            what = (
                f"{dotted(loc)} would steer Docker itself; rename the variable, in the compose file as well"
            )
            yield Problem(loc=loc, text=what, at_key=True)
    for number, one in enumerate(compose.allow if compose else ()):
        if one.what in _NEVER:
            loc = ("environments", COMPOSE, "allow", number, "what")
            what = f"{dotted(loc)}: '{one.what}' is never let through; a build gets no secret"
            yield Problem(loc=loc, text=what)


def _stores(file: File, environment: str) -> Iterator[Problem]:
    at = _state_of(file, environment)
    for number, store in enumerate(file.stores(environment)):
        loc = (*at, number)
        if (store.kind == "sqlite") == (environment == PROCESS):
            yield from _keys(loc, store)
        else:
            where = _elsewhere(file, environment)
            yield Problem(loc=(*loc, "kind"), text=f"{store.kind} is read in the environment {where}")


def _state_of(file: File, environment: str) -> Loc:
    return ("state",) if file.stores(environment) is file.state else ("environments", COMPOSE, "state")


def _elsewhere(file: File, environment: str) -> str:
    """A file is read beside a process, a server in a container."""
    if environment == COMPOSE:
        return "process only; list the databases of containers under environments.compose.state"
    move = "; move it to environments.compose.state" if file.environments.compose else ""
    return f"compose only{move}"


def _keys(loc: Loc, store: Store) -> Iterator[Problem]:
    needed = "path" if store.kind == "sqlite" else "service"
    for key in ("path", "service", "database", "keys"):
        given = key in store.model_fields_set
        if key == needed and not given:
            yield Problem(loc=loc, text=f"{key} is missing in {dotted(loc)}; {store.kind} needs it")
        elif given and key not in _KEYS_OF[store.kind]:
            yield Problem(
                loc=(*loc, key), text=f"{dotted((*loc, key))} means nothing to {store.kind}", at_key=True
            )
    number = store.database or "0"
    if store.kind == "redis" and not (number.isascii() and number.isdecimal() and len(number) < 6):
        here = (*loc, "database")
        yield Problem(
            loc=here,
            text=f"{dotted(here)} must be a number in quotes such as '1', as redis counts its databases",
        )


def _named_stores(file: File) -> Iterator[Problem]:
    """Rows and messages are read from tables, which a cache does not have."""
    stores = {name: file.stores(name) for name in file.environments.named()}
    tables = {name: [one.store for one in there if one.kind != "redis"] for name, there in stores.items()}
    caches = {one.store for there in stores.values() for one in there if one.kind == "redis"}
    named: list[tuple[Loc, str]] = [
        *((("observe", "rows", number), one.store) for number, one in enumerate(file.observe.rows)),
        *((("observe", "messages", number), one.store) for number, one in enumerate(file.observe.messages)),
    ]
    for loc, name in named:
        here = (*loc, "store")
        if name in caches:
            yield Problem(loc=here, text=f"{dotted(here)}: {key_text(name)} is a cache, which has no tables")
        elif name:
            yield from _unknown("store", here, name, tables)
        else:
            for environment, there in tables.items():
                if len(there) != 1:
                    what = _which(there, environment, file)
                    yield Problem(loc=loc, text=f"store is missing in {dotted(loc)}: there are {what}")


def _which(tables: Sequence[str], environment: str, file: File) -> str:
    if tables:
        return f"several stores ({', '.join(tables)})"
    where = dotted(_state_of(file, environment))
    return f"only caches under {where}" if file.stores(environment) else f"no stores under {where}"


def _twice(file: File) -> Iterator[Problem]:
    compose = file.environments.compose
    lists: list[tuple[Loc, Sequence[object], str]] = [
        (("state",), [store.store for store in file.state], "store"),
        (("outward", "hosts"), file.outward.hosts, ""),
        (("observe", "responses", "headers"), file.observe.responses.headers, ""),
        (("observe", "rows"), [(one.store, one.table) for one in file.observe.rows], "table"),
        (("observe", "messages"), [(one.store, one.table) for one in file.observe.messages], "table"),
        (("bundles",), file.bundles, ""),
    ]
    if compose:
        at: Loc = ("environments", COMPOSE)
        lists.append(((*at, "state"), [store.store for store in compose.state], "store"))
        lists.append(((*at, "allow"), [(one.service, one.what) for one in compose.allow], "what"))
    for loc, values, key in lists:
        yield from _repeated(loc, values, key)


def _repeated(loc: Loc, values: Sequence[object], key: str) -> Iterator[Problem]:
    seen: Counter[object] = Counter()
    for number, value in enumerate(values):
        seen[value] += 1
        if seen[value] == 2:
            here: Loc = (*loc, number, key) if key else (*loc, number)
            name = value[1] if isinstance(value, tuple) else value
            yield Problem(loc=here, text=f"{key_text(str(name))} is listed twice in {dotted(loc)}")


def _unknown(kind: str, loc: Loc, name: str, known: Mapping[str, Iterable[str]]) -> Iterator[Problem]:
    """A name has to be there in every environment, since the file is for all of them."""
    lacking = {environment: set(names) for environment, names in known.items() if name not in names}
    if lacking:
        where = "" if len(lacking) == len(known) else f" of the environment {', '.join(lacking)}"
        hint = nearest(name, set().union(*lacking.values()), what=f"{kind}s")
        yield Problem(loc=loc, text=f"unknown {kind} {key_text(name)}{where} in {dotted(loc)}{hint}")
