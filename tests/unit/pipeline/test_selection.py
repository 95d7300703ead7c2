"""Which scenarios a run is about, and their state."""

import pytest

from gate.errors import RequestError
from gate.model import UNOWNED, Bundle, Manifest, StatePart
from gate.pipeline import payloads, select
from tests.fakes.events import recording, request


def bundle(*names: str) -> Bundle:
    return Bundle(
        manifest=Manifest(name="b"), recordings={name: recording([request(0)], name) for name in names}
    )


@pytest.mark.parametrize(
    ("patterns", "names"),
    [((), ["a-1", "a-2", "b-1"]), (("a-*",), ["a-1", "a-2"]), (("b-1", "a-2"), ["a-2", "b-1"])],
)
def test_names_and_globs(patterns: tuple[str, ...], names: list[str]) -> None:
    assert list(select([("x", bundle("b-1", "a-2")), ("y", bundle("a-1"))], patterns)) == names


def test_effects_of_no_scenario_are_those_of_one_bundle() -> None:
    assert set(select([("x", bundle("a", UNOWNED))], ())) == {"a", UNOWNED}
    assert set(select([("x", bundle("a", UNOWNED)), ("y", bundle("b", UNOWNED))], ())) == {"a", "b"}


def test_effects_of_no_scenario_are_not_those_of_some() -> None:
    assert set(select([("x", bundle("a", "b", UNOWNED))], ("*",))) == {"a", "b"}
    with pytest.raises(RequestError, match="no scenario matches"):
        select([("x", bundle("a", UNOWNED))], (UNOWNED,))


@pytest.mark.parametrize(
    ("bundles", "patterns", "words"),
    [
        ([("x", bundle("a"))], ("c-*",), "no scenario matches 'c-*'; there are a"),
        ([("x", bundle("a")), ("y", bundle("a"))], (), "bundle y: scenario a is in x as well"),
        ([("x", bundle())], (), "bundle x: holds no scenario"),
    ],
    ids=["unknown", "twice", "none"],
)
def test_refused(bundles: list[tuple[str, Bundle]], patterns: tuple[str, ...], words: str) -> None:
    with pytest.raises(RequestError) as error:
        select(bundles, patterns)
    assert words in str(error.value)


def stateful(*parts: tuple[str, str, bytes]) -> Bundle:
    """A bundle with these snapshots: store, kind and content."""
    state = tuple(StatePart(store=store, kind=kind, path=f"state/{store}.{kind}") for store, kind, _ in parts)
    return Bundle(
        manifest=Manifest(name="b", state=state),
        recordings={},
        payloads={part.path: content for part, (_, _, content) in zip(state, parts, strict=True)},
    )


DB = {"db": "sqlite"}


def test_state_by_store() -> None:
    one, other = stateful(("db", "sqlite", b"1")), stateful(("db", "sqlite", b"1"))
    assert payloads([("x", one), ("y", other)], DB) == {"db": b"1"}


def test_state_of_the_kind_that_the_environment_has() -> None:
    both = stateful(("db", "sqlite", b"1"), ("db", "postgres", b"2"), ("cache", "redis", b"3"))
    assert payloads([("x", both)], {"db": "postgres", "cache": "redis"}) == {"db": b"2", "cache": b"3"}
    assert payloads([("x", both)], {"db": "sqlite", "cache": "redis"}) == {"db": b"1", "cache": b"3"}


def test_only_what_is_loaded_must_be_the_same() -> None:
    one = stateful(("db", "sqlite", b"1"), ("db", "postgres", b"2"))
    other = stateful(("db", "sqlite", b"1"), ("db", "postgres", b"3"))
    assert payloads([("x", one), ("y", other)], DB) == {"db": b"1"}
    with pytest.raises(RequestError, match="bundle y: its state of store 'db' is not that"):
        payloads([("x", one), ("y", other)], {"db": "postgres"})


def test_state_of_other_kinds_only() -> None:
    both = stateful(("db", "sqlite", b"1"), ("db", "postgres", b"2"))
    with pytest.raises(RequestError) as error:
        payloads([("x", both)], {"db": "redis"})
    assert str(error.value) == (
        "bundle x: holds the state of store 'db' as postgres, sqlite, and this environment wants redis; "
        "add such a snapshot to the bundle"
    )


def test_state_that_would_not_be_loaded() -> None:
    with pytest.raises(RequestError, match="state of store 'cache', unknown to 'state'"):
        payloads([("x", stateful(("cache", "redis", b"1")))], DB)


def test_states_that_differ() -> None:
    with pytest.raises(RequestError, match="bundle y: its state of store 'db' is not that"):
        payloads([("x", stateful(("db", "sqlite", b"1"))), ("y", stateful(("db", "sqlite", b"2")))], DB)
