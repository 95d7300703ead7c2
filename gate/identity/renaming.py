"""One symbol for one entity: the one-to-one renaming under which two sides are compared.

Pairs of generated values that stand at the same place are bound to each other; from then on each may only ever stand
for the other. A value that was given, or that the other side knows under its own name, is never renamed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, cast

from gate.identity.forms import (
    LOOSE,
    SHORTEST,
    Mark,
    is_opaque,
    marks,
    names_id,
    names_time,
    opaque,
    replaced,
    stands_for,
    unlike,
)
from gate.identity.times import Frame, parse
from gate.model import Json, canonical

Which = Literal["left", "right"]
_PLURAL = re.compile(r"(?<=[a-z])ies$|(?<=.ss|[^a]ch|.sh|.zz|[^ao]us|ias)es$|(?<=x)es$|(?<=[^s])s$")
"""``statuses`` and ``batches``, but ``purchases``, ``clauses`` and ``caches``."""
TIME, BLANK, NEW, ROW = "‹time›", "‹id›", "‹new id›", "new"
_SECONDS = 1e11
"""A clock that counts seconds reads less until the year 5138."""
_MINUTE = 60


@lru_cache(maxsize=16384)
def singular(noun: str) -> str:
    """``invoices`` -> ``invoice``, and so of a table that goes with its store, ``db.invoices``; enough for a label."""
    word = noun.rpartition(".")[2] or noun
    return _PLURAL.sub(lambda match: "y" if match.group() == "ies" else "", word)


@dataclass(slots=True, kw_only=True)
class Renaming:
    """A growing bijection between the generated values of the left and of the right side."""

    given: frozenset[str]
    frame: Frame
    number: float = 0.0
    numbers: Mapping[tuple[int, int], frozenset[str]] = field(default_factory=dict)
    """The tables in which a row's number on the left is this other number on the right: from an earlier look."""
    renamed: int = field(default=0, init=False)
    """How many values stand under another name on the other side."""
    agreed: set[tuple[str, str]] = field(default_factory=set, init=False)
    """Texts that were found equal: they stay so, since what is bound stays bound."""
    _left: dict[str, str] = field(default_factory=dict)
    _right: dict[str, str] = field(default_factory=dict)
    _unnamed: list[tuple[str, str]] = field(default_factory=list)
    _symbols: dict[str, str] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _skipped: list[tuple[Callable[..., None], tuple[object, ...]]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self._left)

    def skip(self, bind: Callable[..., None], *of: object) -> None:
        """Take a document that is equal to the byte, while nothing is renamed: after that, an id in it may be another.

        Its ids are bound only if that comes to matter; ``bind(*of)`` does it.
        """
        self._skipped.append((bind, of))

    def settle(self) -> None:
        """Bind the ids of the documents that were skipped, each to itself."""
        if self._skipped:
            skipped, self._skipped = self._skipped, []
            for bind, of in skipped:
                bind(*of)

    def bind(self, left: str, right: str, entity: str) -> bool:
        """Say that two ids name the same thing; False where that contradicts what is known."""
        if left != right and self._skipped:
            self.settle()
        known = self._left.get(left)
        if known is not None:
            return known == right
        if right in self._right:
            return False
        if left != right:
            if left in self.given or right in self.given:
                return False
            self.renamed += 1
        self._left[left] = right
        self._right[right] = left
        if left not in self.given:
            self._unnamed.append((left, entity))
        return True

    def bind_key(self, table: str, left: int, right: int) -> bool:
        """The same for numbers that the database gave out: they name rows of one table only."""
        return self.bind(f"{table}#{left}", f"{table}#{right}", singular(table))

    def row_numbers(self) -> dict[tuple[int, int], frozenset[str]]:
        """The numbers of rows that are bound to another number, with the tables where they are."""
        found: dict[tuple[int, int], frozenset[str]] = {}
        for left, right in self._left.items():
            (table, _, a), (_, _, b) = left.rpartition("#"), right.rpartition("#")
            if table and a != b and a.isdecimal() and b.isdecimal():
                found[int(a), int(b)] = found.get((int(a), int(b)), frozenset()) | {table}
        return found

    def bound(self, value: str, which: Which) -> str | None:
        """What the value is called on the other side, if that is known."""
        return (self._left if which == "left" else self._right).get(value)

    def forget(self, size: int) -> None:
        """Take back all but the first ``size`` pairs: what was bound in documents that turned out not to be equal."""
        self.agreed.clear()
        while len(self._left) > size:
            left, right = self._left.popitem()
            del self._right[right]
            self.renamed -= left != right
            if self._unnamed and self._unnamed[-1][0] == left:
                self._unnamed.pop()
            elif symbol := self._symbols.pop(left, None):
                self._counts[symbol.rpartition("#")[0]] -= 1

    def _name(self) -> None:
        """Give a symbol to what was bound since; most runs differ in nothing and never need one."""
        for left, entity in self._unnamed:
            self._counts[entity] = self._counts.get(entity, 0) + 1
            self._symbols[left] = f"{entity}#{self._counts[entity]}"
        self._unnamed.clear()

    def texts(self, left: str, right: str, entity: str, key: str = "") -> bool:
        """True where two strings, found under a key, are equal up to the ids and times in them."""
        if (left, right) in self.agreed:
            return True
        if len(left) < SHORTEST or len(right) < SHORTEST:
            return left == right
        ours, theirs = marks(left), marks(right)
        if (not (ours or theirs) or left.isdigit()) and key and names_id(key) and opaque(left, right):
            return self.bind(left, right, entity)
        if left != right and not _aligned(left, right, ours, theirs):
            ours, theirs = _completed(left, right, ours, theirs)
            if not ours or not _aligned(left, right, ours, theirs):
                return False
        for one, other in zip(ours, theirs, strict=True):
            if not self._marks(one, other, entity, key):
                return False
        if ours or not opaque(left, right):
            self.agreed.add((left, right))
        return True

    def _marks(self, left: Mark, right: Mark, entity: str, key: str) -> bool:
        mine, yours = left.text, right.text
        if left.is_time or right.is_time:
            return left.is_time and right.is_time and self.times(mine, yours)
        if mine == yours and mine in self.given:
            return True
        if left.said is not None or right.said is not None:
            given = mine in self.given or yours in self.given
            return not given and self._said(left.said, right.said, entity, key)
        return (mine == yours or not unlike(mine, yours)) and self.bind(mine, yours, entity)

    def _said(self, left: Json, right: Json, entity: str, key: str) -> bool:
        """The same for what two tokens say, such as the claims of a JWT."""
        if isinstance(left, dict) and isinstance(right, dict):
            return left.keys() == right.keys() and all(
                self._said(value, right[name], entity, name) for name, value in left.items()
            )
        if isinstance(left, list) and isinstance(right, list):
            pairs = zip(left, right, strict=False)
            return len(left) == len(right) and all(self._said(a, b, entity, key) for a, b in pairs)
        if isinstance(left, str) and isinstance(right, str):
            return self.texts(left, right, entity, key)
        if type(left) is not type(right):
            return False
        return left == right or (isinstance(left, int | float) and self.near(left, cast("float", right), key))

    def near(self, left: float, right: float, key: str = "") -> bool:
        """True where two numbers are the same reading of the clocks of their runs; a given one is only itself.

        In whole seconds, a reading may be given by chance; then the other run's lies far from it.
        """
        if type(left) is not type(right):
            return False
        if str(left) in self.given or str(right) in self.given:
            if left > _SECONDS or abs(left - right) < _MINUTE:
                return False
        return self.frame.numbers(left, right, named=names_time(key))

    def times(self, left: str, right: str) -> bool:
        """True where two times are the same moment of their runs, in the same notation."""
        if left == right:
            return True
        if left in self.given or right in self.given or not self.frame.same_notation(left, right):
            return False
        a, b = parse(left), parse(right)
        return a is not None and b is not None and self.frame.same(a, b)

    def symbolise(self, content: Json, which: Which, key: str = "") -> Json:
        """A document with symbols for generated values, so that it says the same in every run."""
        if isinstance(content, str):
            return self.symbol(content, which, key)
        if isinstance(content, dict):
            return {
                self.symbol(name, which): self.symbolise(value, which, name)
                for name, value in content.items()
            }
        if isinstance(content, list):
            return [self.symbolise(value, which, key) for value in content]
        return self._number(content, which, key)

    def _number(self, content: Json, which: Which, key: str = "") -> Json:
        """A number, or the symbol of a time where it is a clock reading of its own run."""
        if isinstance(content, int | float) and not isinstance(content, bool):
            starts = self.frame.left if which == "left" else self.frame.right
            if self.frame.reads(content, starts, named=names_time(key)) and str(content) not in self.given:
                return TIME
        return content

    def symbol(self, text: str, which: Which, key: str = "") -> str:
        """A text with symbols for the generated values in it."""
        if len(text) < SHORTEST:
            return text
        found = marks(text)
        if not found and names_id(key) and is_opaque(text) and text not in self.given:
            return self._known(text, which) or NEW
        pieces, end = [], 0
        for mark in found:
            pieces += [self._loose(text[end : mark.start], which), self._symbol(mark, which, key)]
            end = mark.end
        return "".join([*pieces, self._loose(text[end:], which)])

    def _loose(self, text: str, which: Which) -> str:
        """The same for what stands between: an id that runs into other letters is none, but as raw as one."""
        if len(text) < SHORTEST:
            return text
        return LOOSE.sub(lambda match: self._known(match.group(), which) or NEW, text)

    def key_symbol(self, table: str, value: int, which: Which) -> str:
        """The symbol of a number that the database gave out; of one that stood there before, the number."""
        name = f"{table}#{value}"
        return name if name in self.given else self._known(name, which) or f"{singular(table)}#{ROW}"

    def _symbol(self, mark: Mark, which: Which, key: str) -> str:
        if mark.text in self.given:
            return mark.text
        if mark.is_time:
            return TIME
        if mark.said is not None:
            return _quoted(self.symbolise(mark.said, which, key))
        known = self._known(mark.text, which)
        if known is None and mark.text.isdigit() and not names_id(key):
            return mark.text
        return known or NEW

    def _known(self, value: str, which: Which) -> str | None:
        if self._unnamed:
            self._name()
        return self._symbols.get(value if which == "left" else self._right.get(value, ""))

    def masked(self, text: str, which: Which) -> str:
        """A text in which bound values have the left side's name and all other generated ones are blank.

        Equal masks are what lines up lists, rows and messages before their ids are known.
        """
        if len(text) < SHORTEST or not (found := marks(text)):
            return text
        return replaced(text, found, lambda mark: self._mask(mark, which))

    def _mask(self, mark: Mark, which: Which) -> str:
        if mark.text in self.given:
            return mark.text
        if mark.is_time:
            return TIME
        if mark.said is not None:
            return _quoted(self.mask(mark.said, which))
        if which == "left":
            return mark.text if mark.text in self._left else BLANK
        return self._right.get(mark.text, BLANK)

    def mask(self, content: Json, which: Which) -> Json:
        """The same for a whole document."""
        self.settle()
        if isinstance(content, str):
            return self.masked(content, which)
        if isinstance(content, dict):
            found = {
                key: value if isinstance(value, str) and len(value) < SHORTEST else self.mask(value, which)
                for key, value in content.items()
            }
            return found if max(map(len, found), default=0) < SHORTEST else self._mask_keys(found, which)
        if isinstance(content, list):
            return [self.mask(value, which) for value in content]
        return self._number(content, which)

    def _mask_keys(self, content: dict[str, Json], which: Which) -> Json:
        """The same for ids as keys: as many values may stand under one that is blank, in no order."""
        found: dict[str, list[Json]] = {}
        for key, value in content.items():
            found.setdefault(self.masked(key, which), []).append(value)
        return {
            key: values[0] if len(values) == 1 else sorted(values, key=canonical)
            for key, values in found.items()
        }


