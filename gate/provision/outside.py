"""What a compose file takes from outside of it: variables, and files of variables."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from gate.config.problems import VARIABLE
from gate.provision.compose_file import ComposeFile, place
from gate.provision.policy import Model, below

PLACEHOLDER = "change-me"
_NAME = re.compile(
    r"\$(?:\$|\{(?P<braced>[A-Za-z_]\w*)(?P<default>:?[-+])?|(?P<plain>[A-Za-z_]\w*))", re.ASCII
)
_EXAMPLES = (".env.example", ".env.sample", ".env.template", ".env.dist", "env.example", "example.env")
_ASSIGNED = re.compile(r"^\s*(?:export\s+)?(?P<name>[A-Za-z_]\w*)\s*=\s*(?P<value>.*?)\s*$", re.ASCII)
_HARMLESS = re.compile(r"[A-Za-z0-9_./:@%+,=?&-]{1,200}")
"""A value that means the same in every file it is written to."""
_LARGEST = 2**18
Texts = Iterator[tuple[tuple[str, ...], yaml.ScalarNode]]


class Env(NamedTuple):
    """A variable's value, and where it is taken in."""

    value: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The variables that ``${NAME}`` stands for, and what is to be said of some."""

    named: Mapping[str, Env]
    open: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvFiles:
    """The files of variables: what those hold that a side has, and what services need of those that it lacks."""

    given: Mapping[str, Mapping[str, str]]
    needed: Mapping[str, Mapping[str, Env]]
    guessed: tuple[str, ...]
    open: tuple[str, ...]

    def env_of(self, name: str, service: Mapping[str, Any]) -> dict[str, str]:
        """The variables of a service as far as they are known."""
        examples = {key: one.value for key, one in self.needed.get(name, {}).items()}
        own = {
            str(key): str(value)
            for key, value in (service.get("environment") or {}).items()
            if value is not None
        }
        return {**self.given.get(name, {}), **examples, **own}


@dataclass(slots=True)
class _Found:
    values: dict[str, Env] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)


def texts(file: ComposeFile) -> Texts:
    """Every text of a file once, with the keys that lead to it, in order."""
    seen: set[int] = set()
    waiting: list[tuple[tuple[str, ...], yaml.Node]] = [((), file.root)]
    while waiting:
        at, node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            yield at, node
        elif isinstance(node, yaml.SequenceNode):
            waiting += [(at, item) for item in reversed(node.value)]
        elif isinstance(node, yaml.MappingNode):
            waiting += [((*at, str(key.value)), value) for key, value in reversed(node.value)]


def service_names(files: Sequence[ComposeFile]) -> list[str]:
    """Every service that is written down, also those that a profile leaves out."""
    found = [
        str(name.value)
        for file in files
        for key, services in (file.root.value if isinstance(file.root, yaml.MappingNode) else ())
        if key.value == "services" and isinstance(services, yaml.MappingNode)
        for name, _ in services.value
    ]
    return list(dict.fromkeys(found))


def placeholders(files: Sequence[ComposeFile], code: Path) -> dict[str, Env]:
    """Each ``${NAME}`` that brings no default, with a value to go on with: an example's, else one to be replaced."""
    examples = _examples(code)
    found: dict[str, Env] = {}
    for file in files:
        for at, node in texts(file):
            for match in _NAME.finditer(str(node.value)):
                name = match["braced"] or match["plain"]
                if name and not match["default"] and name not in found:
                    found[name] = _value(name, at, f"{file.name}:{node.start_mark.line + 1}", examples)
    return found


def _value(name: str, at: Sequence[str], where: str, examples: Mapping[str, Env]) -> Env:
    if name in examples:
        return Env(examples[name].value, f"{where}; the value is that of {examples[name].why}")
    return Env(_made_up(name, at), where)


def _made_up(name: str, at: Sequence[str]) -> str:
    """What Compose takes at this place."""
    key = at[2] if len(at) > 2 and at[0] == "services" else ""
    if key in ("ports", "expose") or (key == "environment" and name.endswith("PORT")):
        return "8080"
    if key == "image":
        return "latest"
    if key == "volumes":
        return f"./{PLACEHOLDER}"
    if key in ("environment", "command", "entrypoint", "healthcheck", "labels", "hostname", ""):
        return PLACEHOLDER
    return "1g" if "mem" in " ".join(at[2:]) else "1"


