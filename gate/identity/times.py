"""When is a time on one side the same as a time on the other.

Two sides run at different moments and at different speed, so a generated time is read as an offset from the stimuli
around it. Both offsets must agree within the tolerance.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

_MICRO = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86_400 * _MICRO
_FRACTION = re.compile(r"[.,]\d+")
_DIGITS = str.maketrans("123456789", "000000000")
LEAST = 100_000_000
"""No clock of a computer reads less, in seconds: that was in 1973."""
_FAR = 10 * 365 * _DAY
"""How far from its run a number in a time field may lie and still be read as a time."""


@lru_cache(maxsize=16384)
def parse(text: str) -> int | None:
    """Microseconds since the epoch of an ISO 8601 or HTTP time; one without a zone is taken as UTC."""
    try:
        if text[:1].isalpha():
            moment = parsedate_to_datetime(text)
        else:
            moment = datetime.fromisoformat(text.replace(",", "."))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        delta = moment - _EPOCH
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return (delta.days * 86400 + delta.seconds) * _MICRO + delta.microseconds


@lru_cache(maxsize=16384)
def notation(text: str) -> tuple[str, str]:
    """How a time is written: its shape, and its offset from UTC where it has one.

    Fractions do not count: most clocks leave their trailing zeros out.
    """
    if not text[:1].isdigit():
        return "http", ""
    offset = text[-6:] if text[-6:-5] in ("+", "-") else text[-5:] if text[-5:-4] in ("+", "-") else ""
    whole = text if text[19:20] not in (".", ",") else _FRACTION.sub("", text, count=1)
    return whole.translate(_DIGITS), offset


def _minutes(offset: str) -> int:
    """Of ``+02:00`` or ``-0330``."""
    minutes = int(offset[1:3]) * 60 + int(offset[-2:])
    return -minutes if offset[0] == "-" else minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """How the times of two sides correspond: when each stimulus began on either, in microseconds."""

    left: Sequence[int]
    right: Sequence[int]
    tolerance: int

    def same(self, left: int, right: int) -> bool:
        """True where both times are equally far from the same stimulus, within the tolerance."""
        if left == right:
            return True
        last = min(len(self.left), len(self.right)) - 1
        if last < 0:
            return abs(left - right) <= self.tolerance
        if not (self._inside(self.left, left) and self._inside(self.right, right)):
            # a time reckoned from some moment of the run, such as a due date
            return any(self._equally_far(left, right, index) for index in range(last + 1))
        first = min(max(bisect_right(self.left, left) - 1, 0), last)
        second = min(max(bisect_right(self.right, right) - 1, 0), last)
        return self._equally_far(left, right, first) or (
            first != second and self._equally_far(left, right, second)
        )

    def _equally_far(self, left: int, right: int, index: int) -> bool:
        return abs((left - self.left[index]) - (right - self.right[index])) <= self.tolerance

    def same_notation(self, left: str, right: str) -> bool:
        """True where two times are written alike; offsets from UTC may differ by an hour between days, as in summer."""
        if len(left) == len(right) and left[10:11] == right[10:11] and left[-6:] == right[-6:]:
            return True
        ours, theirs = notation(left), notation(right)
        if ours == theirs:
            return True
        apart = abs(self.left[0] - self.right[0]) if self.left and self.right else 0
        (shape, offset), (other_shape, other) = ours, theirs
        if apart <= _DAY or not offset or len(offset) != len(other):
            return False
        same = shape[: -len(offset)] == other_shape[: -len(other)]
        return same and abs(_minutes(offset) - _minutes(other)) <= 60

    def numbers(self, left: float, right: float, *, named: bool = False) -> bool:
        """True where both numbers are clock readings, in s, ms or µs, and the same.

        They must lie inside their own runs, or near where the field is ``named`` as a time.
        """
        for scale in (1, 1_000, _MICRO):
            a, b = (
                self._reading(left, scale, self.left, named),
                self._reading(right, scale, self.right, named),
            )
            if a is not None and b is not None:
                return self.same(a, b)
        return False

    def reads(self, value: float, starts: Sequence[int], *, named: bool = False) -> bool:
        """True where a number is a clock reading of the run that began with these stimuli."""
        if value < LEAST:
            return False
        return any(self._reading(value, scale, starts, named) is not None for scale in (1, 1_000, _MICRO))

    def _reading(self, value: float, scale: int, starts: Sequence[int], named: bool) -> int | None:
        if not starts or not LEAST <= value < 1e18:
            return None
        moment = int(value * (_MICRO // scale))
        if named and abs(moment - starts[0]) < _FAR:
            return moment
        return moment if self._inside(starts, moment) else None

    def _inside(self, starts: Sequence[int], moment: int) -> bool:
        slack = max(self.tolerance, 30 * _MICRO)
        return bool(starts) and starts[0] - self.tolerance - _MICRO <= moment <= starts[-1] + slack
