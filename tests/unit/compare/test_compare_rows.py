"""Final rows: by key where it is known, else by what they say."""

import json
from itertools import permutations
from random import Random
from uuid import UUID

import pytest

from gate.model import Event, Json, Kind, Recording, Table
from tests.unit.compare.build import brief, differences, recording, request, row, trace, uid

TABLES = {
    "orders": Table(key=("id",), sequence=True),
    "lines": Table(key=("id",), references={"order_id": "orders"}, sequence=True),
    "audit": Table(key=("id",), sequence=True),
    "people": Table(key=("id",)),
}


def rows(*events: Event, given: tuple[str, ...] = ()) -> Recording:
    asked = [request({"ok": True}, seq=seq) for seq in range(4)]
    return recording(*asked, *events, tables=TABLES, given=given)


def audit(number: int, action: str, by: int = 0) -> Event:
    return row("audit", {"id": number, "action": action, "trace_id": trace(by)}, seq=200 + number)


def test_numbers_of_the_database_are_renamed_and_followed() -> None:
    left = rows(row("orders", {"id": 7, "cents": 1}), row("lines", {"id": 1, "order_id": 7, "n": 2}))
    right = rows(row("orders", {"id": 9, "cents": 1}), row("lines", {"id": 5, "order_id": 9, "n": 2}))
    assert not differences(left, right)


def test_a_wrong_reference_is_a_difference() -> None:
    def two(first: int, second: int, shift: int) -> Recording:
        return rows(
            row("orders", {"id": 7 + shift, "cents": 1}),
            row("orders", {"id": 8 + shift, "cents": 2}, seq=201),
            row("lines", {"id": 1, "order_id": first + shift, "n": 1}, seq=202),
            row("lines", {"id": 2, "order_id": second + shift, "n": 2}, seq=203),
        )

    assert not differences(two(7, 8, 0), two(7, 8, 10))
    found = differences(two(7, 8, 0), two(7, 7, 10))
    assert brief(found) == [("changed", "$.order_id", "order#2", "order#1")]
    assert differences(two(7, 8, 0), two(7, 7, 0)), "where all else is equal to the byte"


def test_a_reference_to_a_row_that_stood_there_is_not_renamed() -> None:
    left = rows(row("lines", {"id": 1, "order_id": 3, "n": 1}), given=("orders#3", "orders#4"))
    right = rows(row("lines", {"id": 1, "order_id": 4, "n": 1}), given=("orders#3", "orders#4"))
    assert brief(differences(left, right)) == [("changed", "$.order_id", "orders#3", "orders#4")]


def test_the_same_number_in_two_tables_is_two_things() -> None:
    left = rows(row("orders", {"id": 7, "cents": 1}), row("audit", {"id": 7, "action": "a"}, seq=201))
    right = rows(row("orders", {"id": 8, "cents": 1}), row("audit", {"id": 6, "action": "a"}, seq=201))
    assert not differences(left, right)


def test_a_count_is_not_an_id() -> None:
    left, right = rows(row("orders", {"id": 7, "cents": 7})), rows(row("orders", {"id": 8, "cents": 8}))
    assert brief(differences(left, right)) == [("changed", "$.cents", 7, 8)]


@pytest.mark.parametrize("lost", range(4))
def test_one_lost_audit_row_is_one_difference_though_all_numbers_shift(lost: int) -> None:
    actions = ["create", "pay", "pay", "close"]
    left = rows(*(audit(10 + n, action, by=n) for n, action in enumerate(actions)))
    kept = [(n, action) for n, action in enumerate(actions) if n != lost]
    right = rows(*(audit(30 + place, action, by=n) for place, (n, action) in enumerate(kept)))
    found = differences(left, right)
    assert [(d.kind, d.path, d.counts) for d in found] == [(Kind.MISSING, "$", (4, 3))]
    assert isinstance(found[0].baseline, dict)
    assert found[0].baseline["action"] == actions[lost]


