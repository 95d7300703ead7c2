"""What differs between two documents, equal up to renaming.

The fast path walks both at once and is done where they are equal. Only what is not goes to DeepDiff, after the right
document was put in the left one's terms, so that renamed values no longer differ.
"""

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import NamedTuple, TypeAlias

from deepdiff import DeepDiff

from gate.identity import Renaming, ids, singular
from gate.identity.forms import names_id, opaque
from gate.model import Json, Kind, Table, canonical

Path: TypeAlias = tuple[str | int, ...]
_KINDS = {
    "values_changed": Kind.CHANGED,
    "type_changes": Kind.TYPE,
    "dictionary_item_added": Kind.EXTRA,
    "dictionary_item_removed": Kind.MISSING,
    "iterable_item_added": Kind.EXTRA,
    "iterable_item_removed": Kind.MISSING,
}


class Leaf(NamedTuple):
    """One place where two documents differ, values in symbols."""

    kind: Kind
    path: Path
    left: Json
    right: Json


class Documents:
    """Compares documents under one renaming; ``tables`` tells which integers name rows."""

    def __init__(self, renaming: Renaming, tables: Mapping[str, Table]) -> None:
        self.renaming = renaming
        self._by_noun = {singular(name): name for name, table in tables.items() if table.sequence}

    def differ(
        self, left: Json, right: Json, entity: str, references: Mapping[str, str] | None = None
    ) -> tuple[Leaf, ...]:
        """All differences, in order of their path; ``references`` maps integer columns to tables."""
        references = references or {}
        if self._same(left, right, "", entity, references):
            return ()
        aligned = self._align(left, right, "", entity, references)
        found = sorted(self._deep(left, aligned), key=lambda leaf: [str(part) for part in leaf.path])
        if found:
            return tuple(found)
        return (Leaf(Kind.CHANGED, (), *(self.renaming.symbolise(side, "left") for side in (left, aligned))),)

    def _same(self, left: Json, right: Json, key: str, entity: str, references: Mapping[str, str]) -> bool:
        """Walk both to the end, whatever is found: each pair on the way is bound."""
        kind = type(left)
        if kind is not type(right):
            return (
                isinstance(left, float | int) and isinstance(right, float | int) and self._near(left, right)
            )
        if isinstance(left, dict) and isinstance(right, dict):
            same = left.keys() == right.keys()
            for name, value in left.items():
                if name in right and not self._same(
                    value, right[name], name, holder(name, value, entity), references
                ):
                    same = False
            return same or self._renamed_keys(left, right, entity, references)
        if isinstance(left, list) and isinstance(right, list):
            if len(left) != len(right):
                return False
            verdicts = [self._same(a, b, key, entity, references) for a, b in zip(left, right, strict=True)]
            return all(verdicts)
        return self._leaf(left, right, key, entity, references)

    def _renamed_keys(
        self, left: dict[str, Json], right: dict[str, Json], entity: str, references: Mapping[str, str]
    ) -> bool:
        """True where the objects differ in their keys only by ids that stand as keys."""
        if len(left) != len(right) or not any(ids(name) for name in left.keys() - right.keys()):
            return False
        return all(
            self.renaming.texts(a, b, entity) and self._same(left[a], right[b], a, entity, references)
            for a, b in zip(left, right, strict=True)
        )

    def _leaf(self, left: Json, right: Json, key: str, entity: str, references: Mapping[str, str]) -> bool:
        if isinstance(left, str) and isinstance(right, str):
            if self.renaming.texts(left, right, noun(key, entity)):
                return True
            return (
                names_id(key) and opaque(left, right) and self.renaming.bind(left, right, noun(key, entity))
            )
        if isinstance(left, bool) or left is None:
            return left == right
        if isinstance(left, int) and isinstance(right, int):
            table = references.get(key)
            if table is None and self._by_noun and names_id(key):
                table = self._by_noun.get(noun(key, entity))
            if table is not None:
                return self.renaming.bind_key(table, left, right)
        return (
            isinstance(left, int | float)
            and isinstance(right, int | float)
            and (left == right or self._near(left, right))
        )

    def _near(self, left: float, right: float) -> bool:
        if isinstance(left, bool) or isinstance(right, bool):
            return False
        if self.renaming.number and abs(left - right) <= self.renaming.number:
            return True
        return type(left) is type(right) and self.renaming.frame.numbers(left, right)

    def _align(self, left: Json, right: Json, key: str, entity: str, references: Mapping[str, str]) -> Json:
        """The right document with everything that is equal under the renaming written as on the left."""
        if isinstance(left, dict) and isinstance(right, dict):
            return {
                name: self._align(left[name], value, name, holder(name, value, entity), references)
                if name in left
                else self._translate(value)
                for name, value in right.items()
            }
        if isinstance(left, list) and isinstance(right, list):
            return self._align_lists(left, right, key, entity, references)
        if self._same(left, right, key, entity, references):
            return left
        return self._translate(right)

    def _align_lists(
        self, left: list[Json], right: list[Json], key: str, entity: str, references: Mapping[str, str]
    ) -> Json:
        if len(left) == len(right):
            return [self._align(a, b, key, entity, references) for a, b in zip(left, right, strict=True)]
        ours = [canonical(self.renaming.mask(item, "left")) for item in left]
        theirs = [canonical(self.renaming.mask(item, "right")) for item in right]
        aligned = [self._translate(item) for item in right]
        for block in SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks():
            for step in range(block.size):
                a, b = block.a + step, block.b + step
                aligned[b] = self._align(left[a], right[b], key, entity, references)
        return aligned

    def _translate(self, content: Json) -> Json:
        if isinstance(content, str):
            for mark in ids(content):
                content = content.replace(mark, self.renaming.bound(mark, "right") or mark)
            return content
        if isinstance(content, dict):
            return {name: self._translate(value) for name, value in content.items()}
        if isinstance(content, list):
            return [self._translate(value) for value in content]
        return content

    def _deep(self, left: Json, right: Json) -> Iterator[Leaf]:
        for name, levels in DeepDiff(left, right, view="tree", verbose_level=2).items():
            for level in levels:
                kind = _KINDS[name]
                path = tuple(level.path(output_format="list"))
                yield Leaf(
                    kind,
                    path,
                    None if kind is Kind.EXTRA else self.renaming.symbolise(level.t1, "left"),
                    None if kind is Kind.MISSING else self.renaming.symbolise(level.t2, "left"),
                )


