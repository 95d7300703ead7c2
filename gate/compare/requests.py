"""Responses: what each stimulus was answered."""

from collections.abc import Sequence
from itertools import combinations

from gate.compare.align import alignment, by_key, by_likeness, in_order
from gate.compare.context import Context
from gate.compare.nouns import noun
from gate.identity import Which, route, singular
from gate.model import Difference, Event, Json, Kind, canonical


def compare_requests(context: Context) -> list[Difference]:
    """Compare the answers pair by pair; inside a race group, equal requests by best assignment."""
    left, right = context.left.stimuli, context.right.stimuli
    routes = [route(event.operation) for event in left], [route(event.operation) for event in right]
    if routes[0] == routes[1]:
        pairs = _assign(context, left, right)
        lost: tuple[Event, ...] = ()
        added: tuple[Event, ...] = ()
    else:
        keys = (
            [_sent(context, event, "left") for event in left],
            [_sent(context, event, "right") for event in right],
        )
        rest = alignment(in_order(*keys), len(left), len(right))
        pairs = [(left[a], right[b]) for a, b in rest.pairs]
        lost, added = tuple(left[a] for a in rest.left), tuple(right[b] for b in rest.right)
    found = [difference for pair in pairs for difference in _pair(context, *pair)]
    found += [context.one_sided(event, Kind.MISSING, answer(context, event)) for event in lost]
    found += [context.one_sided(event, Kind.EXTRA, answer(context, event)) for event in added]
    return found


def _sent(context: Context, event: Event, which: Which) -> bytes:
    """What was asked, so far as it can be told before ids are known."""
    content = context.read(event.inputs)
    body = content.get("body") if isinstance(content, dict) else None
    return canonical([route(event.operation), context.renaming.mask(body, which)])


def _pair(context: Context, left: Event, right: Event) -> list[Difference]:
    return context.pair(
        (answer(context, left), answer(context, right)), (left, right), resource(left.operation)
    )


def answer(context: Context, event: Event) -> Json:
    """The part of a response that is compared: status, the chosen headers, and the body as a document."""
    output = context.read(event.output)
    if not isinstance(output, dict) or "status" not in output:
        return output
    sent = output.get("headers")
    chosen: dict[str, Json] = {}
    if isinstance(sent, dict):
        chosen = {name: sent[name] for name in context.headers if name in sent}
    return {"status": output["status"], "headers": chosen, "body": output.get("body")}


def resource(operation: str) -> str:
    """What a request makes or asks for: ``POST /v1/invoices/{id}/finalize`` is about an ``invoice``."""
    words = [
        piece
        for piece in route(operation).partition(" ")[2].split("/")
        if piece and piece != "{id}" and not (piece[0] == "v" and piece[1:].isdigit())
    ]
    return noun("", singular(words[0])) if words else "id"


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


def _assign(context: Context, left: tuple[Event, ...], right: tuple[Event, ...]) -> list[tuple[Event, Event]]:
    """Pair each stimulus with itself, but racing repeats of one operation with their most similar answer."""
    pairs = []
    for group in race_groups(left, right):
        for operation in dict.fromkeys(left[index].operation for index in group):
            members = [index for index in group if left[index].operation == operation]
            if len(members) == 1:
                pairs.append((left[members[0]], right[members[0]]))
                continue
            ours = [context.renaming.mask(answer(context, left[index]), "left") for index in members]
            theirs = [context.renaming.mask(answer(context, right[index]), "right") for index in members]
            exact = by_key([canonical(item) for item in ours], [canonical(item) for item in theirs])
            best = by_likeness(exact, ours, theirs, least=0.0)
            pairs += [(left[members[a]], right[members[b]]) for a, b in best.pairs]
    return sorted(pairs, key=lambda pair: pair[0].seq)


def racing(context: Context) -> list[tuple[set[str], list[tuple[int, int]]]]:
    """Each race group of two or more: the trace ids of its members, and when it ran on either side."""
    left, right = context.left.stimuli, context.right.stimuli
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
            found.append(({trace for trace in traces if trace}, spans))
    return found
