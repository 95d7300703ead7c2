"""Outward calls: would it have called, how often, with what, in which order."""

from collections.abc import Sequence

from gate.compare.align import by_keys, by_likeness
from gate.compare.context import Context
from gate.compare.headers import intent
from gate.compare.order import moved, swapped
from gate.compare.requests import resource
from gate.identity import route
from gate.model import Channel, Difference, Event, Json, Kind, canonical


def compare_calls(context: Context) -> list[Difference]:
    """Compare the calls of each operation; which of several equal ones came first does not matter."""
    left, right = context.left.on(Channel.CALL), context.right.on(Channel.CALL)
    operations = dict.fromkeys(route(event.operation) for event in (*left, *right))
    pairs: list[tuple[Event, Event]] = []
    found: list[Difference] = []
    for operation in operations:
        ours = [event for event in left if route(event.operation) == operation]
        theirs = [event for event in right if route(event.operation) == operation]
        matched, differences = _operation(context, ours, theirs)
        pairs += matched
        found += differences
    return found + moved(context, pairs) + swapped(context, pairs)


def _operation(
    context: Context, left: Sequence[Event], right: Sequence[Event]
) -> tuple[list[tuple[Event, Event]], list[Difference]]:
    ours, theirs = [asked(context, event) for event in left], [asked(context, event) for event in right]
    mine = [context.renaming.mask(item, "left") for item in ours]
    yours = [context.renaming.mask(item, "right") for item in theirs]
    keys_left, keys_right = [canonical(item) for item in mine], [canonical(item) for item in yours]
    strict = context.neighbours.tell_apart(left, right, keys_left, keys_right)
    exact = by_keys(
        (_traced(left, strict[0]), _traced(right, strict[1])),
        strict,
        (_traced(left, keys_left), _traced(right, keys_right)),
        (keys_left, keys_right),
    )
    aligned = by_likeness(exact, mine, yours, least=0.3)
    found: list[Difference] = []
    for a, b in aligned.pairs:
        found += context.pair((ours[a], theirs[b]), (left[a], right[b]), resource(left[a].operation))
    for a in aligned.left:
        found.append(context.one_sided(left[a], Kind.MISSING, ours[a], counts=(len(left), len(right))))
    repeated: dict[bytes, list[int]] = {}
    for b in aligned.right:
        repeated.setdefault(keys_right[b], []).append(b)
    for key, members in repeated.items():
        same = [b for b, other in enumerate(keys_right) if other == key]
        before = sum(other == key for other in keys_left)
        found.append(
            context.one_sided(
                right[members[-1]],
                Kind.DUPLICATE if len(same) > len(members) else Kind.EXTRA,
                theirs[members[-1]],
                of=[right[b] for b in same],
                counts=(before, len(same)),
            )
        )
    return [(left[a], right[b]) for a, b in aligned.pairs], found


def _traced(events: Sequence[Event], keys: Sequence[bytes]) -> list[tuple[str | None, bytes]]:
    return [(event.lineage, key) for event, key in zip(events, keys, strict=True)]


def asked(context: Context, event: Event) -> Json:
    """The part of a call that is compared: where to, the payload, and the headers that carry intent."""
    content = context.read(event.inputs)
    if not isinstance(content, dict):
        return content
    return {
        "path": content.get("path"),
        "query": content.get("query") or "",
        "headers": intent(content.get("headers")),
        "body": content.get("body"),
    }
