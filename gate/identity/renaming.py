"""One symbol for one entity: the one-to-one renaming under which two sides are compared.

Pairs of generated values that stand at the same place are bound to each other; from then on each may only ever stand
for the other. A value that was given, or that the other side knows under its own name, is never renamed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from gate.identity.forms import SHORTEST, Mark, marks
from gate.identity.provenance import ids_in
from gate.identity.times import Frame, parse
from gate.model import Json

Which = Literal["left", "right"]
_PLURAL = re.compile(r"(?<=[a-z])ies$|(?<=[sxz])es$|(?<=[^s])s$")


def singular(noun: str) -> str:
    """``invoices`` -> ``invoice``; good enough for a label."""
    return _PLURAL.sub(lambda match: "y" if match.group() == "ies" else "", noun)


@dataclass(slots=True, kw_only=True)
class Renaming:
    """A growing bijection between the generated values of the left and of the right side."""

    given: frozenset[str]
    frame: Frame
    number: float = 0.0
    _left: dict[str, str] = field(default_factory=dict)
    _right: dict[str, str] = field(default_factory=dict)
    _symbols: dict[str, str] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _same: list[Json] = field(default_factory=list)

    @property
    def renamed(self) -> int:
        """How many values stand under another name on the other side."""
        return sum(left != right for left, right in self._left.items())

    def skip(self, content: Json) -> None:
        """Note a document that is equal to the byte; its ids are bound only if that comes to matter."""
        self._same.append(content)

    def bind(self, left: str, right: str, entity: str) -> bool:
        """Say that two ids name the same thing; False where that contradicts what is known."""
        known = self._left.get(left)
        if known is not None:
            return known == right
        if right in self._right:
            return False
        if left != right:
            if left in self.given or right in self.given:
                return False
            if self._same:
                self._bind_same()
                return self.bind(left, right, entity)
        self._left[left] = right
        self._right[right] = left
        if left not in self.given:
            self._name(left, entity)
        return True

    def bind_key(self, table: str, left: int, right: int) -> bool:
        """The same for numbers that the database gave out: they name rows of one table only."""
        return self.bind(f"{table}#{left}", f"{table}#{right}", singular(table))

    def bound(self, value: str, which: Which) -> str | None:
        """What the value is called on the other side, if that is known."""
        return (self._left if which == "left" else self._right).get(value)

    def _bind_same(self) -> None:
        pending, self._same = self._same, []
        for content in pending:
            for value in sorted(ids_in(content)):
                if value not in self._left and value not in self._right:
                    self._left[value] = self._right[value] = value

    def _name(self, left: str, entity: str) -> None:
        self._counts[entity] = self._counts.get(entity, 0) + 1
        self._symbols[left] = f"{entity}#{self._counts[entity]}"

    def texts(self, left: str, right: str, entity: str) -> bool:
        """True where two strings are equal up to the ids and times in them."""
        if left == right:
            if len(left) >= SHORTEST:
                return all(
                    mark.is_time or mark.text in self.given or self.bind(mark.text, mark.text, entity)
                    for mark in marks(left)
                )
            return True
        if len(left) < SHORTEST or len(right) < SHORTEST:
            return False
        ours, theirs = marks(left), marks(right)
        if not ours or len(ours) != len(theirs) or _skeleton(left, ours) != _skeleton(right, theirs):
            return False
        return all(self._marks(a, b, entity) for a, b in zip(ours, theirs, strict=True))

    def _marks(self, left: Mark, right: Mark, entity: str) -> bool:
        if left.is_time and right.is_time:
            return self.times(left.text, right.text)
        return left.is_time == right.is_time and self.bind(left.text, right.text, entity)

    def times(self, left: str, right: str) -> bool:
        """True where two times are the same moment of their runs, in the same notation."""
        if left == right:
            return True
        if left in self.given or right in self.given or len(left) - len(right) not in range(-7, 8):
            return False
        a, b = parse(left), parse(right)
        return a is not None and b is not None and self.frame.same(a, b)

    def symbolise(self, content: Json, which: Which) -> Json:
        """A document with symbols for generated values, so that it says the same in every run."""
        if isinstance(content, str):
            return self.symbol(content, which)
        if isinstance(content, dict):
            return {self.symbol(key, which): self.symbolise(value, which) for key, value in content.items()}
        if isinstance(content, list):
            return [self.symbolise(value, which) for value in content]
        return content

    def symbol(self, text: str, which: Which) -> str:
        """A text with symbols for the generated values in it."""
        found = marks(text)
        if not found:
            return text
        pieces, end = [], 0
        for mark in found:
            pieces += [text[end : mark.start], self._symbol(mark, which)]
            end = mark.end
        return "".join([*pieces, text[end:]])

    def key_symbol(self, table: str, value: int, which: Which) -> str:
        """The symbol of a number that the database gave out."""
        name = f"{table}#{value}"
        left = name if which == "left" else self._right.get(name, "")
        return self._symbols.get(left, f"{singular(table)}#new")

    def _symbol(self, mark: Mark, which: Which) -> str:
        if mark.text in self.given:
            return mark.text
        if mark.is_time:
            return "‹time›"
        left = mark.text if which == "left" else self._right.get(mark.text, "")
        return self._symbols.get(left) or "‹new id›"

    def masked(self, text: str, which: Which) -> str:
        """A text in which bound values have the left side's name and all other generated ones are blank.

        Equal masks are what lines up lists, rows and messages before their ids are known.
        """
        found = marks(text)
        if not found:
            return text
        pieces, end = [], 0
        for mark in found:
            pieces += [text[end : mark.start], self._mask(mark, which)]
            end = mark.end
        return "".join([*pieces, text[end:]])

    def _mask(self, mark: Mark, which: Which) -> str:
        if mark.text in self.given:
            return mark.text
        if mark.is_time:
            return "‹time›"
        if which == "left":
            return mark.text if mark.text in self._left else "‹id›"
        return self._right.get(mark.text, "‹id›")

    def mask(self, content: Json, which: Which) -> Json:
        """The same for a whole document."""
        if isinstance(content, str):
            return self.masked(content, which)
        if isinstance(content, dict):
            return {key: self.mask(value, which) for key, value in content.items()}
        if isinstance(content, list):
            return [self.mask(value, which) for value in content]
        return content


def _skeleton(text: str, found: Iterable[Mark]) -> str:
    pieces, end = [], 0
    for mark in found:
        pieces.append(text[end : mark.start])
        end = mark.end
    return "\0".join([*pieces, text[end:]])
