"""Order that the baseline keeps, and which stimulus does what."""

from collections.abc import Sequence

from gate.compare.context import Context
from gate.identity import route
from gate.model import Difference, Event, Json, Kind

Pair = tuple[Event, Event]


def swapped(context: Context, pairs: Sequence[Pair]) -> list[Difference]:
    """One difference for each effect of one stimulus that was over before another began, and now comes after it."""
    by_cause: dict[int, list[Pair]] = {}
    for pair in pairs:
        ours, theirs = context.cause(pair[0], "left"), context.cause(pair[1], "right")
        if ours is not None and theirs in (None, ours):
            by_cause.setdefault(ours, []).append(pair)
    return [_after(context, one, other) for effects in by_cause.values() for one, other in _reversed(effects)]


def _reversed(effects: Sequence[Pair]) -> list[tuple[Pair, Pair]]:
    """Each effect that now comes after one which it came before; of several of these, the first."""
    ended = sorted(effects, key=lambda pair: pair[0].ended_at)
    found: dict[int, tuple[Pair, Pair]] = {}
    latest: Pair | None = None
    place = 0
    for pair in sorted(effects, key=lambda pair: pair[0].started_at):
        while place < len(ended) and ended[place][0].ended_at <= pair[0].started_at:
            if latest is None or ended[place][1].started_at > latest[1].started_at:
                latest = ended[place]
            place += 1
        if latest is not None and latest is not pair and pair[1].ended_at <= latest[1].started_at:
            found.setdefault(latest[0].seq, (latest, pair))
    return list(found.values())


def moved(context: Context, pairs: Sequence[Pair]) -> list[Difference]:
    """One difference for each effect that another stimulus has now, as far as traces tell and outside of a race."""
    found: list[Difference] = []
    for left, right in pairs:
        ours, theirs = context.traced(left, "left"), context.traced(right, "right")
        if ours is None or theirs is None or ours == theirs or context.race_together(ours, theirs):
            continue
        baseline, candidate = context.triggers((left,), ()), context.triggers((), (right,))
        found.append(reordered(context, (left, right), baseline, candidate))
    return found


def _after(context: Context, one: Pair, other: Pair) -> Difference:
    names = [route(one[0].operation), route(other[0].operation)]
    return reordered(context, one, names, names[::-1])


def reordered(
    context: Context,
    pair: Pair,
    baseline: Sequence[Json],
    candidate: Sequence[Json],
    entity: str | None = None,
) -> Difference:
    """What stood in the one order and now stands in the other, told of this pair of events."""
    left, right = pair
    return Difference(
        channel=left.channel,
        kind=Kind.ORDER,
        operation=route(left.operation),
        path="$",
        baseline=list(baseline),
        candidate=list(candidate),
        event={"baseline": context.name(left, "left"), "candidate": context.name(right, "right")},
        trace_id=left.lineage,
        entity=entity,
        triggers=context.triggers((left,), (right,)),
    )