_ENVELOPES = frozenset(
    ("body", "data", "detail", "details", "headers", "item", "items", "meta", "metadata", "object", "payload")
    + ("attributes", "record", "records", "response", "result", "results")
)
"""Names of fields that only wrap; what is in them is still about the same thing."""


def holder(key: str, value: Json, entity: str) -> str:
    """What an object under this key is about: ``payment`` in ``{"payment": {"id": …}}``."""
    if isinstance(value, dict | list) and key not in _ENVELOPES:
        return singular(key)
    return entity


def noun(key: str, entity: str) -> str:
    """What an id under this key names: ``invoice_id`` an invoice, ``id`` the entity at hand."""
    if key in ("", "id", "uuid", "location"):
        return entity
    stem = key.removesuffix("_id").removesuffix("Id").removesuffix("_uuid")
    return stem or entity


def leaves(content: Json) -> int:
    """How many values a document holds; an empty object or list is one."""
    if isinstance(content, dict):
        return sum(map(leaves, content.values())) or 1
    if isinstance(content, list):
        return sum(map(leaves, content)) or 1
    return 1


def json_path(path: Path) -> str:
    """The RFC 9535 normalized-looking path, in its short form where the name allows."""
    pieces = ["$"]
    for part in path:
        if isinstance(part, int):
            pieces.append(f"[{part}]")
        elif part.replace("_", "a").isalnum() and part.isascii() and not part[0].isdigit():
            pieces.append(f".{part}")
        else:
            escaped = part.replace("\\", "\\\\").replace("'", "\\'")
            pieces.append(f"['{escaped}']")
    return "".join(pieces)
