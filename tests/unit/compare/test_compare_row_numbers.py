"""A number in an answer is the row that the database gave it to, also where no name says which table."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from gate.compare import compare
from gate.config import Compare
from gate.model import Channel, Event, Header, Json, Recording, Table
from tests.unit.compare.build import message, row

TABLES = {"comments": Table(key=("id",), sequence=True)}


def recording(number: int, *, answered: int | None = None) -> Recording:
    """POST /new makes comment ``number`` and answers with ``answered``."""
    body: Json = {"json": {"id": answered or number, "text": "hi"}}
    events = (
        Event(
            seq=0,
            channel=Channel.REQUEST,
            operation="POST /new",
            inputs={"method": "POST", "path": "/new", "query": "", "headers": {}, "body": None},
            output={"status": 201, "headers": {}, "body": body},
            started_at=1,
            duration=1,
        ),
        row("comments", {"id": number, "text": "hi"}, seq=1),
    )
    channels = (Channel.REQUEST, Channel.ROW)
    return Recording(header=Header(scenario="s", channels=channels, tables=TABLES), events=events)


def more(found: Recording, event: Event, **header: Any) -> Recording:
    """The recording with one event more, and what its header says then."""
    return replace(found, header=replace(found.header, **header), events=(*found.events, event))


def test_a_number_that_the_rows_rename_is_no_difference() -> None:
    assert not compare(recording(5), recording(1), Compare(), ()).differences


def test_a_number_of_another_row_is_one() -> None:
    (found,) = compare(recording(5), recording(1, answered=2), Compare(), ()).differences
    assert (found.path, found.channel) == ("$.body.id", Channel.REQUEST)


def two_tables(user: int, order: int, *, mine: Json, yours: Json) -> Recording:
    """Rows of two tables, and an answer with two things of names that no table has."""
    tables = {name: Table(key=("id",), sequence=True) for name in ("users", "orders")}
    body: Json = {"json": {"author": {"id": mine}, "purchase": {"id": yours}, "id": mine}}
    answer = replace(
        recording(1).events[0], output={"status": 201, "headers": {}, "body": body}, operation="POST /new"
    )
    rows = [
        row(table, {"id": number, "text": table}, seq=seq)
        for seq, (table, number) in enumerate((("orders", order), ("users", user)), start=1)
    ]
    channels = (Channel.REQUEST, Channel.ROW)
    header = Header(scenario="s", channels=channels, tables=tables)
    return Recording(header=header, events=(answer, *rows))


def test_things_of_one_name_are_rows_of_one_table() -> None:
    left = two_tables(5, 8, mine=5, yours=8)
    assert not compare(left, two_tables(1, 2, mine=1, yours=2), Compare(), ()).differences
    found = compare(left, two_tables(1, 2, mine=1, yours=1), Compare(), ()).differences
    assert [one.path for one in found] == ["$.body.purchase.id"]


def test_a_thing_is_not_now_a_row_of_this_table_and_then_of_that() -> None:
    def listed(user: int, order: int, *ids: int) -> Recording:
        found = two_tables(user, order, mine=user, yours=order)
        body: Json = {"json": [{"author": {"id": number}} for number in ids]}
        answer = replace(found.events[0], output={"status": 200, "headers": {}, "body": body})
        return replace(found, events=(answer, *found.events[1:]))

    left = listed(5, 8, 5, 5)
    assert not compare(left, listed(1, 2, 1, 1), Compare(), ()).differences
    mixed = listed(5, 8, 5, 8), listed(1, 2, 1, 2)
    assert [one.path for one in compare(*mixed, Compare(), ()).differences] == ["$.body[1].author.id"]


def test_a_float_is_no_row() -> None:
    left, right = recording(5), recording(1)
    body: Json = {"json": {"id": 1.0, "text": "hi"}}
    answer = replace(right.events[0], output={"status": 201, "headers": {}, "body": body})
    (found,) = compare(left, replace(right, events=(answer, *right.events[1:])), Compare(), ()).differences
    assert found.path == "$.body.id"


def test_a_column_named_id_that_is_no_key_is_no_row() -> None:
    def loose(number: int, column: int) -> Recording:
        note = row("notes", {"name": "n", "id": column}, seq=2, key={"name": "n"})
        return more(recording(number), note, tables={**TABLES, "notes": Table(key=("name",))})

    (found,) = compare(loose(5, 5), loose(1, 1), Compare(), ()).differences
    assert (found.channel, found.path) == (Channel.ROW, "$.id")


def test_a_number_under_another_name_is_one() -> None:
    left, right = (recording(number) for number in (5, 1))
    both = []
    for side, code in ((left, 5), (right, 1)):
        first = side.events[0]
        body: Json = {"json": {"id": 5 if side is left else 1, "code": code}}
        output: dict[str, Json] = {"status": 201, "headers": {}, "body": body}
        both.append(replace(side, events=(replace(first, output=output), *side.events[1:])))
    (found,) = compare(both[0], both[1], Compare(), ()).differences
    assert found.path == "$.body.code"


def answered(number: int, body: Json, location: str = "") -> Recording:
    """POST /orders makes order ``number``, and answers this."""
    found = recording(number)
    output: dict[str, Json] = {"status": 201, "headers": {"location": location}, "body": {"json": body}}
    first = replace(found.events[0], output=output, operation="POST /new")
    return replace(found, events=(first, *found.events[1:]))


@pytest.mark.parametrize(
    "body",
    [
        lambda n: {"id": str(n)},
        lambda n: {"comment_ids": [n]},
        lambda n: {"comment": n},
        lambda n: {"thing_id": n},
        lambda n: {"url": f"https://x.example/v1/comments/{n}/edit"},
    ],
)
def test_wherever_an_answer_names_a_row(body: Callable[[int], Json]) -> None:
    assert not compare(answered(5, body(5)), answered(1, body(1)), Compare(), ()).differences
    assert compare(answered(5, body(5)), answered(1, body(2)), Compare(), ()).differences


def test_a_location_names_a_row() -> None:
    left, right, wrong = (answered(n, {}, f"/comments/{m}") for n, m in ((5, 5), (1, 1), (1, 2)))
    assert not compare(left, right, Compare(), ("location",)).differences
    assert compare(left, wrong, Compare(), ("location",)).differences


def test_a_quantity_is_no_row() -> None:
    assert compare(answered(5, {"quantity": 5}), answered(1, {"quantity": 1}), Compare(), ()).differences


def test_the_key_of_an_outbox_may_be_a_row() -> None:
    def told(number: int, key: int) -> Recording:
        made = message({"comment_id": key, "type": "made"}, seq=2, key=key, by=None, at=1)
        channels = (Channel.REQUEST, Channel.ROW, Channel.MESSAGE)
        return more(recording(number), made, channels=channels)

    assert not compare(told(5, 5), told(1, 1), Compare(), ()).differences
    assert compare(told(5, 5), told(1, 2), Compare(), ()).differences
