"""Whose is a row."""

from dataclasses import replace

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


def key(name: str, value: Json = "1") -> Event:
    """A cache key that was written."""
    output: dict[str, Json] = {"type": "string", "value": value, "expires": True}
    return Event(
        seq=0,
        channel=Channel.CACHE,
        operation=f"{name.partition(':')[0]}:*",
        inputs={"store": "cache", "key": {"key": name}, "existed": False, "before": None},
        output=output,
        started_at=0,
    )


def test_a_cache_key_by_what_stands_in_it_or_under_it() -> None:
    keys = [key(f"session:{A}"), key("merchant:m_cedar:plan"), key("list:all", f'["{B}"]'), key("x:y")]
    said: dict[str, list[Json]] = {"one": [{"id": A}], "two": [{"id": "m_cedar", "other": B}]}
    assert owned(*keys, **said) == ["one", "two", "two", None]


def test_a_cache_key_of_a_row_that_the_database_numbered() -> None:
    found = [row("orders", id=7, ref=A), key("order:7"), key("order:8"), key("page:7")]
    assert owned(*found, one=[{"id": A}]) == ["one", "one", None, None]


def test_what_all_keys_of_a_kind_share_ties_none_of_them() -> None:
    keys = [key(f"session:{A}"), key("session:unknown"), key(f"plan:{A}:pro"), key("plan:other:pro")]
    assert owned(*keys, one=[{"id": A}]) == ["one", None, "one", None]


def test_a_deleted_cache_key_is_known_by_what_it_was() -> None:
    written = key("list:all", f'["{A}"]')
    gone = replace(written, inputs={**written.inputs, "before": written.output}, output=None)
    assert owned(gone, one=[{"id": A}]) == ["one"]
