"""What differs between two documents, equal up to renaming.

Most pairs are equal, so they are walked once, as fast as can be, and each pair of ids on the way is bound. Only where
that finds a difference are its bindings taken back and the documents walked again, with lists aligned, to say what
differs and where.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import NoneType
from typing import NamedTuple

from gate.compare.align import alignment, by_key, by_likeness, in_order
from gate.compare.nouns import holder, noun
from gate.compare.paths import Path
from gate.compare.row_numbers import RowNumbers
from gate.identity import Renaming, Which, ids, notation, singular
from gate.identity.forms import SHORTEST, names_id
from gate.identity.renaming import NEW, TIME
from gate.model import Json, Kind, Table, canonical, identical

References = Mapping[str, str]
_NO_REFERENCES: References = {}
_NESTED, _NUMBERS, _CONSTANTS = (dict, list), (int, float), (bool, NoneType)
_IDS = ("_id", "Id", "_ids", "Ids")
_HUGE = 1e300
"""No float reaches much further, and an integer beyond cannot be added to one."""


class Leaf(NamedTuple):
    """One place where two documents differ, values in symbols."""

    kind: Kind
    path: Path
    left: Json
    right: Json


class About(NamedTuple):
    """Where a value stands, as far as it tells what an id names: the key, the thing, integer columns by table."""

    key: str
    entity: str
    references: References

    def under(self, name: str, value: Json) -> "About":
        """The same for the value of a field; what is nested in a column is no column."""
        nested = isinstance(value, _NESTED)
        return About(name, holder(name, value, self.entity), _NO_REFERENCES if nested else self.references)


class Documents:
    """Compares documents under one renaming; ``tables`` tells which integers name rows."""

    def __init__(self, renaming: Renaming, tables: Mapping[str, Table]) -> None:
        self.renaming = renaming
        nouns = Counter(singular(name) for name in tables)
        self._by_noun = {
            noun: name
            for name, table in tables.items()
            if table.sequence and nouns[noun := singular(name)] == 1  # two stores may have one of that name
        }
        self._references = {name: _references(name, tables) for name in tables}
        self.rows = RowNumbers(renaming.numbers, tables)
        self._numbered = bool(renaming.numbers)  # asked at every value

    def references(self, table: str) -> References:
        """Which columns of a table name rows of a table that numbers its rows."""
        return self._references.get(table, _NO_REFERENCES)

    def numbered(self, noun: str) -> str | None:
        """The table that numbers things of this name itself."""
        return self._by_noun.get(noun)

    def differ(
        self, left: Json, right: Json, entity: str, references: References | None = None
    ) -> tuple[Leaf, ...]:
        """All differences, in order of their path; ``references`` maps integer columns to tables."""
        if not self.renaming.renamed and identical(left, right):
            self.renaming.skip(self._hold, left, entity, references)
            return ()
        self.renaming.settle()
        about = About("", entity, references or _NO_REFERENCES)
        before, nouns = len(self.renaming), self.rows.remember()
        if self._same(left, right, about):
            return ()
        self.rows.forget(nouns)
        self.renaming.forget(before)
        found = sorted(self._walk(left, right, about, ()), key=lambda leaf: [str(part) for part in leaf.path])
        return tuple(found) or (self._leaf(Kind.CHANGED, (), left, right, about),)

    def _hold(self, content: Json, entity: str, references: References | None) -> None:
        """Bind every id in a document to itself."""
        self._same(content, content, About("", entity, references or _NO_REFERENCES))

    def _same(self, left: Json, right: Json, about: About) -> bool:
        """Walk both to the end, whatever is found: each pair on the way is bound."""
        if isinstance(left, dict) and isinstance(right, dict):
            return self._same_fields(left, right, about)
        if isinstance(left, list) and isinstance(right, list):
            same = len(left) == len(right)
            for ours, theirs in zip(left, right, strict=False):
                same = self._same(ours, theirs, about) and same
            return same
        return self._equal(left, right, about.key, about)

    def _same_fields(self, left: dict[str, Json], right: dict[str, Json], about: About) -> bool:
        same, agreed, numbered = len(left) == len(right), self.renaming.agreed, self._numbered
        names: dict[str, str] | None = None
        for name, value in left.items():
            if name in right:
                theirs = right[name]
            else:
                names = self._names(left, right, about) if names is None else names
                if name not in names:
                    same = False
                    continue
                theirs = right[names[name]]
            if type(value) is type(theirs) is str:
                if len(value) < SHORTEST and not numbered:
                    same = value == theirs and same
                elif (value, theirs) not in agreed:
                    same = self._text(value, theirs, name, about) and same
            elif isinstance(value, _NESTED):
                same = self._same(value, theirs, about.under(name, value)) and same
            else:
                same = self._equal(value, theirs, name, about) and same
        return same

    def _names(self, left: dict[str, Json], right: dict[str, Json], about: About) -> dict[str, str]:
        """The field on the right for each on the left: of the same name, or under an id that is renamed."""
        names = {name: name for name in left if name in right}
        free: dict[str, list[str]] = {}
        for name in right:
            if name not in names and ids(name):
                free.setdefault(self.renaming.masked(name, "right"), []).append(name)
        for name, value in left.items() if free else ():
            if name not in names and (twins := free.get(self.renaming.masked(name, "left"))):
                twin = self._twin(value, twins, right)
                if self.renaming.texts(name, twin, about.entity):
                    names[name] = twin
                    twins.remove(twin)
        return names

    def _twin(self, value: Json, twins: Sequence[str], right: dict[str, Json]) -> str:
        """Of several names that may be meant the first with a like value, since maps have no order."""
        if len(twins) == 1:
            return twins[0]
        mine = canonical(self.renaming.mask(value, "left"))
        like = (name for name in twins if canonical(self.renaming.mask(right[name], "right")) == mine)
        return next(like, twins[0])

    def _equal(self, left: Json, right: Json, key: str, about: About) -> bool:
        """Whether two values are equal up to renaming; ``about`` is the object that they stand in."""
        if isinstance(left, str):
            return self._text(left, right, key, about)
        if isinstance(left, _CONSTANTS) or isinstance(right, _CONSTANTS):
            return left is right
        if isinstance(left, int) and isinstance(right, int) and (table := self._table(key, about)):
            return self.renaming.bind_key(table, left, right)
        if isinstance(left, _NUMBERS) and isinstance(right, _NUMBERS):
            if type(left) is type(right) is int and self._numbered and self._one_row(left, right, key, about):
                return True
            return (type(left) is type(right) and left == right) or self._near(left, right, key)
        return False

    def _text(self, left: str, right: Json, key: str, about: About) -> bool:
        if not isinstance(right, str):
            return False
        if self._numbered and left != right:
            if left.isdecimal() and right.isdecimal() and names_id(key):
                return self._one_row(int(left), int(right), key, about)
            if self.rows.paths(left, right):
                return True
        if len(left) < SHORTEST:
            return left == right
        return self.renaming.texts(left, right, noun(key, about.entity), key)

    def _table(self, key: str, about: About) -> str | None:
        """The table whose rows an integer under this key names."""
        table = about.references.get(key)
        if table is None and self._by_noun and (names_id(key) or key.endswith(_IDS)):
            table = self._by_noun.get(noun(key, about.entity))
        return table

    def _one_row(self, left: int, right: int, key: str, about: About) -> bool:
        """Whether two numbers under a key name one row, as an earlier look at the rows tells."""
        named = noun(key, about.entity)
        is_id = key == "id" or key.endswith(_IDS) or self.rows.names(named)
        return is_id and self.rows.same(left, right, named)

    def _near(self, left: float, right: float, key: str) -> bool:
        tolerance = self.renaming.number
        if (
            tolerance
            and key != "status"
            and not names_id(key)
            and abs(left) < _HUGE
            and left - tolerance <= right <= left + tolerance
        ):
            return True
        return self.renaming.near(left, right, key)

    def _walk(self, left: Json, right: Json, about: About, path: Path) -> Iterator[Leaf]:
        """Every place where the two differ."""
        if isinstance(left, dict) and isinstance(right, dict):
            yield from self._walk_fields(left, right, about, path)
        elif isinstance(left, list) and isinstance(right, list):
            yield from self._walk_items(left, right, about, path)
        elif not self._equal(left, right, about.key, about):
            kind = Kind.CHANGED if type(left) is type(right) else Kind.TYPE
            yield self._leaf(kind, path, left, right, about)

    def _walk_fields(
        self, left: dict[str, Json], right: dict[str, Json], about: About, path: Path
    ) -> Iterator[Leaf]:
        names = self._names(left, right, about)
        for name, value in left.items():
            here, inner = (*path, self.renaming.symbol(name, "left")), about.under(name, value)
            if name in names:
                yield from self._walk(value, right[names[name]], inner, here)
            else:
                yield self._leaf(Kind.MISSING, here, value, None, inner)
        taken = set(names.values())
        for name, value in right.items():
            if name not in taken:
                here = (*path, self.renaming.symbol(name, "right"))
                yield self._leaf(Kind.EXTRA, here, None, value, about.under(name, value))

    def _walk_items(self, left: list[Json], right: list[Json], about: About, path: Path) -> Iterator[Leaf]:
        mine = [self.renaming.mask(item, "left") for item in left]
        yours = [self.renaming.mask(item, "right") for item in right]
        ours, theirs = [canonical(item) for item in mine], [canonical(item) for item in yours]
        if ours != theirs and Counter(ours) == Counter(theirs):
            yield self._leaf(Kind.ORDER, path, left, right, about)
            aligned = by_key(ours, theirs)
        else:
            pairs = _fill(in_order(ours, theirs), len(left), len(right))
            aligned = by_likeness(alignment(pairs, len(left), len(right)), mine, yours)
        for a, b in aligned.pairs:
            yield from self._walk(left[a], right[b], about, (*path, a))
        for a in aligned.left:
            yield self._leaf(Kind.MISSING, (*path, a), left[a], None, about)
        for b in aligned.right:
            yield self._leaf(Kind.EXTRA, (*path, b), None, right[b], about)

    def _leaf(self, kind: Kind, path: Path, left: Json, right: Json, about: About) -> Leaf:
        ours, theirs = self._shown(left, "left", about), self._shown(right, "right", about)
        if kind is Kind.CHANGED and ours == theirs and isinstance(ours, str):
            ours, theirs = _told_apart(ours, str(left), str(right))
        return Leaf(kind, path, ours, theirs)

    def shown(self, content: Json, which: Which, operation: str) -> Json:
        """What an event of this operation says, as evidence: in symbols, also where an integer names a row."""
        return self._shown(content, which, About("", singular(operation), self.references(operation)))

    def _shown(self, content: Json, which: Which, about: About) -> Json:
        if isinstance(content, dict):
            found: dict[str, Json] = {}
            again: Counter[str] = Counter()
            for name, value in content.items():
                symbol = first = self.renaming.symbol(name, which)
                while symbol in found:  # two new ids are two
                    again[first] += 1
                    symbol = f"{first} {again[first] + 1}"
                found[symbol] = self._shown(value, which, about.under(name, value))
            return found
        if isinstance(content, list):
            return [self._shown(value, which, about) for value in content]
        if type(content) is int and (table := self._table(about.key, about)):
            return self.renaming.key_symbol(table, content, which)
        return self.renaming.symbolise(content, which, about.key)


def _references(name: str, tables: Mapping[str, Table]) -> References:
    table = tables[name]
    found = {
        column: target
        for column, target in table.references.items()
        if target in tables and tables[target].sequence
    }
    if table.sequence:
        found.update(dict.fromkeys(table.key, name))
    return found


def _told_apart(shown: str, left: str, right: str) -> tuple[str, str]:
    """Two values that read alike in symbols: by their form where that is it, else one is another."""
    if shown == TIME and notation(left) != notation(right):
        return f"‹time as {_shape(left)}›", f"‹time as {_shape(right)}›"
    if shown == NEW and len(left) != len(right):
        return f"‹id of {len(left)} characters›", f"‹id of {len(right)} characters›"
    return shown, shown.replace(TIME, "‹another time›").replace(NEW, "‹another id›")


def _shape(time: str) -> str:
    """How a time is written, its offset as it is: ``0000-00-00T00:00:00+02:00``."""
    shape, offset = notation(time)
    return shape[: len(shape) - len(offset)] + offset


def _fill(pairs: Sequence[tuple[int, int]], left: int, right: int) -> list[tuple[int, int]]:
    """The pairs, and what stands between two of them, place by place where it is as much on both sides."""
    filled: list[tuple[int, int]] = []
    last = (-1, -1)
    for a, b in (*pairs, (left, right)):
        if a - last[0] == b - last[1]:
            filled += zip(range(last[0] + 1, a), range(last[1] + 1, b), strict=True)
        if a < left:
            filled.append((a, b))
        last = (a, b)
    return filled


def leaves(content: Json) -> int:
    """How many values a document holds; an empty object or list is one."""
    if isinstance(content, dict | list) and content:
        total = 0
        for value in content.values() if isinstance(content, dict) else content:
            total += leaves(value) if isinstance(value, _NESTED) else 1
        return total
    return 1
