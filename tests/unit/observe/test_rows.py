"""What changed in a database."""

import pytest

from gate.errors import InconclusiveError
from gate.model import Json, Table
from gate.observe.rows import changes, snapshot
from tests.fakes.places import FakeStore

NO_KEY = {"beats": Table(key=())}


def seen(
    before: list[dict[str, Json]], after: list[dict[str, Json]], key: tuple[str, ...] = ()
) -> list[object]:
    store = FakeStore({"beats": before}, {} if key else NO_KEY)
    first = snapshot(store, {"beats": key})
    store.content["beats"] = after
    events = changes("db", first, snapshot(store, {"beats": key}))
    return [(event.inputs["existed"], event.output) for event in events]


def test_added_changed_deleted() -> None:
    found = seen([{"id": 1, "a": 1}, {"id": 2, "a": 1}], [{"id": 1, "a": 2}, {"id": 3, "a": 3}], key=("id",))
    assert found == [(True, {"id": 1, "a": 2}), (True, None), (False, {"id": 3, "a": 3})]


def test_numbered_rows_stand_in_order_of_their_numbers() -> None:
    found = seen([], [{"id": n} for n in (10, 9, 100, 11)], key=("id",))
    assert found == [(False, {"id": n}) for n in (9, 10, 11, 100)]


def test_rows_without_a_key_are_counted() -> None:
    assert seen([{"n": 1}], [{"n": 1}, {"n": 1}, {"n": 2}]) == [(False, {"n": 1}), (False, {"n": 2})]
    assert seen([{"n": 1}, {"n": 1}], [{"n": 1}]) == [(True, None)]


def test_a_dropped_table_is_all_rows_deleted() -> None:
    before = snapshot(FakeStore({"notes": [{"id": 1}]}), {"notes": ()})
    (event,) = changes("db", before, snapshot(FakeStore({}), {}))
    assert event.output is None and event.inputs["key"] == {"id": 1}


def test_unknown_names_are_said() -> None:
    store = FakeStore({"notes": [{"id": 1}]})
    with pytest.raises(InconclusiveError, match="no table nots"):
        snapshot(store, {"nots": ()})
    with pytest.raises(InconclusiveError, match="notes has no column idd"):
        snapshot(store, {"notes": ("idd",)})