def _aligned(left: str, right: str, ours: Sequence[Mark], theirs: Sequence[Mark]) -> bool:
    """True where two texts say the same but for their marks."""
    if len(ours) == 1 == len(theirs) and ours[0].text == left and theirs[0].text == right:
        return True
    return len(ours) == len(theirs) and _skeleton(left, ours) == _skeleton(right, theirs)


def _completed(
    left: str, right: str, ours: tuple[Mark, ...], theirs: tuple[Mark, ...]
) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
    """All marks of either side on both: of two random values, one may pass for a word. Nothing where that is not so."""
    if len(left) != len(right):
        return (), ()
    mine, yours = ({mark[:2]: mark for mark in side} for side in (ours, theirs))
    found: list[tuple[Mark, Mark]] = []
    last = 0
    for start, end in sorted(mine.keys() | yours.keys(), key=lambda span: (span[0], -span[1])):
        if start < last:
            continue  # a part of the one before
        last = end
        a, b = mine.get((start, end)), yours.get((start, end))
        a = a or _stand_in(b, left)
        b = b or _stand_in(a, right)
        if a is None or b is None:
            return (), ()
        found.append((a, b))
    return tuple(a for a, _ in found), tuple(b for _, b in found)


def _stand_in(mark: Mark | None, text: str) -> Mark | None:
    """A token's counterpart in the other text, where that may be one."""
    if mark is None or mark.is_time or mark.said is not None:
        return None
    other = text[mark.start : mark.end]
    return Mark(mark.start, mark.end, other, False) if stands_for(mark.text, other) else None


def _quoted(content: Json) -> str:
    return f"‹{canonical(content).decode()}›"


def _skeleton(text: str, found: Sequence[Mark]) -> str:
    """What stands between the marks."""
    pieces, end = [], 0
    for mark in found:
        pieces.append(text[end : mark.start])
        end = mark.end
    return "\0".join([*pieces, text[end:]])
