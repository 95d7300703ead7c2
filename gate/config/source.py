"""YAML as plain data that still knows the line and column of every value and key.

Less than YAML on purpose: one document, text keys, no tags, no merge keys, no duplicates, bounded size and depth.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

from gate.config.problems import VARIABLE, Loc, Problem, cut
from gate.config.scalars import AmbiguousError, Scalar, plain
from gate.errors import RequestError

MAX_BYTES = 1 << 20
MAX_DEPTH = 40
MAX_VALUES = 20_000
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INDENTED_BY_TAB = re.compile(r"^ *\t", re.MULTILINE)
_BRACES = re.compile(r"(?<![\"'\w/.:-])\$?\{[\w.-]+\}")
"""``${NAME}`` or ``{port}`` at the start of a value, where YAML takes the brace for a mapping."""


class Place(NamedTuple):
    """Where something stands, counted from 1."""

    line: int
    column: int


@dataclass(slots=True, kw_only=True)
class Node:
    """A value of the file: a scalar, the items of a list, or the entries of a mapping."""

    place: Place
    value: Scalar | list["Node"] | dict[str, "Node"]
    keys: dict[str, Place] = field(default_factory=dict)
    size: int = 1

    def child(self, step: str | int) -> "Node | None":
        if isinstance(self.value, dict):
            return self.value.get(str(step))
        if isinstance(self.value, list) and isinstance(step, int) and step < len(self.value):
            return self.value[step]
        return None

    def data(self) -> object:
        if isinstance(self.value, dict):
            return {name: node.data() for name, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.data() for node in self.value]
        return self.value


class Source:
    """A file that was read: its data, and where each part of it stands."""

    def __init__(self, name: str, root: Node) -> None:
        self.name = name
        self.data = root.data()
        self._root = root

    def existing(self, loc: Loc) -> Loc:
        """The longest start of ``loc`` that is in the file."""
        return loc[: len(list(self._walk(loc))) - 1]

    def place(self, loc: Loc, *, at_key: bool = False) -> Place:
        """Where the value (or its key) stands; for what is not in the file, what should hold it."""
        nodes = list(self._walk(loc))
        if at_key and len(nodes) == len(loc) + 1 and len(nodes) > 1:
            return nodes[-2].keys.get(str(loc[-1]), nodes[-1].place)
        return nodes[-1].place

    def error(self, problems: list[Problem]) -> RequestError:
        """One line for all problems: the first in the file, and how many more there are."""
        lines = sorted({(*self.place(one.loc, at_key=one.at_key), one.text) for one in problems})
        line, column, text = lines[0]
        more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
        return RequestError(f"{self.name}:{line}:{column}: {text}{more}")

    def _walk(self, loc: Loc) -> Iterator[Node]:
        node = self._root
        yield node
        for step in loc:
            child = node.child(step)
            if child is None:
                return
            node = child
            yield node


def parse(raw: bytes, name: str) -> Source:
    """Read one YAML document whose root is a mapping; ``name`` is what errors call the file."""
    if len(raw) > MAX_BYTES:
        raise RequestError(f"{name}: larger than 1 MiB; a gate.yml holds settings, not data")
    text = _decode(raw, name)
    for pattern, what in (
        (_CONTROL, "control character; write it as an escape in double quotes"),
        (_INDENTED_BY_TAB, "tab in the indentation; YAML indents by spaces"),
    ):
        if match := pattern.search(text):
            raise RequestError(f"{name}:{_line_column(text, match.end() - 1)}: {what}")
    reader = _Reader(name)
    try:
        root = reader.document(iter(yaml.parse(text, Loader=_LOADER)))
    except yaml.MarkedYAMLError as error:
        raise RequestError(f"{name}:{_syntax(error, text)}") from None
    except yaml.YAMLError:
        raise RequestError(f"{name}: not YAML: a character that YAML does not allow") from None
    if reader.problems:
        line, column, what = min(reader.problems)
        more = f" (and {len(reader.problems) - 1} more)" if len(reader.problems) > 1 else ""
        raise RequestError(f"{name}:{line}:{column}: {what}{more}")
    return Source(name, root)


class _Reader:
    """Builds nodes from parser events; recursion is bounded by MAX_DEPTH, work by MAX_VALUES."""

    def __init__(self, name: str) -> None:
        self.problems: list[tuple[int, int, str]] = []
        self._name = name
        self._anchors: dict[str, Node] = {}
        self._values = 0

    def document(self, events: Iterator[Any]) -> Node:
        root: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    raise self._fail(event, "a second document; a gate.yml is one")
                root = self._node(next(events), events, 0)
        if root is None or root.value is None:
            raise RequestError(f"{self._name}:1:1: the file is empty; it needs version, service and more")
        if not isinstance(root.value, dict):
            raise RequestError(
                f"{self._name}:{root.place[0]}:{root.place[1]}: the file must be a mapping of keys"
            )
        return root

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise self._fail(event, f"nested deeper than {MAX_DEPTH} levels")
        if isinstance(event, yaml.AliasEvent):
            node = self._anchors.get(str(event.anchor))
            if node is None:
                raise self._fail(event, "an alias to an anchor that is not complete before it")
            self._count(event, node.size)
            return node
        self._count(event, 1)
        if event.tag is not None:
            raise self._fail(event, "tags ('!...') are not read; write the value alone")
        before = self._values
        node = Node(place=_place(event), value=None)
        if isinstance(event, yaml.ScalarEvent):
            node.value = self._scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            node.value = self._items(events, depth)
        else:
            node.value = self._entries(events, depth, node.keys)
        node.size = 1 + self._values - before
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _items(self, events: Iterator[Any], depth: int) -> list[Node]:
        items = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(self._node(event, events, depth + 1))
        return items

    def _entries(self, events: Iterator[Any], depth: int, keys: dict[str, Place]) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            found = len(self.problems)
            name = self._node(event, events, depth + 1).value
            value = self._node(next(events), events, depth + 1)
            if not isinstance(name, str):
                if len(self.problems) == found:
                    self._note(event, "a key must be text; quote it")
            elif name in entries:
                which = f" '{name}'" if VARIABLE.fullmatch(name) else ""  # else it may be a misplaced value
                self._note(event, f"duplicate key{which}; the first is on line {keys[name].line}")
            else:
                entries[name], keys[name] = value, _place(event)
        return entries

    def _scalar(self, event: Any) -> Scalar:
        text = str(event.value)
        if "\0" in text:
            self._note(event, "a NUL character, which no text may hold")
        if not event.implicit[0]:
            return text
        try:
            return plain(text)
        except AmbiguousError as error:
            self._note(event, str(error))
            return None

    def _count(self, event: Any, values: int) -> None:
        self._values += values
        if self._values > MAX_VALUES:
            raise self._fail(event, f"more than {MAX_VALUES:,} values, aliases written out")

    def _note(self, event: Any, what: str) -> None:
        self.problems.append((*_place(event), what))

    def _fail(self, event: Any, what: str) -> RequestError:
        line, column = _place(event)
        return RequestError(f"{self._name}:{line}:{column}: {what}")


def _decode(raw: bytes, name: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise RequestError(f"{name}:{line}: not UTF-8; save the file as UTF-8") from None


def _line_column(text: str, offset: int) -> str:
    before = text[:offset]
    return f"{before.count(chr(10)) + 1}:{offset - before.rfind(chr(10))}"


def _place(event: Any) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)


def _syntax(error: yaml.MarkedYAMLError, text: str) -> str:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    what = ", ".join(part for part in (error.problem, error.context) if part)
    near = "\n".join(text.split("\n")[max(line - 1, 0) : line + 1])
    hint = "; quote values that hold braces" if _BRACES.search(near) else ""
    return f"{line + 1}:{column + 1}: not YAML: {cut(what, 120)}{hint}"
