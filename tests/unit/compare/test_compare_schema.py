"""Columns and tables that one side lacks: said once, and left out of rows."""

from dataclasses import replace

import pytest

from gate.compare import compare, compare_schema, one_sided
from gate.compare.schema import without
from gate.config import Compare
from gate.model import UNOWNED, Channel, Comparison, Event, Json, Recording, Table
from tests.unit.compare.build import HEADERS, brief, message, recording, request, row, uid

NOTES = Table(key=("id",), columns={"id": "INTEGER", "text": "TEXT"})
NOTED = replace(NOTES, columns={**NOTES.columns, "note": "TEXT"})
UNKNOWN = Table(key=("id",))


def schema(left: Table | None, right: Table | None, *ignore: str, whole: bool = True) -> Comparison:
    sides = [{} if table is None else {"notes": table} for table in (left, right)]
    return compare_schema(*sides, Compare(ignore=ignore), whole=whole)


@pytest.mark.parametrize(
    ("left", "right", "found"),
    [
        (NOTES, NOTES, []),
        (NOTES, NOTED, [("schema", "$.note", None, "TEXT")]),
        (NOTED, NOTES, [("schema", "$.note", "TEXT", None)]),
        (
            NOTED,
            replace(NOTES, columns={**NOTES.columns, "a b": "TEXT"}),
            [("schema", "$.note", "TEXT", None), ("schema", "$['a b']", None, "TEXT")],
        ),
        (
            NOTES,
            replace(NOTES, columns={**NOTES.columns, "text": "BLOB"}),
            [("schema", "$.text", "TEXT", "BLOB")],
        ),
        (NOTES, replace(NOTES, columns={**NOTES.columns, "text": "text"}), []),
        (NOTES, replace(NOTES, columns={"text": "TEXT", "id": "INTEGER"}), []),
        (NOTES, UNKNOWN, []),
        (None, NOTES, [("schema", "$", None, {"id": "INTEGER", "text": "TEXT"})]),
        (UNKNOWN, None, [("schema", "$", {}, None)]),
    ],
    ids=["same", "added", "removed", "renamed", "type", "case", "order", "unknown", "table", "no table"],
)
def test_what_differs(
    left: Table | None, right: Table | None, found: list[tuple[str, str, Json, Json]]
) -> None:
    comparison = schema(left, right)
    assert brief(list(comparison.differences)) == found
    assert comparison.equal == comparison.leaves - len(found)
    for one in comparison.differences:
        assert (one.channel, one.operation, one.entity) == (Channel.ROW, "notes", "table notes")
    assert comparison.scenario == UNOWNED


def test_a_column_without_a_declared_type_is_there() -> None:
    untyped = replace(NOTES, columns={**NOTES.columns, "any": ""})
    assert brief(list(schema(NOTES, untyped).differences)) == [("schema", "$.any", None, "")]


def test_a_table_that_only_one_recording_speaks_of_is_not_missing() -> None:
    assert not schema(None, NOTES, whole=False).differences
    assert schema(NOTES, NOTED, whole=False).differences


def test_a_rule_for_a_column_holds_for_the_schema() -> None:
    found = schema(NOTES, NOTED, "$.note")
    assert (found.differences, found.suppressed) == ((), {"$.note": 1})
    assert found.equal == found.leaves > 0
    assert len(schema(NOTES, NOTED, "$.text").differences) == 1


def both(*events: Event, notes: Table = NOTES) -> Recording:
    return recording(request({"ok": True}), *events, tables={"notes": notes, "outbox": notes})


def differing(left: Recording, right: Recording) -> list[tuple[str, str, Json, Json]]:
    columns = one_sided(left.header.tables, right.header.tables)
    return brief(list(compare(left, right, Compare(), HEADERS, columns).differences))


@pytest.mark.parametrize("note", ["-", uid(9), None], ids=["word", "id", "null"])
def test_rows_and_messages_are_compared_without_it(note: Json) -> None:
    left = both(row("notes", {"id": uid(1), "text": "a"}), message({"text": "b"}))
    right = both(
        row("notes", {"id": uid(2), "text": "a", "note": note}),
        message({"text": "b", "note": note}),
        notes=NOTED,
    )
    assert differing(left, right) == differing(right, left) == []
    other = both(row("notes", {"id": uid(2), "text": "x", "note": note}), message({"text": "b"}), notes=NOTED)
    assert differing(left, other) == [("changed", "$.text", "a", "x")]


def test_a_row_of_which_only_that_column_changed_did_not_change() -> None:
    before = {"id": "n1", "text": "a"}
    filled = row("notes", {**before, "note": "-"}, before={**before, "note": None})
    assert differing(both(), both(filled, notes=NOTED)) == []
    text = row("notes", {"id": "n1", "text": "b", "note": "-"}, before={**before, "note": None})
    assert differing(both(), both(text, notes=NOTED)) == [("changed", "$.text", "a", "b")]


def test_rows_without_a_key_and_rows_whose_key_has_another_name() -> None:
    plain = Table(key=(), columns={"text": "TEXT"})
    noted = Table(key=(), columns={"text": "TEXT", "note": "TEXT"})
    left = both(row("notes", {"text": "a"}, key={"text": "a"}), notes=plain)
    right = both(row("notes", {"text": "a", "note": "-"}, key={"text": "a", "note": "-"}), notes=noted)
    assert differing(left, right) == []
    uids = Table(key=("uid",), columns={"uid": "INTEGER", "text": "TEXT"})
    left = both(row("notes", {"id": 1, "text": "a"}), row("notes", {"id": 2, "text": "b"}, seq=201))
    right = both(
        row("notes", {"uid": 8, "text": "b"}, key={"uid": 8}),
        row("notes", {"uid": 9, "text": "a"}, key={"uid": 9}, seq=201),
        notes=uids,
    )
    assert differing(left, right) == []
    assert differing(left, both(right.events[1], notes=uids)) == [("missing", "$", {"text": "a"}, None)]


def test_a_deleted_row_keeps_what_it_was() -> None:
    deleted = row("notes", None, before={"id": "n1", "text": "a", "note": "-"})
    (event,) = without(recording(deleted), {"notes": {"note"}}).events
    assert event.output is None and event.inputs["before"] == {"id": "n1", "text": "a"}


def test_other_events_are_left_alone() -> None:
    whole = recording(request({"note": 1}), row("other", {"id": 1, "note": 2}))
    assert without(whole, {"notes": {"note"}}) == whole


def test_types_of_a_recording_are_not_compared() -> None:
    left, right = ({"invoices": Table(key=("id",), columns={"id": type_})} for type_ in ("INTEGER", "bigint"))
    assert not compare_schema(left, right, Compare(), whole=False).differences
    assert len(compare_schema(left, right, Compare(), whole=True).differences) == 1
