"""Responses: what each stimulus was answered."""

import re

from gate.compare.align import alignment, by_key, by_likeness, in_order
from gate.compare.context import Context
from gate.compare.headers import intent
from gate.compare.nouns import noun
from gate.identity import Which, route, singular
from gate.model import Difference, Event, Json, Kind, canonical

_PLURAL = re.compile(r"(?<![aius])s$")
"""Not ``address``, ``status``, ``analysis``, ``alias``."""


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
    """What a request makes or asks for, by the last plural in its path.

    ``POST /v1/invoices/{id}/finalize`` is about an ``invoice``, and so is ``POST /v1/customers/{id}/invoices``.
    """
    words = [
        piece
        for piece in route(operation).partition(" ")[2].split("/")
        if piece and piece != "{id}" and not (piece[0] == "v" and piece[1:].isdigit())
    ]
    kinds = [word for word in words if _PLURAL.search(word)] or words[:1]
    return noun("", singular(kinds[-1])) if kinds else "id"


def _assign(context: Context, left: tuple[Event, ...], right: tuple[Event, ...]) -> list[tuple[Event, Event]]:
    """Pair each stimulus with itself, but racing repeats of one request with their most similar answer."""
    places = list(range(len(left)))
    for race in context.races:
        repeats: dict[bytes, list[int]] = {}
        for index in sorted(race.members):
            repeats.setdefault(_whole(left[index]), []).append(index)
        for members in repeats.values():
            if len(members) == 1:
                continue
            ours = [context.renaming.mask(answer(context, left[index]), "left") for index in members]
            theirs = [context.renaming.mask(answer(context, right[index]), "right") for index in members]
            exact = by_key([canonical(item) for item in ours], [canonical(item) for item in theirs])
            best = by_likeness(exact, ours, theirs, least=0.0)
            for a, b in best.pairs:
                places[members[a]] = members[b]
    return [(event, right[place]) for event, place in zip(left, places, strict=True)]


def _whole(event: Event) -> bytes:
    """All that was asked: who asks, and for what, decides which answer is theirs."""
    sent = event.inputs
    return canonical([event.operation, sent.get("query"), intent(sent.get("headers")), sent.get("body")])