def test_a_row_that_is_written_twice() -> None:
    left, right = rows(audit(1, "pay")), rows(audit(1, "pay"), audit(2, "pay"))
    found = differences(left, right)
    assert [(d.kind, d.counts) for d in found] == [(Kind.DUPLICATE, (1, 2))]
    assert [d.kind for d in differences(left, rows(audit(1, "pay"), audit(2, "void")))] == [Kind.EXTRA]


def test_rows_that_stood_there_go_by_their_key() -> None:
    old = {"id": "m_1", "cents": 5}
    left = rows(row("people", old, existed=True))
    assert brief(differences(left, rows(row("people", {**old, "cents": 6}, existed=True)))) == [
        ("changed", "$.cents", 5, 6)
    ]
    gone = rows(row("people", None, existed=True, key={"id": "m_1"}))
    assert differences(left, gone)
    assert not differences(gone, gone)


OLD: dict[str, Json] = {"id": "m_1", "cents": 5}
NEW: dict[str, Json] = {"id": "m_1", "cents": 6}


@pytest.mark.parametrize(
    ("left", "right", "wanted"),
    [
        ([row("people", NEW, before=OLD)], [], [("changed", "$.cents", 6, 5)]),
        ([], [row("people", NEW, before=OLD)], [("changed", "$.cents", 5, 6)]),
        ([row("people", None, before=OLD)], [], [("extra", "$", None, OLD)]),
        ([], [row("people", None, before=OLD)], [("missing", "$", OLD, None)]),
        ([row("people", None, before=OLD)], [row("people", None, before=OLD)], []),
        ([row("people", None, before=OLD)], [row("people", OLD, before=OLD)], [("extra", "$", None, OLD)]),
    ],
    ids=["not-changed", "changed", "not-deleted", "deleted", "both-deleted", "kept"],
)
def test_a_row_that_only_one_side_touched_is_compared_with_what_it_was(
    left: list[Event], right: list[Event], wanted: list[tuple[str, str, Json, Json]]
) -> None:
    assert brief(differences(rows(*left), rows(*right))) == wanted


def test_where_it_is_not_known_what_a_row_was_it_is_missing_or_extra() -> None:
    gone = row("people", None, existed=True, key={"id": "m_1"})
    assert [d.kind for d in differences(rows(gone), rows())] == [Kind.MISSING]
    assert [d.kind for d in differences(rows(), rows(gone))] == [Kind.EXTRA]


@pytest.mark.parametrize(
    ("left", "right", "paths"),
    [
        ('{"a": 1}', '{"a":1}', []),
        ('{"a": 1}', '{"a": 2}', ["$.detail.a"]),
        ('{"a": 1}', "{}", ["$.detail.a"]),
        ("{a", "{b", ["$.detail"]),
        (json.dumps({"id": uid(1)}), json.dumps({"id": uid(2)}), []),
        ("[" * 900 + "]" * 900, "[" * 900 + "]" * 900, []),
        ("[" * 900 + "1" + "]" * 900, "[" * 900 + "2" + "]" * 900, ["$.detail"]),
    ],
    ids=["spaces", "changed", "lost", "no-json", "ids", "deep", "deep-changed"],
)  # fmt: skip
def test_json_in_a_column(left: Json, right: Json, paths: list[str]) -> None:
    sides = (rows(row("people", {"id": "p", "detail": value})) for value in (left, right))
    found = differences(*sides)
    assert [d.path for d in found] == paths


def test_a_row_is_called_by_its_symbol() -> None:
    left = rows(row("people", {"id": uid(1), "n": 1}))
    right = rows(row("people", {"id": uid(2), "n": 2}))
    assert [d.entity for d in differences(left, right)] == ["people#1"]


def test_tables_without_a_key_are_bags() -> None:
    def bag(*names: str) -> Recording:
        return rows(
            *(row("log", {"name": name}, seq=200 + n, key={"name": name}) for n, name in enumerate(names))
        )

    assert not differences(bag("a", "a", "b"), bag("b", "a", "a"))
    assert [d.kind for d in differences(bag("a", "a"), bag("a"))] == [Kind.MISSING]
    assert [d.kind for d in differences(bag("a"), bag("a", "a"))] == [Kind.DUPLICATE]


