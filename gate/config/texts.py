"""The texts of gate.yml that ``${NAME}`` and ``{port}`` are filled in to: which they are, and that it can be done."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from gate.config.environments import COMPOSE, PROCESS, Container
from gate.config.placeholders import expand, parts
from gate.config.problems import Loc, Problem, dotted, hidden, near
from gate.config.schema import File
from gate.config.source import Source


class Text(NamedTuple):
    """A text that may hold placeholders and variables, and whose it is; no service: the compose file's."""

    loc: Loc
    text: str
    service: str


def texts(file: File, environment: str) -> Iterator[Text]:
    """Those that count in an environment."""
    yield from _process(file) if environment == PROCESS else _compose(file)
    for number, migration in enumerate(file.migrate):
        for index, word in enumerate(migration.run):
            yield Text(("migrate", number, "run", index), word, migration.service)


def _process(file: File) -> Iterator[Text]:
    for name, service in file.environments.of(PROCESS).items():
        at: Loc = ("environments", PROCESS, "services", name)
        for index, word in enumerate(getattr(service, "command", ())):
            yield Text((*at, "command", index), word, name)
        for variable, value in service.env.items():
            yield Text((*at, "env", variable), value, name)


def _compose(file: File) -> Iterator[Text]:
    compose = file.environments.compose
    for name, service in compose.services.items() if compose else ():
        for variable, value in service.env.items():
            yield Text(("environments", COMPOSE, "services", name, "env", variable), value, name)
    for variable, value in compose.env.items() if compose else ():
        yield Text(("environments", COMPOSE, "env", variable), value, "")


def check(file: File, source: Source, environ: Mapping[str, str], chosen: str) -> Iterator[Problem]:
    """What cannot be filled in; variables are needed for the ``chosen`` environment only."""
    for environment in file.environments.named():
        known, lacking = _known(file, environment), _lacking(file, environment)
        needed = environ if environment == chosen else None
        for loc, text, service in texts(file, environment):
            here = source.existing(loc)  # a command that was split has one place for all its words
            own = lacking | _own_port(lacking, service) if environment == COMPOSE else {}
            if problem := _problem(here, text, known, own, needed):
                yield problem
    yield from _misplaced(source.data, ())


def _problem(
    loc: Loc, text: str, known: list[str], lacking: Mapping[str, str], environ: Mapping[str, str] | None
) -> Problem | None:
    for kind, word in parts(text):
        if kind == "broken":
            what = f"{dotted(loc)} has a '${{' without a name; write ${{NAME}}, or $${{ for itself"
        elif kind == "variable" and environ is not None and not environ.get(word):
            state = "empty" if word in environ else "not set"
            what = f"${{{word}}} in {dotted(loc)}: the variable {word} is {state}; set it for the gate"
        elif kind == "placeholder" and word in lacking:
            what = f"{{{word}}} in {dotted(loc)}: {lacking[word]}"
        elif kind == "placeholder" and word not in known:
            what = _unknown(loc, word, [name for name in known if name not in lacking])
        else:
            continue
        return Problem(loc=loc, text=what)
    try:
        if environ is not None:
            expand(text, environ.__getitem__)
    except ValueError as error:
        return Problem(loc=loc, text=f"{dotted(loc)}: {error}")
    return None


def _known(file: File, environment: str) -> list[str]:
    known = ["port", "python", "state", *(f"outward.{host}" for host in file.outward.hosts)]
    return known + [
        f"{name}.{what}" for name in file.environments.of(environment) for what in ("port", "url")
    ]


def _lacking(file: File, environment: str) -> dict[str, str]:
    """Placeholders that have no meaning in containers, and why."""
    found = {"state": "a container has no folder of the gate's; say under state which databases it uses"}
    for name, service in file.environments.of(environment).items():
        if isinstance(service, Container) and service.port is None:
            where = dotted(("environments", COMPOSE, "services", name, "port"))
            found |= dict.fromkeys((f"{name}.port", f"{name}.url"), f"set {where}, the port inside")
    return found


def _own_port(lacking: Mapping[str, str], service: str) -> dict[str, str]:
    if not service:
        return {"port": "no service's own port is meant here; name the service, as in {api.port}"}
    why = lacking.get(f"{service}.port")
    return {"port": why} if why else {}


def _unknown(loc: Loc, word: str, known: list[str]) -> str:
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
