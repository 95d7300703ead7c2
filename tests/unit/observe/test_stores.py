"""What is read of databases and caches, and what it is called."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gate.config import Messages, Observe, Rows, Settings, Stimuli, Store
from gate.model import Channel, Event, Header, Json, Recording, Table
from gate.observe import Evidence, Observed, observe, snapshots, unseen
from tests.fakes.events import TRACE, request
from tests.fakes.places import FakeStore

A, B = (f"0b8f6f0e-5b0a-4e0e-9d5c-00000000000{n}" for n in "ab")
NOTES = Table(key=("id",), columns={"id": "uuid", "text": "text"})


def settings(*kinds: str, observed: Observe | None = None) -> Settings:
    """One store of each kind, called by it; ``redis2`` is a second cache."""
    return Settings(
        root=Path(),
        service="s",
        services={},
        stimuli=Stimuli(to="api"),
        bundles=(),
        stores=tuple(Store(store=kind, kind=kind.rstrip("2")) for kind in kinds),
        observe=observed or Observe(),
    )


def database() -> FakeStore:
    return FakeStore({"notes": [], "keys": []}, {"notes": NOTES})


def cache() -> FakeStore:
    return FakeStore({"keys": []}, {"keys": Table(key=("key",))})


def held(key: str, value: Json = "1") -> dict[str, Json]:
    return {"key": key, "type": "string", "value": value, "expires": True}


def seen(
    asked: Settings, stores: Mapping[str, FakeStore], writes: Mapping[str, dict[str, list[dict[str, Json]]]]
) -> Observed:
    """What is seen where each store then holds this, and one scenario was answered with an id."""
    before = snapshots(stores, asked)
    for name, tables in writes.items():
        stores[name].content |= tables
    after = snapshots(stores, asked)
    answers = {"one": [request(0, said={"id": A}, trace=TRACE.format(77))]}
    evidence = Evidence(answers=answers, calls=(), before=before, after=after, logs=())
    return observe({"one": Header(scenario="one")}, evidence, asked)


def effects(recording: Recording) -> list[tuple[str, str]]:
    return [
        (str(one.channel), one.operation) for one in recording.events if one.channel is not Channel.REQUEST
    ]


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_cache_beside_one_database_leaves_its_tables_their_names(kind: str) -> None:
    found = seen(
        settings(kind, "redis"),
        {kind: database(), "redis": cache()},
        {kind: {"notes": [{"id": A, "text": "x"}]}, "redis": {"keys": [held(f"note:{A}")]}},
    ).recordings["one"]
    assert effects(found) == [("row", "notes"), ("cache", "note:*")]
    assert dict(found.header.tables) == {"notes": NOTES}
    assert found.header.channels == (Channel.REQUEST, Channel.CALL, Channel.LOG, Channel.ROW, Channel.CACHE)


def test_a_table_of_the_name_that_keys_of_a_cache_have() -> None:
    asked = settings("sqlite", "redis")
    stores = {"sqlite": database(), "redis": cache()}
    assert set(snapshots(stores, asked)["sqlite"].tables) == {"notes", "keys"}
    assert set(snapshots(stores, asked)["redis"].tables) == {"redis.keys"}
    writes = {"sqlite": {"keys": [{"id": A}]}, "redis": {"keys": [held(A)]}}
    assert effects(seen(asked, stores, writes).recordings["one"]) == [("row", "keys"), ("cache", "{key}")]


def test_two_caches_go_by_their_store() -> None:
    found = seen(
        settings("redis", "redis2"),
        {"redis": cache(), "redis2": cache()},
        {"redis": {"keys": [held(f"note:{A}")]}, "redis2": {"keys": [held(f"note:{A}")]}},
    ).recordings["one"]
    assert effects(found) == [("cache", "redis.note:*"), ("cache", "redis2.note:*")]
    assert Channel.ROW not in found.header.channels


def test_a_cache_is_observed_whatever_rows_are_named() -> None:
    asked = settings("sqlite", "redis", observed=Observe(rows=(Rows(store="sqlite", table="keys"),)))
    shots = snapshots({"sqlite": database(), "redis": cache()}, asked)
    assert set(shots["sqlite"].tables) == {"keys"} and set(shots["redis"].tables) == {"redis.keys"}


def test_a_key_with_the_trace_of_a_stimulus_was_caused_by_it() -> None:
    writes = {"redis": {"keys": [held(f"seen:{TRACE.format(77)}")]}}
    (event,) = seen(settings("redis"), {"redis": cache()}, writes).recordings["one"].on(Channel.CACHE)
    assert event.lineage == TRACE.format(77)


def test_ids_that_stood_in_a_cache_are_given() -> None:
    stores = {"redis": cache()}
    stores["redis"].content = {"keys": [held(f"session:{B}", "1")]}
    writes = {"redis": {"keys": [held(f"session:{B}", "2")]}}
    found = seen(settings("redis"), stores, writes)
    assert not effects(found.recordings["one"]) and effects(found.unowned) == [("cache", "session:*")]
    assert found.unowned.header.given == (B,)


def test_an_outbox_tells_its_columns_and_no_numbers() -> None:
    outbox = Table(key=("id",), sequence=True, columns={"id": "bigint", "about": "text"})
    messages = Messages(store="sqlite", table="notes", order_by="id", key="about")
    store = FakeStore({"notes": []}, {"notes": outbox})
    found = seen(
        settings("sqlite", observed=Observe(messages=(messages,))),
        {"sqlite": store},
        {"sqlite": {"notes": [{"id": 1, "about": A}]}},
    ).recordings["one"]
    assert effects(found) == [("message", "notes")]
    assert found.header.tables == {"notes": Table(key=("id",), columns=outbox.columns)}


def test_events_of_a_cache_stand_in_the_same_order_in_every_run() -> None:
    def order(*keys: str) -> list[Event]:
        writes = {"redis": {"keys": [held(f"{key}:{A}") for key in keys]}}
        found = seen(settings("redis"), {"redis": cache()}, writes)
        return list(found.recordings["one"].on(Channel.CACHE))

    assert order("b", "a") == order("a", "b") and len(order("b", "a")) == 2


@pytest.mark.parametrize(
    ("content", "others", "says"),
    [
        ({"notes": []}, ("shop",), None),
        ({}, (), "store sqlite: has no table; name the one"),
        ({}, ("shop",), "store sqlite: has no table; there is also the database shop; name the one"),
    ],
)
def test_a_database_without_a_table_is_told(
    content: dict[str, list[dict[str, Json]]], others: tuple[str, ...], says: str | None
) -> None:
    asked, stores = settings("sqlite"), {"sqlite": FakeStore(content, others=others)}
    shot = snapshots(stores, asked)
    told = unseen(stores, shot, shot, asked).get("sqlite")
    assert told is None if says is None else (told or "").startswith(says)


def test_tables_that_nobody_asks_for_are_not_missed() -> None:
    asked, stores = settings("sqlite", observed=Observe(rows=())), {"sqlite": FakeStore({})}
    shot = snapshots(stores, asked)
    assert not unseen(stores, shot, shot, asked)


@pytest.mark.parametrize("chosen", [{"database": "0"}, {"keys": ("cart:*",)}], ids=str)
def test_a_cache_that_was_chosen_may_be_empty(chosen: dict[str, Any]) -> None:
    asked = replace(settings(), stores=(Store(store="redis", kind="redis", **chosen),))
    stores = {"redis": FakeStore({"keys": []}, {"keys": Table(key=("key",))}, others=("1",))}
    shot = snapshots(stores, asked)
    assert not unseen(stores, shot, shot, asked)


@pytest.mark.parametrize(
    ("before", "after", "others", "told"),
    [
        ((), (), (), False),
        ((), (), ("1",), True),
        ((held("a"),), (), ("1",), False),
        ((), (held("a"),), ("1",), False),
    ],
    ids=["unused", "another number", "removed", "made"],
)
def test_a_cache_that_is_empty_while_another_is_not_is_told(
    before: tuple[dict[str, Json], ...],
    after: tuple[dict[str, Json], ...],
    others: tuple[str, ...],
    told: bool,
) -> None:
    asked = settings("redis")
    shots = [
        snapshots({"redis": FakeStore({"keys": [*rows]}, {"keys": Table(key=("key",))})}, asked)
        for rows in (before, after)
    ]
    why = unseen({"redis": FakeStore(others=others)}, *shots, asked)
    assert ("redis" in why) is told
    assert not told or why["redis"].startswith(
        "store redis: no key was seen, but database 1 has some; name the one"
    )