GRAPH = {
    "carts": Table(key=("id",)),
    "items": Table(key=("id",), references={"cart_id": "carts"}),
    "links": Table(key=("id",), sequence=True),
    "uses": Table(key=("id",), references={"link_id": "links"}, sequence=True),
}


def some(number: int, run: int) -> str:
    """An id that is another in each run, so that rows come in another order."""
    return str(UUID(int=Random(f"{number} {run}").getrandbits(128), version=4))


def written(*events: Event) -> Recording:
    return recording(request({"ok": True}), *sorted(events, key=lambda e: str(e.inputs["key"])), tables=GRAPH)


def carts(run: int, *skus: str) -> Recording:
    """Carts that say all the same, each with an item."""
    return written(
        *(row("carts", {"id": some(n, run), "cents": 1}) for n in range(len(skus))),
        *(
            row("items", {"id": some(9 + n, run), "cart_id": some(n, run), "sku": sku})
            for n, sku in enumerate(skus)
        ),
    )


@pytest.mark.parametrize("run", range(1, 7))
def test_equal_rows_are_told_apart_by_who_refers_to_them(run: int) -> None:
    assert not differences(carts(0, "a", "b", "c"), carts(run, "a", "b", "c"))
    found = differences(carts(0, "a", "b", "c"), carts(run, "a", "b", "d"))
    assert [(d.kind, d.path) for d in found] == [(Kind.CHANGED, "$.sku")]
    found = differences(carts(0, "a", "b", "b"), carts(run, "a", "b"))
    assert [(d.kind, d.path, d.operation) for d in found] == [
        (Kind.MISSING, "$", "carts"),
        (Kind.MISSING, "$", "items"),
    ]


@pytest.mark.parametrize("places", list(permutations(range(3))), ids=str)
def test_equal_numbered_rows_are_told_apart_by_who_refers_to_them(places: tuple[int, ...]) -> None:
    def side(first: int, order: tuple[int, ...]) -> Recording:
        links = [row("links", {"id": first + n}) for n in range(3)]
        uses = [row("uses", {"id": n, "link_id": first + order[n], "by": "abc"[n]}) for n in range(3)]
        return written(*links, *uses)

    assert not differences(side(7, (0, 1, 2)), side(70, places))


def test_a_number_that_an_answer_told_is_known_though_the_answers_are_equal_to_the_byte() -> None:
    def side(*numbers: int) -> Recording:
        asked = [request({"link": {"id": n}}, seq=n, ask="POST /v1/links") for n in (1, 2)]
        return recording(*asked, *(row("links", {"id": n}) for n in numbers), tables=GRAPH)

    assert not differences(side(1, 2), side(2, 1))


def priced(run: int, extra: int) -> Recording:
    return written(
        *(row("carts", {"id": some(n, run), "name": f"n{n}", "cents": n + extra}) for n in range(4)),
        *(row("items", {"id": some(9 + n, run), "cart_id": some(n, run), "n": extra}) for n in range(4)),
    )


def test_rows_with_random_keys_give_the_same_result_in_every_run() -> None:
    found = {repr(differences(priced(run, 0), priced(run + 50, 1))) for run in range(6)}
    assert len(found) == 1
    assert "cart#1" in found.pop()


def test_equal_rows_with_times_keep_their_order_where_all_around_them_changed() -> None:
    def side(run: int, extra: int) -> Recording:
        at = [f"2025-10-09T08:53:20.{n}00000Z" for n in range(4)]
        made = [row("carts", {"id": some(n, run), "made_at": at[n]}) for n in range(4)]
        items = [row("items", {"id": some(9 + n, run), "cart_id": some(n, run), "n": n}) for n in range(4)]
        names = [row("people", {"id": f"p{n}", "cart": some(n, run), "n": n + extra}) for n in range(4)]
        return recording(request({"ok": True}), *made, *items, *names, tables=GRAPH)

    assert [d.path for d in differences(side(0, 0), side(1, 10))] == ["$.n"] * 4
