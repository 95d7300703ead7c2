"""Responses: every way in which two answers differ, and those in which they do not."""

import json
from dataclasses import replace

import pytest

from gate.compare.requests import resource
from gate.model import Channel, Json, Kind, Recording
from gate.model.body import parse
from tests.unit.compare.build import (
    SECOND,
    START,
    bodies,
    brief,
    compared,
    differences,
    recording,
    request,
    trace,
    uid,
)

LONG = 10**40
B_CHANGED: tuple[str, str, Json, Json] = ("changed", "$.body.b", 1, 2)
ONE_PLACE: list[tuple[str, Json, Json, list[tuple[str, str, Json, Json]]]] = [
    ("equal", {"a": 1}, {"a": 1}, []),
    ("key order", {"a": 1, "b": 2}, {"b": 2, "a": 1}, []),
    ("changed", {"a": 1}, {"a": 2}, [("changed", "$.body.a", 1, 2)]),
    ("text", {"a": "paid"}, {"a": "void"}, [("changed", "$.body.a", "paid", "void")]),
    ("missing", {"a": 1, "b": 2}, {"a": 1}, [("missing", "$.body.b", 2, None)]),
    ("extra", {"a": 1}, {"a": 1, "b": 2}, [("extra", "$.body.b", None, 2)]),
    ("true for 1", {"a": True}, {"a": 1}, [("type", "$.body.a", True, 1)]),
    ("1 for true", {"a": [1]}, {"a": [True]}, [("type", "$.body.a[0]", 1, True)]),
    ("false for 0", {"a": False, "b": 1}, {"a": 0, "b": 2}, [("type", "$.body.a", False, 0), B_CHANGED]),
    ("1.0 for 1", {"a": 1}, {"a": 1.0}, [("type", "$.body.a", 1, 1.0)]),
    ("text for number", {"a": 1}, {"a": "1"}, [("type", "$.body.a", 1, "1")]),
    ("null for text", {"a": "x"}, {"a": None}, [("type", "$.body.a", "x", None)]),
    ("false for null", {"a": None}, {"a": False}, [("type", "$.body.a", None, False)]),
    ("missing for null", {"a": None, "b": 1}, {"b": 1}, [("missing", "$.body.a", None, None)]),
    ("missing for empty list", {"a": [], "b": 1}, {"b": 1}, [("missing", "$.body.a", [], None)]),
    ("empty object for empty list", {"a": []}, {"a": {}}, [("type", "$.body.a", [], {})]),
    ("private name", {"__t": "A", "b": 1}, {"__t": "B", "b": 2}, [("changed", "$.body.__t", "A", "B"), B_CHANGED]),
    ("odd name", {"it's": 2}, {"it's": 4}, [("changed", "$.body['it\\'s']", 2, 4)]),
    ("list item lost", {"l": [1, 2, 3]}, {"l": [1, 3]}, [("missing", "$.body.l[1]", 2, None)]),
    ("list item new", {"l": [1, 3]}, {"l": [1, 2, 3]}, [("extra", "$.body.l[1]", None, 2)]),
    ("list emptied", {"l": [1]}, {"l": []}, [("missing", "$.body.l[0]", 1, None)]),
    ("list turned", {"l": [1, 2, 3]}, {"l": [3, 2, 1]}, [("order", "$.body.l", [1, 2, 3], [3, 2, 1])]),
    ("nested", {"a": {"b": [{"c": 1}]}}, {"a": {"b": [{"c": 2}]}}, [("changed", "$.body.a.b[0].c", 1, 2)]),
    ("big integer", {"a": LONG}, {"a": LONG + 1}, [("changed", "$.body.a", LONG, LONG + 1)]),
    ("beyond a float", {"a": 10**400}, {"a": 1.5}, [("type", "$.body.a", 10**400, 1.5)]),
    ("huge floats", {"a": 1e308}, {"a": 2e307}, [("changed", "$.body.a", 1e308, 2e307)]),
    ("no object", "a", "b", [("changed", "$.body", '"a"', '"b"')]),
    ("gone", {"a": 1}, None, [("type", "$.body", {"a": 1}, None)]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("left", "right", "wanted"), [c[1:] for c in ONE_PLACE], ids=[c[0] for c in ONE_PLACE]
)
def test_differences_in_a_body(left: Json, right: Json, wanted: list[tuple[str, str, Json, Json]]) -> None:
    assert brief(bodies(left, right)) == wanted
    assert [d.channel for d in bodies(left, right)] == [Channel.REQUEST] * len(wanted)


def test_a_lost_list_item_is_one_difference_whatever_follows() -> None:
    items: list[Json] = [{"id": uid(n), "name": f"n{n}", "cents": n * 100} for n in range(6)]
    others: list[Json] = [{"id": uid(n + 50), "name": f"n{n}", "cents": n * 100} for n in range(6)]
    assert brief(bodies({"items": items}, {"items": others})) == []
    found = bodies({"items": items}, {"items": others[:2] + others[3:]})
    assert [(d.kind, d.path) for d in found] == [(Kind.MISSING, "$.body.items[2]")]


def test_a_changed_item_in_the_middle_stands_at_its_place() -> None:
    items: list[Json] = [{"name": f"n{n}", "cents": n} for n in range(5)]
    others = [*items[:2], {"name": "other", "cents": 77}, *items[3:]]
    found = bodies({"items": items}, {"items": others})
    assert [d.path for d in found] == ["$.body.items[2].cents", "$.body.items[2].name"]


def test_a_status_is_a_status() -> None:
    found = differences(recording(request({"a": 1})), recording(request({"a": 1}, status=500)))
    assert brief(found) == [("status", "$.status", 200, 500)]
    assert found[0].operation == "GET /v1/things"
    assert found[0].event == {"baseline": "request#0", "candidate": "request#0"}


def test_an_error_in_place_of_an_answer() -> None:
    left, right = recording(request({"a": 1})), recording(request(output={"error": "connection reset"}))
    assert differences(left, right)
    assert not differences(right, right)


@pytest.mark.parametrize(
    ("left", "right", "paths"),
    [
        ({"location": "/a"}, {"location": "/a"}, []),
        ({"location": "/a"}, {"location": "/b"}, ["$.headers.location"]),
        ({"location": "/a"}, {}, ["$.headers.location"]),
        ({"set-cookie": ["a=1", "b=2"]}, {"set-cookie": ["a=1", "b=2"]}, []),
        ({"set-cookie": ["a=1", "b=2"]}, {"set-cookie": ["a=1"]}, ["$.headers['set-cookie'][1]"]),
        ({"set-cookie": ["a=1", "b=2"]}, {"set-cookie": ["b=2", "a=1"]}, ["$.headers['set-cookie']"]),
        ({"set-cookie": ["a=1"]}, {"set-cookie": "a=1"}, ["$.headers['set-cookie']"]),
        ({"x-debug": "1"}, {"x-debug": "2"}, []),
        ({"location": f"/v1/{uid(1)}"}, {"location": f"/v1/{uid(2)}"}, []),
    ],
    ids=["same", "changed", "lost", "many", "one-less", "turned", "one-not-many", "not-chosen", "renamed"],
)
def test_headers(left: dict[str, Json], right: dict[str, Json], paths: list[str]) -> None:
    found = differences(recording(request(headers=left)), recording(request(headers=right)))
    assert [d.path for d in found] == paths


@pytest.mark.parametrize("levels", [90, 250, 900], ids=str)
@pytest.mark.parametrize("brackets", [("[", "]"), ('{"a":', "}")], ids=["lists", "objects"])
def test_deep_nesting_is_compared_and_does_not_crash(levels: int, brackets: tuple[str, str]) -> None:
    def nested(leaf: str) -> bytes:
        return (brackets[0] * levels + f'"{leaf}"' + brackets[1] * levels).encode()

    assert not bodies(nested("a"), nested("a"))
    assert not bodies(nested(uid(1)), nested(uid(2)))
    assert len(bodies(nested("a"), nested("b"))) == 1
    if levels == 900:
        document = parse(nested("a"))
        assert document is not None
        assert not bodies(document, document)


def test_number_tolerance() -> None:
    assert not bodies({"a": 1.00, "b": 5}, {"a": 1.01, "b": 5}, number=0.011)
    assert bodies({"a": 1.00}, {"a": 1.02}, number=0.011)
    assert bodies({"a": True}, {"a": 1}, number=1.0)
    assert bodies({"a": 10**400}, {"a": 10**400 + 1}, number=0.5)


def test_text_that_holds_an_id_and_words() -> None:
    left, right = f"invoice {uid(1)} of {uid(2)} was paid", f"invoice {uid(3)} of {uid(4)} was paid"
    assert not bodies({"text": left}, {"text": right})
    assert bodies({"text": left}, {"text": right.replace("paid", "void")})
    assert bodies({"text": left, "id": uid(1)}, {"text": right, "id": uid(4)})


def test_json_that_is_sent_with_spaces_is_read_as_json() -> None:
    document = {"id": uid(1), "cents": 5}
    assert not bodies(json.dumps(document).encode(), json.dumps(document, indent=1).encode())


def test_a_lost_stimulus_is_one_difference() -> None:
    events = [request({"n": n}, seq=n, ask="POST /v1/things", sent={"n": n}) for n in range(4)]
    found = differences(recording(*events), recording(*events[:1], *events[2:]))
    assert [(d.kind, d.path, d.event["baseline"]) for d in found] == [(Kind.MISSING, "$", "request#1")]


def test_in_a_race_it_does_not_matter_who_wins() -> None:
    def race(first: int, second: int, third: int = 409) -> list[object]:
        same = {"ask": "POST /v1/pay", "at": START, "duration": SECOND}
        codes = enumerate((first, second, third))
        return [request({"code": code}, seq=n, status=code, **same) for n, code in codes]  # type: ignore[arg-type]

    won = recording(*race(200, 409))  # type: ignore[arg-type]
    assert not differences(won, recording(*race(409, 409, 200)))  # type: ignore[arg-type]
    twice = differences(won, recording(*race(200, 409, 200)))  # type: ignore[arg-type]
    assert [(d.kind, d.baseline, d.candidate) for d in twice if d.path == "$.status"] == [
        (Kind.STATUS, 409, 200)
    ]


def test_without_a_race_it_does() -> None:
    left = [request({"n": n}, seq=n, status=s, ask="POST /v1/pay") for n, s in enumerate((200, 409))]
    right = [request({"n": n}, seq=n, status=s, ask="POST /v1/pay") for n, s in enumerate((409, 200))]
    assert [d.path for d in differences(recording(*left), recording(*right))] == ["$.status", "$.status"]


def test_channels_that_one_side_did_not_collect_are_no_evidence() -> None:
    one = recording(request({"a": 1}))
    silent = compared(one, type(one)(header=type(one.header)(scenario="one"), events=()))
    assert (silent.differences, silent.leaves) == ((), 0)


@pytest.mark.parametrize("text", [b"NaN", b"-Infinity", b"1e999"])
def test_what_json_knows_no_number_for_is_not_null(text: bytes) -> None:
    left, right = (b'{"n":%b,"long":12345678901234567890}' % part for part in (text, b"null"))
    assert differences(recording(request(left)), recording(request(right)))


def asked_by(first: Json, second: Json) -> Recording:
    """Two users ask the same at once."""
    events = []
    for n, (who, said) in enumerate((("alice", first), ("bob", second))):
        event = request(said, seq=n, ask="GET /v1/me", at=START + n * 10, duration=100_000)
        headers = {"traceparent": trace(n), "authorization": f"Bearer {who}"}
        events.append(replace(event, inputs={**event.inputs, "headers": headers}))
    return recording(*events)


def test_in_a_race_nobody_gets_the_answer_of_another() -> None:
    alice: Json = {"name": "alice", "balance": 10}
    bob: Json = {"name": "bob", "balance": 99}
    assert not differences(asked_by(alice, bob), asked_by(alice, bob))
    assert len(differences(asked_by(alice, bob), asked_by(bob, alice))) == 4


def test_in_a_race_equal_requests_may_change_places() -> None:
    def pay(*users: tuple[str, int]) -> Recording:
        return recording(
            *(
                request({"ok": status == 200}, seq=n, status=status, ask="POST /v1/pay", sent={"user": user},
                        at=START + n * 10, duration=100_000)
                for n, (user, status) in enumerate(users)
            )
        )  # fmt: skip

    assert not differences(pay(("a", 200), ("a", 409)), pay(("a", 409), ("a", 200)))
    assert differences(pay(("rich", 200), ("broke", 402)), pay(("rich", 402), ("broke", 200)))


@pytest.mark.parametrize(
    ("operation", "thing"),
    [
        ("POST /v1/invoices", "invoice"),
        ("POST /v1/invoices/7/finalize", "invoice"),
        ("POST /v1/customers/5/invoices", "invoice"),
        ("GET /v1/customers/5/address", "customer"),
        ("POST /internal/reconcile", "internal"),
        ("GET /", "id"),
    ],
)
def test_what_a_request_is_about(operation: str, thing: str) -> None:
    assert resource(operation) == thing
