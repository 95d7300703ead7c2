"""When is a time on one side the same as a time on the other.

Two sides run at different moments and at different speed, so a generated time is read as an offset from the stimuli
around it. Both offsets must agree within the tolerance.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

_MICRO = 1_000_000


@lru_cache(maxsize=16384)
def parse(text: str) -> int | None:
    """Microseconds since the epoch of an ISO 8601 or HTTP time; one without a zone is taken as UTC."""
    try:
        if text[:1].isalpha():
            moment = parsedate_to_datetime(text)
        else:
            moment = datetime.fromisoformat(text.replace(",", "."))
    except (ValueError, TypeError, IndexError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    delta = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86400 + delta.seconds) * _MICRO + delta.microseconds


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
        near = {
            min(max(bisect_right(self.left, left) - 1, 0), last),
            min(max(bisect_right(self.right, right) - 1, 0), last),
        }
        if not self._within(left, right):  # a time reckoned from some moment of the run, such as a due date
            near = set(range(last + 1))
        return any(
            abs((left - self.left[index]) - (right - self.right[index])) <= self.tolerance for index in near
        )

    def numbers(self, left: float, right: float) -> bool:
        """True where both numbers are clock readings, in s, ms or µs, from inside their own runs, and the same."""
        for scale in (1, 1_000, _MICRO):
            a, b = int(left * (_MICRO // scale)), int(right * (_MICRO // scale))
            if self._inside(self.left, a) and self._inside(self.right, b):
                return self.same(a, b)
        return False

    def _within(self, left: int, right: int) -> bool:
        return self._inside(self.left, left) and self._inside(self.right, right)

    def _inside(self, starts: Sequence[int], moment: int) -> bool:
        slack = max(self.tolerance, 30 * _MICRO)
        return bool(starts) and starts[0] - self.tolerance - _MICRO <= moment <= starts[-1] + slack
