"""Whose is a row."""

from gate.model import Channel, Event, Json, Table
from gate.observe.owners import owners
from tests.fakes.events import TRACE, request

A, B, C = (f"0b8f6f0e-5b0a-4e0e-9d5c-00000000000{n}" for n in "abc")
TABLES = {
    "notes": Table(key=("id",)),
    "lines": Table(key=("id",), references={"note": "notes", "order": "orders"}, sequence=True),
    "orders": Table(key=("id",), sequence=True),
}


def row(table: str, **columns: Json) -> Event:
    return Event(
        seq=0,
        channel=Channel.ROW,
        operation=table,
        inputs={"store": "db", "key": {}},
        output=columns,
        started_at=0,
    )


def owned(*rows: Event, **said: list[Json]) -> list[str | None]:
    events = {name: [request(0, said=content) for content in contents] for name, contents in said.items()}
    return owners(rows, events, TABLES)


def test_by_an_id_that_one_scenario_named() -> None:
    assert owned(row("notes", id=A), row("notes", id=B), one=[{"id": A}], two=[{"id": B}]) == ["one", "two"]


def test_by_a_row_that_is_already_known() -> None:
    rows = [row("lines", id=1, note=A), row("lines", id=2, note="x", text=f"of {C}"), row("notes", id=A, c=C)]
    assert owned(*rows, one=[{"id": A}]) == ["one", "one", "one"]


def test_by_numbers_of_other_rows() -> None:
    rows = [row("orders", id=7, ref=A), row("lines", id=1, order=7), row("lines", id=2, order=8)]
    assert owned(*rows, one=[{"id": A}]) == ["one", "one", None]


def test_what_two_scenarios_named_says_nothing() -> None:
    assert owned(row("notes", id=A), one=[{"id": A}], two=[{"id": A}]) == [None]


def test_a_tie_is_nobodys() -> None:
    assert owned(row("notes", id=A, other=B), one=[{"id": A}], two=[{"id": B}]) == [None]


def test_most_marks_win() -> None:
    assert owned(row("notes", id=A, c=C, other=B), one=[{"id": A, "c": C}], two=[{"id": B}]) == ["one"]


def test_by_trace_and_inside_json() -> None:
    events = {"one": [request(0, trace=TRACE.format(77))], "two": [request(0, said={"id": B})]}
    rows = [row("notes", id="x", trace=TRACE.format(77)), row("notes", id="y", payload=f'{{"note":"{B}"}}')]
    assert owners(rows, events, TABLES) == ["one", "two"]


def test_a_deleted_row_is_known_by_its_key() -> None:
    deleted = Event(
        seq=0, channel=Channel.ROW, operation="notes", inputs={"key": {"id": A}}, output=None, started_at=0
    )
    assert owned(deleted, one=[{"id": A}]) == ["one"]


def test_names_of_fields_tie_nothing() -> None:
    keyed = Event(
        seq=0,
        channel=Channel.ROW,
        operation="orders",
        inputs={"key": {"id": 7}},
        output={"id": 7, "detail": '{"count":1}'},
        started_at=0,
    )
    assert owned(keyed, one=[{"id": 1, "count": 2}], two=[{}]) == [None]
    assert owned(row("notes", id="x", payload=f'{{"{B}":1}}'), one=[{B: {}}], two=[{}]) == ["one"]


def test_a_column_of_json_too_deep_to_walk_through() -> None:
    deep = "[" * 1000 + f'"{A}"' + "]" * 1000
    assert owned(row("notes", id=B, doc=deep), one=[{"id": B}]) == ["one"]
