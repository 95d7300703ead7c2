"""YAML as its author wrote it: nodes with their places, checked so that walking them comes to an end. Pure."""

from collections.abc import Iterator, Sequence

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST, _MOST = 60, 100_000
"""Levels, and nodes with every alias followed: no real file comes near, and a hostile one would never end."""
_MERGE = "<<"
_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "map", "seq", "merge", "timestamp", "value")
) | {"!reset", "!override"}


class BrokenYamlError(Exception):
    """No YAML that is read; ``line`` is where, as far as that is known."""

    def __init__(self, what: str, line: int | None = None) -> None:
        super().__init__(what)
        self.line = line


def parsed(content: bytes) -> yaml.Node | None:
    """The one document of a file; None of an empty one. Raises BrokenYamlError."""
    try:
        _check_depth(content)
        root: yaml.Node | None = yaml.compose(content, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or "a character that YAML does not allow"
        raise BrokenYamlError(f"not YAML: {what}", mark.line + 1 if mark else None) from None
    if root is not None:
        _measure(root, 0, {})
    return root


def _check_depth(content: bytes) -> None:
    """Before anything is built of it: the builder recurses where Python cannot stop it."""
    depth = 0
    for number, event in enumerate(yaml.parse(content, Loader=_LOADER)):
        if number > _MOST:
            raise BrokenYamlError(f"larger than {_MOST} values")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                raise BrokenYamlError(f"nested deeper than {_DEEPEST} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _measure(node: yaml.Node, depth: int, known: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """How many nodes and levels a node has, aliases followed. Raises BrokenYamlError where these are too many."""
    line = node.start_mark.line + 1
    if node.tag not in _TAGS:
        name = node.tag.replace("tag:yaml.org,2002:", "!!")
        raise BrokenYamlError(f"has the tag {name[:60]!r}, which hides what is written there", line)
    if id(node) not in known:
        if depth > _DEEPEST:
            raise BrokenYamlError("an alias that contains itself, or is nested too deep", line)
        inner = [_measure(one, depth + 1, known) for one in _inner(node)]
        known[id(node)] = 1 + sum(size for size, _ in inner), 1 + max((high for _, high in inner), default=0)
    size, high = known[id(node)]
    if size > _MOST or high > _DEEPEST:
        raise BrokenYamlError(f"aliases make it larger than {_MOST} values or {_DEEPEST} levels", line)
    return size, high


def _inner(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        yield from node.value
    elif isinstance(node, yaml.MappingNode):
        for pair in node.value:
            yield from pair


def items(node: yaml.Node | None) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    """The keys and values of a mapping, with what is merged into it and not replaced; of anything else none."""
    seen: set[str] = set()
    merged: list[yaml.Node] = []
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if key.value == _MERGE:
            merged += value.value if isinstance(value, yaml.SequenceNode) else [value]
        else:
            seen.add(str(key.value))
            yield key, value
    for one in merged:
        for key, value in items(one):
            if str(key.value) not in seen:
                seen.add(str(key.value))
                yield key, value


def child(node: yaml.Node | None, step: str) -> tuple[yaml.Node, yaml.Node] | None:
    """A key of a mapping and its value; of a list the item that names what is looked for."""
    if isinstance(node, yaml.SequenceNode):
        return next(((one, one) for one in node.value if step in _names(one)), None)
    return next((pair for pair in items(node) if pair[0].value == step), None)


def value_of(node: yaml.Node | None, *steps: str) -> yaml.Node | None:
    """What stands at the end of some keys."""
    for step in steps:
        found = child(node, step)
        node = found[1] if found else None
    return node


def _names(node: yaml.Node) -> Sequence[str]:
    """What an item of a list may be called by: itself, a part of its short form, a value of its long form."""
    if isinstance(node, yaml.ScalarNode):
        text = str(node.value)
        return [text, *text.replace("=", ":").split(":")]
    return [str(value.value) for _, value in items(node)]


def scalars(node: yaml.Node, path: tuple[str, ...] = ()) -> Iterator[tuple[yaml.ScalarNode, tuple[str, ...]]]:
    """Every value, once for each way of keys that leads to it; merges are no step of a way."""
    if isinstance(node, yaml.ScalarNode):
        yield node, path
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from scalars(item, path)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from scalars(value, path if key.value == _MERGE else (*path, str(key.value)))
