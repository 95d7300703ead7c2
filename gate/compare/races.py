"""Stimuli that overlapped: what may change places among them."""

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from gate.model import Event


class Racing(NamedTuple):
    """A race group: the places and the trace ids of its members, and when it ran on either side."""

    members: frozenset[int]
    traces: set[str]
    spans: list[tuple[int, int]]


def race_groups(left: Sequence[Event], right: Sequence[Event]) -> list[list[int]]:
    """The indexes of stimuli that overlapped, on either side, grouped; every stimulus stands in one group."""
    group = list(range(len(left)))
    for a, b in combinations(range(len(left)), 2):
        if _overlap(left[a], left[b]) or _overlap(right[a], right[b]):
            old, new = group[b], group[a]
            group = [new if member == old else member for member in group]
    return [[index for index, member in enumerate(group) if member == one] for one in dict.fromkeys(group)]


def _overlap(a: Event, b: Event) -> bool:
    return a.started_at < b.ended_at and b.started_at < a.ended_at


def racing(left: Sequence[Event], right: Sequence[Event]) -> list[Racing]:
    """Each race group of two or more."""
    if len(left) != len(right):
        return []
    found = []
    for group in race_groups(left, right):
        if len(group) > 1:
            traces = {event.lineage for index in group for event in (left[index], right[index])}
            spans = [
                (min(side[i].started_at for i in group), max(side[i].ended_at for i in group))
                for side in (left, right)
            ]
            found.append(Racing(frozenset(group), {trace for trace in traces if trace}, spans))
    return found
