"""Everything seen of one side, sorted by scenario."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pytest

from gate.adapters.sqlite import SqliteStore
from gate.config import Messages, Observe, Redactor, Rows, Settings, Stimuli, Store
from gate.model import UNOWNED, Channel, Event, Header, Json
from gate.observe import Evidence, Observed, observe, snapshots
from gate.ports import Played, PlayedCall
from tests.fakes.events import request

A, B, OLD = (f"0b8f6f0e-5b0a-4e0e-9d5c-00000000000{n}" for n in "abc")
OUTBOX = Messages(store="sales", table="outbox", order_by="id", key="about", published="sent")
SCHEMA = """
    CREATE TABLE people (id INTEGER PRIMARY KEY, code TEXT);
    CREATE TABLE notes (id INTEGER PRIMARY KEY, code TEXT, writer INTEGER REFERENCES people (id));
    CREATE TABLE outbox (id INTEGER PRIMARY KEY, about TEXT, sent TEXT);
    CREATE TABLE beats (n INTEGER, at TEXT);
"""


class Databases:
    """One SQLite file a store, all with the same tables."""

    def __init__(self, folder: Path, *names: str, observed: Observe) -> None:
        self.settings = Settings(
            root=folder,
            service="s",
            services={},
            stimuli=Stimuli(to="api"),
            bundles=(),
            stores=tuple(Store(store=name, kind="sqlite", path="x") for name in names),
            observe=observed,
        )
        self.open = {}
        self.stores = {}
        for name in names:
            self.open[name] = sqlite3.connect(folder / name, isolation_level=None)
            self.open[name].executescript(SCHEMA)
            self.stores[name] = SqliteStore(name, folder / name, Redactor({}, {}))

    def observed(
        self, writes: Mapping[str, str], *said: Event, calls: tuple[PlayedCall, ...] = ()
    ) -> Observed:
        """What is seen where each store is written to, and one scenario was answered so."""
        before = snapshots(self.stores, self.settings)
        for name, sql in writes.items():
            self.open[name].executescript(sql)
        after = snapshots(self.stores, self.settings)
        evidence = Evidence(answers={"one": said}, calls=calls, before=before, after=after, logs=())
        return observe({"one": Header(scenario="one")}, evidence, self.settings)


def operations(events: tuple[Event, ...]) -> list[tuple[str, str]]:
    return [(str(event.channel), event.operation) for event in events if event.channel is not Channel.REQUEST]


def test_two_stores_with_a_table_of_one_name(tmp_path: Path) -> None:
    world = Databases(tmp_path, "sales", "stock", observed=Observe(messages=(OUTBOX,)))
    world.open["sales"].execute(f"INSERT INTO notes VALUES (7, '{OLD}', NULL)")
    world.open["stock"].execute("INSERT INTO people VALUES (3, 'x')")
    seen = world.observed(
        {
            "sales": f"INSERT INTO notes VALUES (8, '{A}', NULL); INSERT INTO outbox VALUES (1, '{A}', 'now')",
            "stock": f"INSERT INTO notes VALUES (7, '{A}', 3)",
        },
        request(0, said={"id": A}),
    )
    found = seen.recordings["one"]
    assert operations(found.events) == [
        ("row", "sales.notes"),
        ("row", "stock.notes"),
        ("message", "sales.outbox"),
    ]
    sales, stock = found.on(Channel.ROW)
    assert (sales.inputs["key"], stock.inputs["key"]) == ({"id": 8}, {"id": 7})
    assert stock.output == {"id": 7, "code": A, "writer": 3}
    (message,) = found.on(Channel.MESSAGE)
    assert message.output == {"about": A}
    tables = found.header.tables
    assert set(tables) == {"sales.notes", "sales.outbox", "sales.people", "stock.notes", "stock.people"}
    assert tables["stock.notes"].references == {"writer": "stock.people"} and tables["stock.notes"].sequence
    assert found.header.given == ("sales.notes#7", "stock.people#3")  # and no note 7 was in stock
    assert not seen.unowned.events


def test_numbers_of_one_store_are_not_those_of_another(tmp_path: Path) -> None:
    world = Databases(tmp_path, "sales", "stock", observed=Observe())
    seen = world.observed(
        {
            "sales": f"INSERT INTO people VALUES (5, '{A}')",
            "stock": "INSERT INTO people VALUES (5, 'x'); INSERT INTO notes VALUES (1, 'y', 5)",
        },
        request(0, said={"id": A}),
    )
    assert operations(seen.recordings["one"].events) == [("row", "sales.people")]
    assert operations(seen.unowned.events) == [("row", "stock.notes"), ("row", "stock.people")]


def test_named_tables_of_several_stores(tmp_path: Path) -> None:
    rows = (Rows(store="stock", table="notes", key=("code",)),)
    world = Databases(tmp_path, "sales", "stock", observed=Observe(rows=rows))
    insert = f"INSERT INTO notes VALUES (7, '{A}', NULL)"
    seen = world.observed({"sales": insert, "stock": insert}, request(0, said={"id": A}))
    (row,) = seen.recordings["one"].on(Channel.ROW)
    assert (row.operation, row.inputs["key"]) == ("stock.notes", {"code": A})


def test_tables_of_one_store_go_by_their_own_name(tmp_path: Path) -> None:
    world = Databases(tmp_path, "sales", observed=Observe(messages=(OUTBOX,)))
    world.open["sales"].execute("INSERT INTO people VALUES (3, 'x')")
    writes = f"INSERT INTO notes VALUES (8, '{A}', 3); INSERT INTO outbox VALUES (1, '{A}', 'now')"
    found = world.observed({"sales": writes}, request(0, said={"id": A})).recordings["one"]
    assert operations(found.events) == [("row", "notes"), ("message", "outbox")]
    assert set(found.header.tables) == {"notes", "outbox", "people"} and found.header.given == ("people#3",)


@pytest.mark.parametrize("scenario", [None, UNOWNED])
def test_what_belongs_to_no_scenario_is_a_recording_of_its_own(tmp_path: Path, scenario: str | None) -> None:
    world = Databases(tmp_path, "sales", observed=Observe())
    world.open["sales"].execute(f"INSERT INTO people VALUES (3, '{OLD}')")
    call = request(0, "POST", "/pay", host="bank.example", asked={"who": OLD}, at=5_000_000)
    seen = world.observed(
        {"sales": f"INSERT INTO beats VALUES (1, 'x'); INSERT INTO notes VALUES (1, '{B}', 3)"},
        request(0, said={"id": A}, at=1_000_000),
        calls=(PlayedCall(scenario=scenario, how=Played.RECORDED, event=call),),
    )
    header = seen.unowned.header
    assert (header.scenario, header.started_at, header.tags) == (UNOWNED, 5_000_000, ())
    assert header.says == "what belongs to no single scenario"
    assert header.channels == (Channel.REQUEST, Channel.CALL, Channel.LOG, Channel.ROW)
    assert set(header.tables) == {"beats", "notes", "people"}
    assert header.given == (OLD, "people#3")
    assert [event.seq for event in seen.unowned.events] == [0, 1, 2]
    assert not seen.recordings["one"].header.tables


def test_where_all_is_tied_to_a_scenario_there_is_nothing_else(tmp_path: Path) -> None:
    world = Databases(tmp_path, "sales", observed=Observe())
    seen = world.observed({"sales": f"INSERT INTO notes VALUES (1, '{A}', NULL)"}, request(0, said={"id": A}))
    assert not seen.unowned.events and seen.unowned.header.tables == {}


def test_numbers_of_the_state_that_an_answer_names_are_given(tmp_path: Path) -> None:
    world = Databases(tmp_path, "sales", observed=Observe())
    world.open["sales"].executescript("INSERT INTO people VALUES (3, 'x'), (4, 'y'), (5, 'z'), (6, 'z')")
    said: Json = {"id": A, "writer": {"id": 4}, "log": '{"writer": 5}', "is_new": True, "count": 2}
    seen = world.observed({"sales": f"INSERT INTO notes VALUES (8, '{A}', 3)"}, request(0, said=said))
    header = seen.recordings["one"].header
    assert header.given == ("people#3", "people#4", "people#5")


def test_a_message_tells_what_it_was(tmp_path: Path) -> None:
    world = Databases(tmp_path, "sales", observed=Observe(messages=(OUTBOX,)))
    world.open["sales"].execute(f"INSERT INTO outbox VALUES (1, '{A}', 'now'), (2, '{A}', NULL)")
    writes = f"DELETE FROM outbox WHERE id = 1; UPDATE outbox SET about = '{B}' WHERE id = 2"
    gone, changed = (
        world.observed({"sales": writes}, request(0, said={"id": A, "next": B}))
        .recordings["one"]
        .on(Channel.MESSAGE)
    )
    assert (gone.inputs, gone.output) == ({"key": A, "position": 1, "before": {"about": A}}, None)
    assert (changed.inputs, changed.output) == (
        {"key": B, "position": 2, "before": {"about": A}},
        {"about": B},
    )
