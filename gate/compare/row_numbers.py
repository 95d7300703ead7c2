"""Numbers that name rows where no schema says so: what an earlier look at the rows tells of them."""

from collections.abc import Mapping

from gate.identity import singular
from gate.model import Table

Pairs = Mapping[tuple[int, int], frozenset[str]]


class RowNumbers:
    """Which number on the left is which on the right, by table."""

    def __init__(self, pairs: Pairs, tables: Mapping[str, Table]) -> None:
        self._pairs = pairs
        lefts: dict[int, set[int]] = {}
        for left, right in pairs:
            lefts.setdefault(right, set()).add(left)
        self._on_left = {right: found.pop() for right, found in lefts.items() if len(found) == 1}
        self._known: dict[str, set[str]] = {}
        """The tables by what their rows are; empty where they have no numbers of their own."""
        for name, table in tables.items():
            self._known.setdefault(singular(name), set()).update({name} if table.sequence else ())
        self._tables_of: dict[str, frozenset[str]] = {}
        """What things may be rows of whose name is no table's."""

    def remember(self) -> dict[str, frozenset[str]]:
        """What is known of things so far, to go back to."""
        return dict(self._tables_of)

    def forget(self, remembered: dict[str, frozenset[str]]) -> None:
        """Go back."""
        self._tables_of = remembered

    def same(self, left: int, right: int, noun: str) -> bool:
        """Whether two numbers are one row's; things of one name are rows of one table."""
        tables = self._pairs.get((left, right))
        if tables is None:
            return False
        if noun in self._known:
            return not tables.isdisjoint(self._known[noun])
        known = self._tables_of.get(noun, tables) & tables
        if known:
            self._tables_of[noun] = known
        return bool(known)

    def names(self, noun: str) -> bool:
        """Whether something of this name is a row that has a number."""
        return bool(self._known.get(noun))

    def paths(self, left: str, right: str) -> bool:
        """Whether two paths lead to one row: ``/v1/orders/7`` and ``/v1/orders/9``."""
        ours, theirs = left.split("/"), right.split("/")
        if len(ours) != len(theirs) or len(ours) == 1:
            return False
        return all(
            one == other or (one.isdecimal() and other.isdecimal() and self.same(int(one), int(other), noun))
            for one, other, noun in zip(ours, theirs, ["", *map(singular, ours)], strict=False)
        )

    def on_left(self, right: int) -> int:
        """A number on the right by its name on the left, where it can only be one; else as it is."""
        return self._on_left.get(right, right)
