"""The order of times in one object: each is equal up to a tolerance, and yet they must follow one another as before."""

from collections.abc import Collection, Iterator
from itertools import combinations

from gate.compare.documents import Leaf
from gate.compare.paths import Path
from gate.identity import marks, notation, parse
from gate.model import Json, Kind

_SHORTEST, _LONGEST = 19, 35
"""Characters of a time to the second, and to the nanosecond with its offset."""
_CLEARLY = 1_000
"""Microseconds; some clocks are read to the millisecond only."""


def out_of_order(
    left: Json, right: Json, given: Collection[str], differing: Collection[Path], path: Path = ()
) -> Iterator[Leaf]:
    """Fields of one object whose times are generated, written alike, and in the other order on the right.

    What is ``differing`` anyway is left out.
    """
    if isinstance(left, dict) and isinstance(right, dict):
        both = [name for name in left if name in right]
        times = {}
        for name in both:
            ours, theirs = left[name], right[name]
            if isinstance(ours, str) and isinstance(theirs, str):
                if ours != theirs and _is_time(ours, given) and _is_time(theirs, given):
                    if (*path, name) not in differing:
                        times[name] = ours, theirs
            elif isinstance(ours, dict | list):
                yield from out_of_order(ours, theirs, given, differing, (*path, name))
        for one, other in combinations(times, 2):
            if _reversed(*times[one], *times[other]):
                first, second = sorted((one, other), key=lambda name: parse(times[name][0]) or 0)
                yield Leaf(Kind.ORDER, (*path, second), [first, second], [second, first])
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for index, (ours, theirs) in enumerate(zip(left, right, strict=True)):
            yield from out_of_order(ours, theirs, given, differing, (*path, index))


def _is_time(text: str, given: Collection[str]) -> bool:
    if not _SHORTEST <= len(text) <= _LONGEST or text in given:
        return False
    found = marks(text)
    return len(found) == 1 and found[0].is_time and found[0].text == text


def _reversed(left: str, right: str, left_other: str, right_other: str) -> bool:
    """True where one clearly came before the other, and now comes after it."""
    texts = (left, right, left_other, right_other)
    if len({(notation(text), len(text) > 20 and text[19] in ".,") for text in texts}) != 1:
        return False  # one clock cuts off what another shows
    a, b, c, d = (parse(text) or 0 for text in (left, left_other, right, right_other))
    return (a + _CLEARLY <= b and c - _CLEARLY >= d) or (a - _CLEARLY >= b and c + _CLEARLY <= d)
