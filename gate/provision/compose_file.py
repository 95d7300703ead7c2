"""A compose file as its author wrote it: where in it a thing stands, and what it takes from outside of it.

What Compose resolves no longer says where it came from; so the files are read once more, for places and for what must
not even be resolved: files from outside the side's code, and variables that nobody named.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from gate.config.fields import OF_COMPOSE
from gate.errors import RequestError
from gate.ports import StartError
from gate.provision.policy import below
from gate.provision.yaml_nodes import BrokenYamlError, child, items, parsed, scalars, value_of

_VARIABLE = re.compile(
    r"\$(?:(?P<escaped>\$)|\{(?P<braced>[A-Za-z_]\w*)(?P<default>:?[-+])?|(?P<plain>[A-Za-z_]\w*))"
)
_INTERPOLATED = re.compile(r"\$\{[^}]*\}")
_REMOTE = re.compile(r"[^/]*:|github\.com/")
_MOST_FILES = 50
_LARGEST = 2**20
Step = str | int


@dataclass(frozen=True, slots=True)
class ComposeFile:
    """One file: its name for people, and its nodes with their places."""

    name: str
    root: yaml.Node

    def line_of(self, at: Sequence[Step]) -> int | None:
        """The line of what stands at a path, or of the nearest that it stands in; None where nothing of it is here."""
        depth, line = self.nearest(at)
        return line if depth > 1 else None

    def nearest(self, at: Sequence[Step]) -> tuple[int, int]:
        """How many steps of a path are in this file, and the line of the last of them."""
        node, line = self.root, 0
        for depth, step in enumerate(at):
            found = child(node, str(step))
            if found is None:
                return depth, line
            key, node = found
            line = key.start_mark.line + 1
        return len(at), line


def read(path: Path, code: Path, absent: Callable[[Path], object] = Path.exists) -> list[ComposeFile]:
    """A compose file and those that it extends or includes, all from the side's own code.

    ``absent`` hears of each ``env_file`` that is not there, such as a ``.env`` that git ignores. Raises RequestError
    where a file takes in what is not the side's, StartError where one cannot be read.
    """
    found: dict[tuple[Path, Path], ComposeFile] = {}
    waiting = [(path, path.parent)]
    while waiting:
        one, base = waiting.pop()
        if (one.resolve(), base) in found:
            continue
        if len(found) == _MOST_FILES:
            raise RequestError(f"{path.name}: takes in more than {_MOST_FILES} files")
        file = _parsed(one, code)
        found[one.resolve(), base] = file
        waiting += _more(file, base, code, absent)
    return list(found.values())


def _more(
    file: ComposeFile, base: Path, code: Path, absent: Callable[[Path], object]
) -> Iterator[tuple[Path, Path]]:
    """The files that a file takes in, each with the folder that its own paths start from."""
    for item in _list(value_of(file.root, "include")):
        for key in ("env_file", "project_directory"):
            if found := child(item, key):
                raise _refusal(file, found[0], "include", f"with {key}")
        folder: Path | None = None
        for node in _texts(item, "path"):
            path = _own(file, node, "include", base, code)
            folder = (
                folder or path.parent
            )  # Compose lets the first of several say where all of them start from
            if not below(str(folder / ".env"), code):
                raise _refusal(file, node, "include", f"{node.value}, which takes {folder.name}/.env in")
            yield path, folder
    for service in _services(file.root).values():
        extended = value_of(service, "extends", "file")
        for node in _texts(extended, "file"):
            path = _own(file, node, "extends", base, code)
            yield path, path.parent
        for key in ("env_file", "label_file"):
            for node in _texts(value_of(service, key), "path"):
                path = _own(file, node, key, base, code)
                if key == "env_file" and not path.exists():
                    absent(path)


def _own(file: ComposeFile, node: yaml.ScalarNode, kind: str, base: Path, code: Path) -> Path:
    text = str(node.value)
    if "$" in text or _REMOTE.match(text) or not below(str(base / text), code):
        raise _refusal(file, node, kind, text)
    return base / text


def _refusal(file: ComposeFile, node: yaml.Node, kind: str, text: str) -> RequestError:
    return RequestError(
        f"{file.name}:{node.start_mark.line + 1}: {kind} {text}: only files of the side's own code are taken in"
    )


def is_literal(files: Sequence[ComposeFile], at: Sequence[Step]) -> bool:
    """Whether a text is written out wherever it comes from; where it is not found, it may be filled in."""
    ways = _ways(files, at)
    found = [node for file in files for way in ways if (node := value_of(file.root, *map(str, way)))]
    return bool(found) and all("$" not in str(node.value) for node in found)


def place(files: Sequence[ComposeFile], at: Sequence[Step]) -> str:
    """``compose.yml:12``: where a thing stands, or the nearest that it stands in; ``extends`` is followed."""
    ways = _ways(files, at)
    lines = [(*file.nearest(way), -number, file) for way in ways for number, file in enumerate(files)]
    depth, line, _, file = max(lines, key=lambda one: (one[0], one[2]))
    return f"{file.name}:{line}" if depth > 1 else files[0].name


def _ways(files: Sequence[ComposeFile], at: Sequence[Step]) -> list[tuple[Step, ...]]:
    """Where a thing may stand: of a service, also in those that it extends."""
    ways = [tuple(at)]
    if at[0] == "services":
        ways += [("services", name, *at[2:]) for name in _ancestors(files, str(at[1]))]
    return ways


def _ancestors(files: Sequence[ComposeFile], name: str) -> list[str]:
    """The services that a service extends, and those that these extend."""
    found = [name]
    for one in found:
        for file in files:
            extended = value_of(file.root, "services", one, "extends")
            node = extended if isinstance(extended, yaml.ScalarNode) else value_of(extended, "service")
            if isinstance(node, yaml.ScalarNode) and str(node.value) not in found:
                found.append(str(node.value))
    return found[1:]


def check_variables(files: Sequence[ComposeFile], named: Mapping[str, str]) -> None:
    """Every ``$NAME`` has to be named in gate.yml or to bring its default; a build gets none of them at all.

    Raises RequestError with the first that is not.
    """
    for file in files:
        for node, path in scalars(file.root):
            for match in _VARIABLE.finditer(str(node.value)):
                if name := match["braced"] or match["plain"]:
                    where = f"{file.name}:{node.start_mark.line + 1}"
                    built = path[:1] == ("services",) and path[2:3] == ("build",)
                    _check(where, name, match["default"] is not None, built, named)
        for service, line, name, built in _passed_on(file.root):
            if built:
                raise RequestError(f"{file.name}:{line}: {_no_build(name)}")
            if name not in named:
                raise RequestError(
                    f"{file.name}:{line}: {service} passes the variable {name} on from outside; name it in "
                    "environments.compose.env of gate.yml, or give it a value"
                )


def _check(where: str, name: str, default: bool, built: bool, named: Mapping[str, str]) -> None:
    if name in named:
        if built:
            raise RequestError(f"{where}: {_no_build(f'${{{name}}}')}")
    elif name.startswith(OF_COMPOSE):
        raise RequestError(f"{where}: ${{{name}}}: is a variable of Compose itself; write its value")
    elif not default:
        raise RequestError(
            f"{where}: ${{{name}}}: comes from outside, and environments.compose.env in gate.yml does "
            f"not name it; add it there, or give it a default: ${{{name}:-…}}"
        )


def _no_build(name: str) -> str:
    return f"{name}: a build gets no variable from outside; write its value"


def _parsed(path: Path, code: Path) -> ComposeFile:
    name = str(path.relative_to(code)) if path.is_relative_to(code) else path.name
    if not below(str(path), code):
        raise RequestError(f"{name}: is not a file of the side's own code")
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise StartError(f"{name}: larger than {_LARGEST // 2**20} MiB")
        root = parsed(content)
    except FileNotFoundError:
        raise StartError(
            f"{name}: not found in this side's code; set environments.compose.file in gate.yml"
        ) from None
    except OSError as error:
        raise StartError(f"{name}: cannot be read: {error.strerror}") from None
    except BrokenYamlError as error:
        raise StartError(f"{name}{f':{error.line}' if error.line else ''}: {error}") from None
    if not isinstance(root, yaml.MappingNode):
        raise StartError(f"{name}: not a compose file: it must be a mapping with 'services'")
    return ComposeFile(name, root)


def _list(node: yaml.Node | None) -> Sequence[yaml.Node]:
    return node.value if isinstance(node, yaml.SequenceNode) else ()


def _texts(node: yaml.Node | None, key: str) -> Iterator[yaml.ScalarNode]:
    """The texts in a text, in a list of texts or mappings, or in a mapping."""
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _texts(item, key)
    elif node is not None:
        yield from _texts(value_of(node, key), key)


def _services(root: yaml.Node) -> dict[str, yaml.Node]:
    return {str(key.value): service for key, service in items(value_of(root, "services"))}


def _passed_on(root: yaml.Node) -> Iterator[tuple[str, int, str, bool]]:
    """Service, line and name of each variable that is named without a value, and whether a build gets it."""
    for name, service in _services(root).items():
        for built, variables in (
            (False, value_of(service, "environment")),
            (True, value_of(service, "build", "args")),
        ):
            yield from ((name, line, word, built) for line, word in _valueless(variables))


def _valueless(variables: yaml.Node | None) -> Iterator[tuple[int, str]]:
    for item in _list(variables):
        # What a default holds may be gone when the variable is filled in, and the rest be a name.
        if isinstance(item, yaml.ScalarNode) and "=" not in _INTERPOLATED.sub("", str(item.value)):
            yield item.start_mark.line + 1, str(item.value)
    for key, value in items(variables):
        if isinstance(value, yaml.ScalarNode) and value.tag == "tag:yaml.org,2002:null":
            yield key.start_mark.line + 1, str(key.value)
