"""What the shape of gate.yml cannot say: that names refer to something, and that texts can be filled in."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gate.config.placeholders import expand, parts
from gate.config.problems import Loc, Problem, dotted, hidden, key_text, near, nearest
from gate.config.schema import File
from gate.config.source import Source

_SERVICES: Loc = ("environments", "process", "services")


def check(file: File, source: Source, environ: Mapping[str, str]) -> list[Problem]:
    """Everything that is wrong with a file whose shape is right."""
    return [
        *_services(file),
        *_stores(file),
        *_twice(file),
        *_texts(file, source, environ),
        *_misplaced(source.data, ()),
    ]


def texts(file: File) -> Iterator[tuple[Loc, str]]:
    """The texts that may hold placeholders and variables."""
    for name, service in file.environments.process.services.items():
        for index, word in enumerate(service.command):
            yield (*_SERVICES, name, "command", index), word
        for variable, value in service.env.items():
            yield (*_SERVICES, name, "env", variable), value
    for number, migration in enumerate(file.migrate):
        for index, word in enumerate(migration.run):
            yield ("migrate", number, "run", index), word


def _services(file: File) -> Iterator[Problem]:
    services = list(file.environments.process.services)
    named: list[tuple[Loc, str]] = [
        (("migrate", number, "service"), migration.service) for number, migration in enumerate(file.migrate)
    ]
    if file.stimuli.to:
        named.append((("stimuli", "to"), file.stimuli.to))
    elif len(services) > 1:
        names = ", ".join(sorted(services))
        yield Problem(
            loc=("stimuli", "to") if "stimuli" in file.model_fields_set else _SERVICES,
            text=f"stimuli.to is missing: there are several services ({names}), say which one gets the requests",
            at_key="stimuli" not in file.model_fields_set,
        )
    for loc, name in named:
        yield from _unknown("service", loc, name, services)


def _stores(file: File) -> Iterator[Problem]:
    stores = [store.store for store in file.state]
    named: list[tuple[Loc, str]] = [
        *((("observe", "rows", number), one.store) for number, one in enumerate(file.observe.rows)),
        *((("observe", "messages", number), one.store) for number, one in enumerate(file.observe.messages)),
    ]
    for loc, name in named:
        if name:
            yield from _unknown("store", (*loc, "store"), name, stores)
        elif len(stores) != 1:
            there = f"several stores ({', '.join(stores)})" if stores else "no stores under state"
            yield Problem(loc=loc, text=f"store is missing in {dotted(loc)}: there are {there}")


def _twice(file: File) -> Iterator[Problem]:
    lists: list[tuple[Loc, Sequence[object], str]] = [
        (("state",), [store.store for store in file.state], "store"),
        (("outward", "hosts"), file.outward.hosts, ""),
        (("observe", "responses", "headers"), file.observe.responses.headers, ""),
        (("observe", "rows"), [(one.store, one.table) for one in file.observe.rows], "table"),
        (("observe", "messages"), [(one.store, one.table) for one in file.observe.messages], "table"),
        (("bundles",), file.bundles, ""),
    ]
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


def _texts(file: File, source: Source, environ: Mapping[str, str]) -> Iterator[Problem]:
    known = ["port", "python", "state"]
    known += [f"outward.{host}" for host in file.outward.hosts]
    known += [f"{name}.{what}" for name in file.environments.process.services for what in ("port", "url")]
    for loc, text in texts(file):
        here = source.existing(loc)  # a command that was split has one place for all its words
        if problem := _first_problem(here, text, environ, known):
            yield problem
            continue
        try:
            expand(text, environ.__getitem__)
        except ValueError as error:
            yield Problem(loc=here, text=f"{dotted(here)}: {error}")


def _first_problem(loc: Loc, text: str, environ: Mapping[str, str], known: list[str]) -> Problem | None:
    for kind, word in parts(text):
        if kind == "broken":
            what = f"{dotted(loc)} has a '${{' without a name; write ${{NAME}}, or $${{ for itself"
        elif kind == "variable" and not environ.get(word):
            state = "empty" if word in environ else "not set"
            what = f"${{{word}}} in {dotted(loc)}: the variable {word} is {state}; set it for the gate"
        elif kind == "placeholder" and word not in known:
            what = _unknown_placeholder(loc, word, known)
        else:
            continue
        return Problem(loc=loc, text=what)
    return None


def _unknown_placeholder(loc: Loc, word: str, known: list[str]) -> str:
    name = "" if hidden(loc) else f" {{{word}}}"  # braces in an env value may be part of a secret
    close = near(word, known)
    hint = f"did you mean {{{close}}}?" if close else f"known: {', '.join(known)}; {{{{...}}}} is literal"
    return f"unknown placeholder{name} in {dotted(loc)}; {hint}"


def _misplaced(data: object, loc: Loc) -> Iterator[Problem]:
    """``${NAME}`` where it is not filled in would silently be taken literally."""
    if isinstance(data, str):
        if any(part.kind == "variable" for part in parts(data)):
            yield Problem(
                loc=loc, text=f"{dotted(loc)} holds a ${{NAME}}, which is read in commands and env only"
            )
        return
    entries: Iterable[tuple[str | int, object]] = ()
    if isinstance(data, dict):
        entries = data.items()
    elif isinstance(data, list):
        entries = enumerate(data)
    for step, value in entries:
        if step not in ("command", "run", "env"):
            yield from _misplaced(value, (*loc, step))


def _unknown(kind: str, loc: Loc, name: str, known: list[str]) -> Iterator[Problem]:
    if name not in known:
        hint = nearest(name, known, what=f"{kind}s")
        yield Problem(loc=loc, text=f"unknown {kind} {key_text(name)} in {dotted(loc)}{hint}")
