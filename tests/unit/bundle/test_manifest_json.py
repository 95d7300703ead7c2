import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from gate.bundle import Where
from gate.bundle.manifest import Entry, Sealed, from_json, to_json
from gate.bundle.migrations import migrate
from gate.model import Manifest, StatePart
from tests.unit.bundle.samples import Refused

WHERE = Where(bundle="b", file="manifest.json")
SEALED = Sealed(
    manifest=Manifest(
        name="billing",
        service={"commit": "abc", "flags": {"b": 1, "a": [1, 2]}},
        time={"base": 123456789012345678901234567890},
        state=(
            StatePart(store="db", kind="sqlite", path="state/db.sqlite"),
            StatePart(store="db", kind="postgres", path="state/db.sql"),
            StatePart(store="cache", kind="redis", path="state/cache.json"),
        ),
    ),
    scenarios=(Entry(name="a", tags=("core",), says="says", stimuli=2),),
    checksums={"scenarios/a.ndjson": "0" * 64},
)


def edited(**changes: object) -> bytes:
    document = {**json.loads(to_json(SEALED, WHERE)), **changes}
    return json.dumps({key: value for key, value in document.items() if value is not ...}).encode()


def test_a_manifest_comes_back_and_its_bytes_are_canonical() -> None:
    content = to_json(SEALED, WHERE)
    assert from_json(content, WHERE) == SEALED
    assert to_json(from_json(edited(), WHERE), WHERE) == content


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (edited(schema_version=2), "is of schema_version 2 and this gate reads up to 1; update the gate"),
        (edited(schema_version=0), "has no 'schema_version'"),
        (edited(schema_version=True), "has no 'schema_version'"),
        (edited(schema_version=...), "has no 'schema_version'"),
        (edited(name=...), "the manifest has no 'name'"),
        (edited(name=5), "'name' of the manifest is a number"),
        (edited(services={}), "did you mean 'service'"),
        (edited(service=[]), "'service' of the manifest is a list"),
        (edited(state={}), "'state' of the manifest is an object, not a list"),
        (edited(state=[{"store": "db", "kind": "sqlite", "path": "../../etc/passwd"}]), "out of the bundle"),
        (edited(state=[{"store": "db", "kind": "sqlite", "path": "scenarios/a.json"}]), "outside state/"),
        (
            edited(state=[{"store": "db", "kind": "mysql", "path": "state/db"}]),
            "of kind 'mysql', none of sqlite, postgres, redis; use a newer gate",
        ),
        (
            edited(state=[{"store": "db", "kind": "redis", "path": f"state/{name}"} for name in "ab"]),
            "the state of 'db' is there twice as redis; keep one",
        ),
        (edited(scenarios=[{"name": "a"}]), "a scenario has no 'tags'"),
        (edited(checksums={"state/a": "F" * 64}), "the checksum of 'state/a' is no SHA-256"),
        (edited(checksums={"state/a": None}), "'checksums' of the manifest holds something other"),
        (b"[1]", "the manifest is a list"),
        (b"null", "the manifest is null"),
        (b'{\n"schema_version": 1,\n"name": }', r"manifest\.json:3: is not JSON at column 9"),
        (b'{"schema_version": 1, "schema_version": 1}', "the key 'schema_version' is there twice"),
        (b'{"a":' * 100_000, "nested more than 254"),
        (b"\xff", r"manifest\.json:1: is not UTF-8"),
    ],
)
def test_what_is_wrong_is_named(content: bytes, match: str) -> None:
    with Refused(match):
        from_json(content, WHERE)


def step(key: str) -> Callable[[dict[str, object]], dict[str, object]]:
    return lambda document: {**document, key: document["schema_version"]}


def test_older_versions_go_through_every_step_once() -> None:
    steps = {1: step("one"), 2: step("two"), 3: step("three")}
    assert migrate({"schema_version": 2}, WHERE, steps, newest=4) == {
        "schema_version": 4,
        "two": 2,
        "three": 3,
    }
    assert migrate({"schema_version": 4}, WHERE, steps, newest=4) == {"schema_version": 4}


def test_what_could_not_be_read_back_is_not_written() -> None:
    part = StatePart(store="db", kind="sqlite", path="state/db")
    with Refused("the state of 'db' is there twice as sqlite"):
        to_json(replace(SEALED, manifest=replace(SEALED.manifest, state=(part, part))), WHERE)
