"""Order that the baseline keeps: of two effects one was over before the other began, and now it is reversed."""

from collections.abc import Sequence
from itertools import pairwise

from gate.compare.context import Context
from gate.identity import route
from gate.model import Difference, Event, Kind


def swapped(context: Context, pairs: Sequence[tuple[Event, Event]]) -> list[Difference]:
    """One difference for each effect of one stimulus that now comes after its successor."""
    by_cause: dict[int, list[tuple[Event, Event]]] = {}
    for pair in sorted(pairs, key=lambda pair: pair[0].started_at):
        if cause := context.cause(pair[0], "left"):
            by_cause.setdefault(cause.seq, []).append(pair)
    return [
        _difference(context, one, other)
        for effects in by_cause.values()
        for one, other in pairwise(effects)
        if one[0].ended_at <= other[0].started_at
        and other[1].ended_at <= one[1].started_at
        and context.cause(one[1], "right") is context.cause(other[1], "right")
    ]


def _difference(context: Context, one: tuple[Event, Event], other: tuple[Event, Event]) -> Difference:
    (left, right), after = one, other[0]
    return Difference(
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
