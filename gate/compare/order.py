"""Order that the baseline keeps: of two effects one was over before the other began, and now it is reversed."""

from collections.abc import Sequence
from itertools import pairwise

from gate.compare.context import Context
from gate.identity import route
from gate.model import Difference, Event, Kind


def swapped(context: Context, pairs: Sequence[tuple[Event, Event]]) -> list[Difference]:
    """One difference for each effect of one stimulus that now comes after its successor."""
    found = []
    ordered = sorted(pairs, key=lambda pair: pair[0].started_at)
    for (left, right), (after, changed) in pairwise(ordered):
        if not left.lineage or left.lineage != after.lineage:
            continue
        if left.ended_at <= after.started_at and changed.ended_at <= right.started_at:
            found.append(
                Difference(
                    channel=left.channel,
                    kind=Kind.ORDER,
                    operation=route(left.operation),
                    path="$",
                    baseline=[route(left.operation), route(after.operation)],
                    candidate=[route(after.operation), route(left.operation)],
                    event={"baseline": context.name(left, "left"), "candidate": context.name(right, "right")},
                    trace_id=left.lineage,
                    triggers=context.triggers((left,), (right,)),
                )
            )
    return found
