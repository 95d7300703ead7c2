"""The order of times in one object: each is equal up to a tolerance, and yet they must follow one another as before."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from gate.compare.documents import Leaf
from gate.compare.paths import Path
from gate.identity import marks, notation, parse
from gate.model import Json, Kind

_SHORTEST, _LONGEST = 19, 35
"""Characters of a time to the second, and to the nanosecond with its offset."""
_CLEARLY = 1_000
"""Microseconds; some clocks are read to the millisecond only."""
_APART, _APART_IN_MILLISECONDS = 10_000, 100_000
"""So far apart were two readings of a clock, and of one that tells milliseconds: quick ones may say the same."""


class _Moment(NamedTuple):
    """What one field says on both sides: when, in microseconds, and how it is written."""

    name: str
    times: tuple[int, int]
    texts: tuple[str, str]


def out_of_order(
    left: Json, right: Json, given: Collection[str], differing: Collection[Path], path: Path = ()
) -> Iterator[Leaf]:
    """Fields of one object whose times are generated, written alike, and in the other order on the right.

    Also times that are one and the same on one side only. What is ``differing`` anyway is left out.
    """
    if isinstance(left, dict) and isinstance(right, dict):
        for moments in _clocks(left, right, given):
            yield from _leaves([one for one in moments if (*path, one.name) not in differing], path)
        for name, value in left.items():
            if isinstance(value, dict | list) and name in right:
                yield from out_of_order(value, right[name], given, differing, (*path, name))
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for index, (ours, theirs) in enumerate(zip(left, right, strict=True)):
            yield from out_of_order(ours, theirs, given, differing, (*path, index))


def _clocks(left: dict[str, Json], right: dict[str, Json], given: Collection[str]) -> Iterable[list[_Moment]]:
    """The times of one object by how they are written; none where all are equal to the letter."""
    found: dict[tuple[tuple[str, str], bool], list[_Moment]] = {}
    changed = False
    for name, ours in left.items():
        theirs = right.get(name)
        if isinstance(ours, str) and isinstance(theirs, str):
            if _is_time(ours, given) and _is_time(theirs, given):
                changed = changed or ours != theirs
                if (clock := _clock(ours)) == _clock(theirs):
                    moment = _Moment(name, (parse(ours) or 0, parse(theirs) or 0), (ours, theirs))
                    found.setdefault(clock, []).append(moment)
    return found.values() if changed else ()


def _is_time(text: str, given: Collection[str]) -> bool:
    if not _SHORTEST <= len(text) <= _LONGEST or text in given:
        return False
    found = marks(text)
    return len(found) == 1 and found[0].is_time and found[0].text == text


def _clock(text: str) -> tuple[tuple[str, str], bool]:
    """The notation of a time, and whether it has a fraction: one clock cuts off what another shows."""
    return notation(text), len(text) > 20 and text[19] in ".,"


def _leaves(moments: Sequence[_Moment], path: Path) -> Iterator[Leaf]:
    """At most one for each field."""
    if len(moments) < 2:
        return
    told: set[str] = set()
    for name, first in _passed(moments):
        told.add(name)
        yield Leaf(Kind.ORDER, (*path, name), [first, name], [name, first])
    for side in (0, 1):
        for name, first in _one_time(moments, side):
            if name not in told:
                told.add(name)
                said = "‹a later time›", f"‹time of {first}›"
                yield Leaf(Kind.CHANGED, (*path, name), said[1 - side], said[side])


def _passed(moments: Sequence[_Moment]) -> Iterator[tuple[str, str]]:
    """Each field whose time clearly came after that of another, and now comes before it, with that other one."""
    ordered = sorted(moments, key=lambda moment: (moment.times[0], moment.name))
    latest, place = ordered[0], 0
    for moment in ordered:
        while ordered[place].times[0] + _CLEARLY <= moment.times[0]:
            latest = max(latest, ordered[place], key=lambda before: before.times[1])
            place += 1
        if place and latest.times[1] - _CLEARLY >= moment.times[1]:
            yield moment.name, latest.name


def _one_time(moments: Sequence[_Moment], side: int) -> Iterator[tuple[str, str]]:
    """Fields that are one text on this side, and on the other clearly read the clock later than the first of them."""
    alike: dict[str, list[_Moment]] = {}
    for moment in sorted(moments, key=lambda moment: (moment.times[1 - side], moment.name)):
        alike.setdefault(moment.texts[side], []).append(moment)
    for first, *others in alike.values():
        for moment in others:
            digits = max(map(_digits, (*first.texts, *moment.texts)))
            least = _APART_IN_MILLISECONDS if digits == 3 else _APART
            if digits >= 3 and moment.times[1 - side] - first.times[1 - side] >= least:
                yield moment.name, first.name


def _digits(text: str) -> int:
    """How many digits of a second a time tells; zeros at the end may be filled up."""
    rest = text[20:]
    fraction = rest[: len(rest) - len(rest.lstrip("0123456789"))] if text[19:20] in (".", ",") else ""
    return len(fraction.rstrip("0"))
