"""A compose file as its author wrote it: where in it a thing stands, and what it takes from outside of it.

What Compose resolves no longer says where it came from; so the files are read once more, for places and for what must
not even be resolved: files from outside the side's code, and variables that nobody named.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from gate.errors import RequestError
from gate.ports import StartError
from gate.provision.policy import below

_VARIABLE = re.compile(
    r"\$(?:(?P<escaped>\$)|\{(?P<braced>[A-Za-z_]\w*)(?P<default>:?[-+])?|(?P<plain>[A-Za-z_]\w*))"
)
_MOST_FILES = 50
_LARGEST = 2**20
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Step = str | int


@dataclass(frozen=True, slots=True)
class ComposeFile:
    """One file: its name for people, and its nodes with their places."""

    name: str
    root: yaml.Node

    def line_of(self, at: Sequence[Step]) -> int | None:
        """The line of what stands at a path, or of the nearest that it stands in; None where nothing of it is here."""
        node, line = self.root, None
        for depth, step in enumerate(at):
            found = _child(node, step)
            if found is None:
                return line if depth > 1 else None
            key, node = found
            line = key.start_mark.line + 1
        return line


def read(path: Path, code: Path) -> list[ComposeFile]:
    """A compose file and those that it extends or includes, all from the side's own code.

    Raises RequestError where one takes in what is not the side's, StartError where one cannot be read.
    """
    found: dict[Path, ComposeFile] = {}
    waiting = [path]
    while waiting:
        one = waiting.pop()
        if one.resolve() in found:
            continue
        if len(found) == _MOST_FILES:
            raise RequestError(f"{path.name}: takes in more than {_MOST_FILES} files")
        file = _parsed(one, code)
        found[one.resolve()] = file
        for line, kind, text in _taken_in(file.root):
            if "$" in text or not below(str(one.parent / text), code):
                raise RequestError(
                    f"{file.name}:{line}: {kind} {text}: only files of the side's own code are taken in"
                )
            if kind != "env_file":
                waiting.append(one.parent / text)
    return list(found.values())


def place(files: Sequence[ComposeFile], at: Sequence[Step]) -> str:
    """``compose.yml:12``: where a thing stands, as far as that can be told."""
    lines = ((file, file.line_of(at)) for file in files)
    file, line = next(((file, line) for file, line in lines if line), (files[0], None))
    return f"{file.name}:{line}" if line else file.name


def check_variables(files: Sequence[ComposeFile], named: Mapping[str, str]) -> None:
    """Every ``$NAME`` has to be named in gate.yml or to bring its default; a build gets none of them at all.

    Raises RequestError with the first that is not.
    """
    for file in files:
        for node, path in _scalars(file.root, ()):
            for match in _VARIABLE.finditer(str(node.value)):
                name = match["braced"] or match["plain"]
                where = f"{file.name}:{node.start_mark.line + 1}"
                if name and name in named and len(path) > 2 and path[2] == "build":
                    raise RequestError(
                        f"{where}: ${{{name}}}: a build gets no variable from outside; write its value"
                    )
                if name and name not in named and not match["default"]:
                    raise RequestError(
                        f"{where}: ${{{name}}}: comes from outside, and environments.compose.env in gate.yml does "
                        f"not name it; add it there, or give it a default: ${{{name}:-…}}"
                    )
        for service, line, name in _passed_on(file.root):
            if name not in named:
                raise RequestError(
                    f"{file.name}:{line}: {service} passes the variable {name} on from outside; name it in "
                    "environments.compose.env of gate.yml, or give it a value"
                )


def _parsed(path: Path, code: Path) -> ComposeFile:
    name = str(path.relative_to(code)) if path.is_relative_to(code) else path.name
    if not below(str(path), code):
        raise RequestError(f"{name}: is not a file of the side's own code")
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise StartError(f"{name}: larger than {_LARGEST // 2**20} MiB")
        root = yaml.compose(content, Loader=_LOADER)
    except FileNotFoundError:
        raise StartError(
            f"{name}: not found in this side's code; set environments.compose.file in gate.yml"
        ) from None
    except OSError as error:
        raise StartError(f"{name}: cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise StartError(
            f"{name}{line}: not YAML: {getattr(error, 'problem', None) or 'unreadable'}"
        ) from None
    if not isinstance(root, yaml.MappingNode):
        raise StartError(f"{name}: not a compose file: it must be a mapping with 'services'")
    return ComposeFile(name, root)


def _child(node: yaml.Node, step: Step) -> tuple[yaml.Node, yaml.Node] | None:
    """The key and the value of a mapping, merges followed; of a list the item that names what is looked for."""
    if isinstance(node, yaml.SequenceNode):
        return next(((item, item) for item in node.value if str(step) in _words(item)), None)
    merged: list[yaml.Node] = []
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if key.value == step:
            return key, value
        if key.value == "<<":
            merged += value.value if isinstance(value, yaml.SequenceNode) else [value]
    return next((found for one in merged if (found := _child(one, step))), None)


def _words(node: yaml.Node) -> str:
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    return " ".join(str(value.value) for _, value in node.value) if isinstance(node, yaml.MappingNode) else ""


def _taken_in(root: yaml.Node) -> Iterator[tuple[int, str, str]]:
    """Line, kind and path of every other file that a file names."""
    included = _child(root, "include")
    for item in included[1].value if included else ():
        for path in _paths(item, "path"):
            yield path.start_mark.line + 1, "include", str(path.value)
        for key in ("env_file", "project_directory"):
            if isinstance(item, yaml.MappingNode) and _child(item, key):
                yield item.start_mark.line + 1, "include", f"with {key} $"
    for _, service in _services(root):
        extended = _child(service, "extends")
        for path in (
            _paths(extended[1], "file") if extended and isinstance(extended[1], yaml.MappingNode) else ()
        ):
            yield path.start_mark.line + 1, "extends", str(path.value)
        for key in ("env_file", "label_file"):
            files = _child(service, key)
            for path in _paths(files[1], "path") if files else ():
                yield path.start_mark.line + 1, "env_file", str(path.value)


def _paths(node: yaml.Node, key: str) -> Iterator[yaml.ScalarNode]:
    """The paths in a text, in a list of texts or mappings, or in a mapping."""
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _paths(item, key)
    elif found := _child(node, key):
        yield from _paths(found[1], key)


def _services(root: yaml.Node) -> Iterator[tuple[str, yaml.Node]]:
    services = _child(root, "services")
    for key, service in services[1].value if services and isinstance(services[1], yaml.MappingNode) else ():
        if isinstance(service, yaml.MappingNode):
            yield str(key.value), service


def _passed_on(root: yaml.Node) -> Iterator[tuple[str, int, str]]:
    """Service, line and name of each variable that is named without a value."""
    for name, service in _services(root):
        for holder in (service, found[1] if (found := _child(service, "build")) else None):
            for key in ("environment", "args"):
                variables = _child(holder, key) if holder is not None else None
                yield from (
                    (name, line, word) for line, word in _valueless(variables[1] if variables else None)
                )


def _valueless(node: yaml.Node | None) -> Iterator[tuple[int, str]]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            if isinstance(item, yaml.ScalarNode) and "=" not in str(item.value):
                yield item.start_mark.line + 1, str(item.value)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if (
                isinstance(value, yaml.ScalarNode)
                and value.tag == "tag:yaml.org,2002:null"
                and key.value != "<<"
            ):
                yield key.start_mark.line + 1, str(key.value)


def _scalars(root: yaml.Node, path: tuple[Any, ...]) -> Iterator[tuple[yaml.ScalarNode, tuple[Any, ...]]]:
    """Every text of a file once, with the keys that lead to it."""
    seen: set[int] = set()
    waiting: list[tuple[yaml.Node, tuple[Any, ...]]] = [(root, path)]
    while waiting:
        node, at = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            yield node, at
        elif isinstance(node, yaml.SequenceNode):
            waiting += [(item, at) for item in reversed(node.value)]
        elif isinstance(node, yaml.MappingNode):
            waiting += [(value, (*at, str(key.value))) for key, value in reversed(node.value)]
