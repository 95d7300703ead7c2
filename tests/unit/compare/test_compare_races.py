"""Which stimuli overlapped."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from gate.compare.races import race_groups
from gate.model import Event
from tests.unit.compare.build import request

SPAN = st.tuples(st.integers(0, 12), st.integers(0, 4))
SPANS = st.lists(st.tuples(SPAN, SPAN), max_size=9)


def events(spans: list[tuple[int, int]]) -> list[Event]:
    return [request(seq=seq, at=at, duration=duration) for seq, (at, duration) in enumerate(spans)]


def overlap(a: Event, b: Event) -> bool:
    return a.started_at < b.ended_at and b.started_at < a.ended_at


@given(SPANS)
def test_groups_are_what_overlaps_directly_or_by_others(
    both: list[tuple[tuple[int, int], tuple[int, int]]],
) -> None:
    left, right = events([one for one, _ in both]), events([other for _, other in both])
    groups = [{index} for index in range(len(left))]
    for a, b in combinations(range(len(left)), 2):
        if overlap(left[a], left[b]) or overlap(right[a], right[b]):
            one, other = (next(group for group in groups if index in group) for index in (a, b))
            if one is not other:
                groups.remove(other)
                one |= other
    assert race_groups(left, right) == sorted(sorted(group) for group in groups)


def test_many_at_once_are_one_group() -> None:
    both = events([(place, 10_000) for place in range(1000)])
    assert race_groups(both, both) == [list(range(1000))]
