"""Twins are told apart by what else holds their ids."""

from dataclasses import replace

from gate.compare.context import Context
from gate.config import Compare
from gate.model import Event, Recording, Table
from tests.unit.compare.build import HEADERS, call, message, recording, request, row, uid

TABLES = {"carts": Table(key=("id",)), "items": Table(key=("id",), references={"cart_id": "carts"})}


def apart(left: Recording, right: Recording, *events: tuple[list[Event], list[Event]]) -> list[list[int]]:
    """For each key of the left, all of one kind, where it stands on the right."""
    neighbours = Context(left, right, Compare(), HEADERS).neighbours
    found = []
    for ours, theirs in events:
        keys = [b"k"] * len(ours), [b"k"] * len(theirs)
        mine, yours = neighbours.tell_apart(ours, theirs, *keys)
        found.append([yours.index(key) if key in yours else -1 for key in mine])
    return found


def side(start: int, *names: str) -> tuple[Recording, list[Event]]:
    """Calls that say nothing but a new id; the rows tell what it is."""
    ids = [uid(start + n) for n in range(len(names))]
    calls = [call({"reference": name}, seq=100 + n) for n, name in enumerate(ids)]
    rows = [row("carts", {"id": ids[n], "name": name}) for n, name in enumerate(names)]
    return recording(request({}), *calls, *rows, tables=TABLES), calls


def test_calls_by_the_rows_that_hold_their_ids() -> None:
    (left, ours), (right, theirs) = side(1, "a", "b", "c"), side(50, "c", "a", "b")
    assert apart(left, right, (ours, theirs)) == [[1, 2, 0]]


def test_what_differs_around_is_no_match() -> None:
    (left, ours), (right, theirs) = side(1, "a", "b"), side(50, "x", "a")
    assert apart(left, right, (ours, theirs)) == [[1, -1]]


def test_rows_by_what_is_two_steps_away() -> None:
    def carts(start: int, *texts: str) -> tuple[Recording, list[Event]]:
        cart = [row("carts", {"id": uid(start + n)}) for n in range(2)]
        item = [row("items", {"id": uid(start + 10 + n), "cart_id": uid(start + n)}) for n in range(2)]
        sent = [message({"item": uid(start + 10 + n), "text": text}) for n, text in enumerate(texts)]
        return recording(request({}), *cart, *item, *sent, tables=TABLES), cart

    (left, ours), (right, theirs) = carts(1, "a", "b"), carts(50, "b", "a")
    assert apart(left, right, (ours, theirs)) == [[1, 0]]


def test_what_has_its_key_alone_keeps_it() -> None:
    left, ours = side(1, "a", "b")
    neighbours = Context(left, left, Compare(), HEADERS).neighbours
    keys = [b"a", b"b"]
    assert neighbours.tell_apart(ours, ours, keys, keys) == (keys, keys)


def test_what_is_known_by_now_does_not_count() -> None:
    left, ours = side(1, "a", "b")
    other = [replace(event, seq=event.seq + 10) for event in ours]
    context = Context(left, left, Compare(), HEADERS)
    for event in ours:
        body = event.inputs["body"]
        assert isinstance(body, dict) and isinstance(body["json"], dict)
        reference = str(body["json"]["reference"])
        context.renaming.bind(reference, reference, "reference")
    mine, yours = context.neighbours.tell_apart(ours, other, [b"k", b"k"], [b"k", b"k"])
    assert mine == yours and mine[0] != mine[1]
