"""Messages: what was emitted, how often, and in which order per key."""

from collections import Counter
from collections.abc import Sequence

from gate.compare.align import Alignment, alignment, by_key, by_likeness, in_order
from gate.compare.context import Context
from gate.compare.nested import columns
from gate.compare.order import reordered
from gate.identity import Which
from gate.model import Channel, Difference, Event, Json, Kind, canonical

Groups = dict[bytes, list[Event]]
"""Messages in order, by outbox and key."""


def compare_messages(context: Context) -> list[Difference]:
    """Compare the messages of each key as sequences; inside a race group as totals."""
    left, right = context.left.on(Channel.MESSAGE), context.right.on(Channel.MESSAGE)
    ours, theirs = _grouped(context, left, right)
    found: list[Difference] = []
    for key in dict.fromkeys((*ours, *theirs)):
        found += _sequence(context, ours.get(key, []), theirs.get(key, []))
    return found


def _grouped(context: Context, left: Sequence[Event], right: Sequence[Event]) -> tuple[Groups, Groups]:
    """Messages by outbox and key; keys that nothing tells apart yet are taken together."""
    ours, theirs = _by_own_key(left), _by_own_key(right)
    masks = _masked_keys(context, ours, "left"), _masked_keys(context, theirs, "right")
    strict = context.neighbours.tell_apart(
        [members[0] for members in ours.values()], [members[0] for members in theirs.values()], *masks
    )
    both = set(strict[0]) & set(strict[1])
    return (
        _taken_together(ours, strict[0], masks[0], both),
        _taken_together(theirs, strict[1], masks[1], both),
    )


def _taken_together(
    groups: Groups, strict: Sequence[bytes], masks: Sequence[bytes], both: set[bytes]
) -> Groups:
    found: Groups = {}
    for members, apart, mask in zip(groups.values(), strict, masks, strict=True):
        found.setdefault(apart if apart in both else mask, []).extend(members)
    return {key: sorted(members, key=lambda event: event.seq) for key, members in found.items()}


def _by_own_key(events: Sequence[Event]) -> Groups:
    groups: Groups = {}
    for event in events:
        groups.setdefault(canonical([event.operation, event.inputs.get("key")]), []).append(event)
    return groups


def _masked_keys(context: Context, groups: Groups, which: Which) -> list[bytes]:
    found = []
    for first, *_ in groups.values():
        value = first.inputs.get("key")
        if which == "right" and isinstance(value, int):
            value = context.documents.rows.on_left(value)
        found.append(canonical([first.operation, context.renaming.mask(value, which)]))
    return found


def _sequence(context: Context, left: Sequence[Event], right: Sequence[Event]) -> list[Difference]:
    ours, theirs = [content(event) for event in left], [content(event) for event in right]
    mine = [context.renaming.mask(item, "left") for item in ours]
    yours = [context.renaming.mask(item, "right") for item in theirs]
    keys = [canonical(item) for item in mine], [canonical(item) for item in yours]
    aligned, moved = _align(keys[0], keys[1], mine, yours)
    before, after = Counter(keys[0]), Counter(keys[1])
    found: list[Difference] = []
    for a, b in aligned.pairs:
        found += context.pair((ours[a], theirs[b]), (left[a], right[b]), left[a].operation)
    for a in aligned.left:
        counts = (before[keys[0][a]], after[keys[0][a]])
        found.append(context.one_sided(left[a], Kind.MISSING, ours[a], counts=counts))
    for b in aligned.right:
        counts = (before[keys[1][b]], after[keys[1][b]])
        kind = Kind.DUPLICATE if counts[1] > 1 else Kind.EXTRA
        found.append(context.one_sided(right[b], kind, theirs[b], counts=counts))
    if any(not _raced(context, left, right, aligned.pairs, pair) for pair in moved):
        found.append(_order(context, left, right, (ours, theirs)))
    return found


def _align(
    left: Sequence[bytes], right: Sequence[bytes], mine: Sequence[Json], yours: Sequence[Json]
) -> tuple[Alignment, list[tuple[int, int]]]:
    """Pair in order first; what is left over with its equal elsewhere (it moved), then with its like."""
    still = alignment(in_order(left, right), len(left), len(right))
    twins = by_key([left[a] for a in still.left], [right[b] for b in still.right])
    moved = [(still.left[a], still.right[b]) for a, b in twins.pairs]
    rest = alignment([*still.pairs, *moved], len(left), len(right))
    return by_likeness(rest, mine, yours), moved


def _raced(
    context: Context,
    left: Sequence[Event],
    right: Sequence[Event],
    pairs: Sequence[tuple[int, int]],
    moved: tuple[int, int],
) -> bool:
    """True where a message and all that it changed places with come from one race group, whose order is free.

    Two messages of one stimulus are in order, whoever it races with.
    """
    passed = [(a, b) for a, b in pairs if (a < moved[0]) != (b < moved[1]) and (a, b) != moved]
    ours, theirs = left[moved[0]].lineage, right[moved[1]].lineage
    if ours and any(left[a].lineage == ours and right[b].lineage == theirs for a, b in passed):
        return False
    events = [left[moved[0]], *(left[a] for a, _ in passed)]
    return any(all(map(race.made, events)) for race in context.races)


def _order(
    context: Context,
    left: Sequence[Event],
    right: Sequence[Event],
    documents: tuple[Sequence[Json], Sequence[Json]],
) -> Difference:
    ours = [_label(context.renaming.symbolise(item, "left")) for item in documents[0]]
    theirs = [_label(context.renaming.symbolise(item, "right")) for item in documents[1]]
    first = next((i for i, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), 0)
    entity = context.entity(documents[0][first], "left")
    return reordered(context, (left[first], right[first]), ours, theirs, entity)


def _label(item: Json) -> Json:
    """The word by which people know a message: its type where it has one."""
    if isinstance(item, dict):
        for column in ("type", "event_type", "event", "name", "topic"):
            if isinstance(item.get(column), str):
                return item[column]
    return item


def content(event: Event) -> Json:
    """The columns of a message, its payload read where it is JSON; of one that was deleted, what it was."""
    if event.output is not None:
        return columns(event.output)
    before = event.inputs.get("before")
    return {"‹deleted›": columns(before) if isinstance(before, dict) else {}}
