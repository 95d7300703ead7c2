"""Stimuli that overlapped: what may change places among them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gate.model import Event


class Racing(NamedTuple):
    """A race group: the places and the trace ids of its members, and when it ran on the left."""

    members: frozenset[int]
    traces: set[str]
    span: tuple[int, int]

    def made(self, event: Event) -> bool:
        """True where an event on the left comes of it: by its trace, or by its time where it has none."""
        if event.lineage:
            return event.lineage in self.traces
        return self.span[0] <= event.started_at <= self.span[1]


def race_groups(left: Sequence[Event], right: Sequence[Event]) -> list[list[int]]:
    """The indexes of stimuli that overlapped, on either side, grouped; every stimulus stands in one group."""
    group = [[index] for index in range(len(left))]
    for one, other in (*_overlaps(left), *_overlaps(right)):
        less, more = sorted((group[one], group[other]), key=len)
        if less is not more:
            more += less
            for index in less:
                group[index] = more
    return [sorted(members) for members in {id(members): members for members in group}.values()]


def _overlaps(events: Sequence[Event]) -> Iterator[tuple[int, int]]:
    """Each event that began before an earlier one was over, with the one of these that ended last."""
    latest = None
    for index in sorted(range(len(events)), key=lambda i: (events[i].started_at, events[i].ended_at)):
        if latest is not None and events[index].started_at < events[latest].ended_at:
            yield latest, index
        if latest is None or events[index].ended_at > events[latest].ended_at:
            latest = index


def racing(left: Sequence[Event], right: Sequence[Event]) -> list[Racing]:
    """Each race group of two or more."""
    if len(left) != len(right):
        return []
    found = []
    for group in race_groups(left, right):
        if len(group) > 1:
            traces = {event.lineage for index in group for event in (left[index], right[index])}
            span = min(left[i].started_at for i in group), max(left[i].ended_at for i in group)
            found.append(Racing(frozenset(group), {trace for trace in traces if trace}, span))
    return found