def taken_from_outside(files: Sequence[ComposeFile], model: Model, code: Path) -> Taken:
    """The variables that gate.yml has to name; a build gets none, so one in a build is a question."""
    found = _Found(values=placeholders(files, code))
    for file in files:
        for at, node in texts(file):
            for match in _NAME.finditer(str(node.value)) if at[2:3] == ("build",) else ():
                name = match["braced"] or match["plain"]
                if name and not match["default"]:
                    where = f"{file.name}:{node.start_mark.line + 1}"
                    found.open.append(
                        f"{where}: ${{{name}}} in a build: a build gets no variable; write its value"
                    )
    examples = _examples(code)
    for name, service in (model.get("services") or {}).items():
        for key, value in ((service.get("build") or {}).get("args") or {}).items():
            if value is None:
                where = place(files, ("services", name, "build"))
                found.open.append(f"{where}: {key} in a build: a build gets no variable; write its value")
        for key, value in (service.get("environment") or {}).items():
            if value is None and VARIABLE.fullmatch(str(key)):
                where = place(files, ("services", name, "environment", key))
                found.values.setdefault(str(key), _value(str(key), (), where, examples))
    for name, one in found.values.items():
        if one.value in (PLACEHOLDER, f"./{PLACEHOLDER}"):
            found.open.append(
                f"{name}: it comes from outside ({one.why}); give it a value under 'env' in gate.yml, a made-up one "
                f"or, if it must be secret, '${{{name}}}'"
            )
        else:
            found.open.append(f"{name}: is {one.value} for now ({one.why}); see that it fits")
    return Taken(named=found.values, open=tuple(found.open))


def env_files(files: Sequence[ComposeFile], code: Path, held: Callable[[Path], bool]) -> EnvFiles:
    """Files that services take variables from; one that a side lacks has to be replaced by values in gate.yml."""
    given: dict[str, dict[str, str]] = {}
    needed: dict[str, dict[str, Env]] = {}
    lacking: dict[str, tuple[str, list[str], dict[str, None]]] = {}
    guessed: dict[str, None] = {}
    for file, name, node in _named_files(files):
        path = (code / file.name).parent / str(node.value)
        where = f"{file.name}:{node.start_mark.line + 1}"
        if not below(str(path.absolute()), code):
            continue
        if path.is_file() and held(path):
            given.setdefault(name, {}).update(_assigned(path))
            guessed[f"{name} takes variables from {node.value}, which is part of the code ({where})"] = None
            continue
        examples = _examples(path.parent)
        names = dict.fromkeys([*(_assigned(path) if path.is_file() else ()), *_shown(path.parent)])
        values = {one: _value(one, ("services", name, "environment"), where, examples) for one in names}
        needed.setdefault(name, {}).update(values)
        _, users, made_up = lacking.setdefault(str(node.value), (where, [], {}))
        users.append(name)
        made_up |= dict.fromkeys(key for key, one in values.items() if one.value == PLACEHOLDER)
    return EnvFiles(given=given, needed=needed, guessed=tuple(guessed), open=tuple(_advice(lacking)))


def _advice(
    lacking: Mapping[str, tuple[str, list[str], Mapping[str, None]]],
) -> Iterator[str]:
    for path, (where, names, made_up) in lacking.items():
        fit = f"replace what is {PLACEHOLDER}: {', '.join(made_up)}" if made_up else "see that the values fit"
        lacks = f"{where}: {path} is not part of the code (git does not have it, or it may hold secrets)"
        yield f"{lacks}; what {', '.join(names)} took from it is under 'env' in gate.yml: {fit}"


def _named_files(files: Sequence[ComposeFile]) -> Iterator[tuple[ComposeFile, str, yaml.ScalarNode]]:
    for file in files:
        found = [
            (at[1], at[-1], node)
            for at, node in texts(file)
            if at[:1] == ("services",) and at[2:3] == ("env_file",)
        ]
        for name, key, node in found:
            if key in ("env_file", "path"):
                yield file, name, node


def _examples(folder: Path) -> dict[str, Env]:
    """Those variables of the file that shows what ``.env`` should hold that have a value there, for all to read."""
    name, values = next(_showing(folder), ("", {}))
    return {key: Env(value, name) for key, value in values.items() if _HARMLESS.fullmatch(value)}


def _shown(folder: Path) -> list[str]:
    return list(next(_showing(folder), ("", {}))[1])


def _showing(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    for name in _EXAMPLES:
        if (folder / name).is_file() and below(str((folder / name).absolute()), folder):
            yield name, _assigned(folder / name)


def _assigned(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        lines = file.read(_LARGEST).decode(errors="replace").splitlines()
    found = (_ASSIGNED.match(line) for line in lines)
    return {match["name"]: match["value"].strip("'\"") for match in found if match}
