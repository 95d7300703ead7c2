"""What changed in a cache, and what its keys have in common."""

import pytest

from gate.model import Channel, Json, Table
from gate.observe.caches import cached, family
from gate.observe.rows import changes, snapshot
from tests.fakes.places import FakeStore

UUID = "0b8f6f0e-5b0a-4e0e-9d5c-00000000000a"
KEYS = {"keys": Table(key=("key",))}


def held(key: str, value: Json, expires: bool = True) -> dict[str, Json]:
    return {"key": key, "type": "string", "value": value, "expires": expires}


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        ("merchant:m_7", "merchant:*"),
        ("tenant:7:cart:9", "tenant:*"),
        (f"session:{UUID}", "session:*"),
        ("flags", "flags"),
        (UUID, "{key}"),
        ("1234", "{key}"),
        (f"cart_{UUID}", "{key}"),
        (f"{UUID}:cart", "{key}:*"),
        ("7:cart", "{key}:*"),
        ("", ""),
        (":", ":*"),
    ],
)
def test_the_family_of_a_key(key: str, wanted: str) -> None:
    assert family(key) == wanted


def test_added_changed_and_deleted_keys() -> None:
    store = FakeStore({"keys": [held("m:1", "a"), held("m:2", "b"), held("m:3", "c")]}, KEYS)
    before = snapshot(store, {"keys": ()})
    store.content["keys"] = [held("m:1", "a"), held("m:2", "x", expires=False), held("m:4", "d")]
    events = [cached(event) for event in changes("cache", before, snapshot(store, {"keys": ()}))]
    assert {(event.channel, event.operation) for event in events} == {(Channel.CACHE, "m:*")}
    told = {str(event.inputs["key"]): (event.inputs, event.output) for event in events}
    inputs, output = told["{'key': 'm:2'}"]
    was: Json = {"type": "string", "value": "b", "expires": True}
    assert inputs == {"store": "cache", "key": {"key": "m:2"}, "existed": True, "before": was}
    assert output == {"type": "string", "value": "x", "expires": False}
    inputs, output = told["{'key': 'm:3'}"]
    assert inputs["existed"] is True and output is None
    inputs, output = told["{'key': 'm:4'}"]
    assert (inputs["existed"], inputs["before"]) == (False, None)
    assert output == {"type": "string", "value": "d", "expires": True}


def test_a_prefix_tells_caches_apart() -> None:
    store = FakeStore({"keys": []}, KEYS)
    before = snapshot(store, {"keys": ()})
    store.content["keys"] = [held("m:1", "a")]
    (event,) = changes("cache", before, snapshot(store, {"keys": ()}))
    assert cached(event, "cache.").operation == "cache.m:*"
