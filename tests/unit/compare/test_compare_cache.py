"""Cache keys: aligned under renaming, and what lies under them."""

import json
from collections.abc import Mapping

import pytest

from gate.compare.nested import said
from gate.model import Channel, Event, Json, Recording, Table
from tests.unit.compare.build import brief, differences, recording, request, row, uid

ORDERS = {"orders": Table(key=("id",), sequence=True)}


def key(
    name: str,
    value: Json = "1",
    *,
    seq: int = 400,
    kind: str = "string",
    expires: bool = True,
    before: Mapping[str, Json] | None = None,
    gone: bool = False,
) -> Event:
    """A cache key, by the family of its first word."""
    output: dict[str, Json] = {"type": kind, "value": value, "expires": expires}
    inputs: dict[str, Json] = {
        "store": "cache",
        "key": {"key": name},
        "existed": before is not None,
        "before": None if before is None else dict(before),
    }
    return Event(
        seq=seq,
        channel=Channel.CACHE,
        operation=f"{name.partition(':')[0]}:*",
        inputs=inputs,
        output=None if gone else output,
        started_at=0,
    )


def side(*events: Event, said: Json = None) -> Recording:
    return recording(request(said), *events, tables=ORDERS)


def test_generated_ids_in_keys_and_values_are_renamed() -> None:
    def one(number: int) -> Recording:
        session, user = uid(number), uid(number + 1)
        value = json.dumps({"user": user, "at": "2025-10-09T08:53:20.5Z"})
        return side(key(f"session:{session}", value), said={"session": session, "user": user})

    assert not differences(one(1), one(7))


def test_a_key_under_the_wrong_id_is_a_difference() -> None:
    def one(number: int, named: int) -> Recording:
        ids = {"first": uid(number), "second": uid(number + 1)}
        return side(key(f"session:{uid(named)}"), said=ids)

    assert not differences(one(1, 1), one(7, 7))
    for wrong in (8, 9):
        lost, new = differences(one(1, 1), one(7, wrong))
        assert (lost.kind, new.kind) == ("missing", "extra")
        assert lost.operation == new.operation == "session:*"


@pytest.mark.parametrize(
    ("left", "right", "found"),
    [
        (
            [key("m:1", '{"plan":"pro"}')],
            [key("m:1", '{"plan":"free"}')],
            [("changed", "$.value.plan", "pro", "free")],
        ),
        ([key("m:1")], [key("m:1", expires=False)], [("changed", "$.expires", True, False)]),
        (
            [key("m:1")],
            [],
            [("missing", "$", {"key": "m:1", "type": "string", "value": "1", "expires": True}, None)],
        ),
        (
            [],
            [key("m:1")],
            [("extra", "$", None, {"key": "m:1", "type": "string", "value": "1", "expires": True})],
        ),
        ([key("m:1")], [key("m:1", kind="hash", value={"a": "1"})], None),
    ],
    ids=["value", "expiry", "lost", "new", "type"],
)
def test_what_differs(
    left: list[Event], right: list[Event], found: list[tuple[str, str, Json, Json]] | None
) -> None:
    seen = differences(side(*left), side(*right))
    assert {one.event["baseline"] for one in seen} <= {None, "cache:m:*"}
    assert all(one.entity == "cache key m:1" for one in seen)
    assert brief(seen) == found if found is not None else seen


def test_a_key_that_stood_there_and_that_one_side_left_alone() -> None:
    old = {"type": "string", "value": "1", "expires": True}
    assert not differences(side(key("m:1", before=old)), side())
    assert brief(differences(side(), side(key("m:1", "2", before=old)))) == [("changed", "$.value", "1", "2")]
    assert [one.kind for one in differences(side(key("m:1", before=old, gone=True)), side())] == ["extra"]


def test_keys_of_rows_that_the_database_numbered() -> None:
    def one(number: int, cached: int, cents: int = 5) -> Recording:
        value = json.dumps({"id": cached, "cents": cents})
        return side(row("orders", {"id": number, "cents": 5}), key(f"order:{cached}", value))

    assert not differences(one(7, 7), one(9, 9))
    assert differences(one(7, 7), one(9, 7)), "of another row"
    assert brief(differences(one(7, 7), one(9, 9, cents=6))) == [("changed", "$.value.cents", 5, 6)]


def test_keys_of_two_rows_that_came_in_the_other_order() -> None:
    def two(first: int, second: int, cached: tuple[int, int]) -> Recording:
        rows = [row("orders", {"id": first, "cents": 1}), row("orders", {"id": second, "cents": 2}, seq=201)]
        keys = [key(f"order:{cached[0]}", "a"), key(f"order:{cached[1]}", "b", seq=401)]
        return side(*rows, *keys)

    assert not differences(two(7, 8, (7, 8)), two(8, 7, (8, 7)))
    assert differences(two(7, 8, (7, 8)), two(8, 7, (7, 8)))


def test_a_number_that_is_no_row_is_itself() -> None:
    left = side(row("orders", {"id": 7, "cents": 5}), key("page:7"))
    right = side(row("orders", {"id": 9, "cents": 5}), key("page:9"))
    assert [one.channel for one in differences(left, right)] == [Channel.CACHE, Channel.CACHE]


def test_members_of_a_set_have_no_order() -> None:
    def one(*numbers: int) -> Recording:
        members = sorted(uid(number) for number in numbers)
        return side(key("open:all", list(members), kind="set"), said=[uid(number) for number in numbers])

    assert not differences(one(1, 2), one(8, 7))
    assert differences(one(1, 2), one(8))


def test_ids_that_a_stream_gives_are_times_and_no_evidence() -> None:
    def one(at: int, what: str) -> Recording:
        entry: Json = {"id": f"{at}-0", "fields": {"what": what}}
        return side(key("log:all", [entry], kind="stream"))

    assert not differences(one(1_760_000_000_000, "a"), one(1_760_000_099_123, "a"))
    assert brief(differences(one(1, "a"), one(1, "b"))) == [("changed", "$.value[0].what", "a", "b")]


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("string", '{"a":1}', {"a": 1}),
        ("string", "plain", "plain"),
        ("hash", {"doc": "[1]", "n": "1"}, {"doc": [1], "n": "1"}),
        ("list", ["[1]", "b"], [[1], "b"]),
        ("set", ["a", "b"], {"a": True, "b": True}),
        ("zset", [["a", 1], ["b", 2.5]], {"a": 1, "b": 2.5}),
        ("set", ["a", "a"], ["a", "a"]),
        ("set", [1], [1]),
        ("zset", [["a", 1], ["a", 2]], [["a", 1], ["a", 2]]),
        ("zset", [["a"]], [["a"]]),
        ("stream", ["odd", {"id": "1-0"}], ["odd", {"id": "1-0"}]),
        ("hash", "odd", "odd"),
        ("module", {"a": "[1]"}, {"a": "[1]"}),
    ],
)
def test_what_lies_under_a_key(kind: str, value: Json, shown: Json) -> None:
    assert said(key("m:1", value, kind=kind)) == {
        "key": "m:1",
        "type": kind,
        "value": shown,
        "expires": True,
    }


def test_keys_that_only_one_side_wrote() -> None:
    two = side(key(f"lock:{uid(7)}"), key(f"lock:{uid(8)}", seq=401))
    (found,) = differences(side(key(f"lock:{uid(1)}")), two)
    assert (found.kind, found.counts) == ("extra", (1, 2))
    assert found.entity == "cache key lock:‹new id›"
    found, again = differences(side(), two)
    assert (found.kind, again.kind, found.counts) == ("duplicate", "duplicate", (0, 2))
