"""Which scenarios a run is about, and their state."""

import pytest

from gate.errors import RequestError
from gate.model import UNOWNED, Bundle, Manifest, StatePart
from gate.pipeline import payloads, select
from tests.fakes.events import recording, request


def bundle(*names: str, state: bytes = b"", store: str = "db") -> Bundle:
    part = StatePart(store=store, kind="sqlite", path="state/db")
    return Bundle(
        manifest=Manifest(name="b", state=(part,) if state else ()),
        recordings={name: recording([request(0)], name) for name in names},
        payloads={"state/db": state} if state else {},
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
        ([("x", bundle("a")), ("y", bundle("a"))], (), "bundle y: scenario a is in another bundle"),
        ([("x", bundle())], (), "bundle x: holds no scenario"),
    ],
    ids=["unknown", "twice", "none"],
)
def test_refused(bundles: list[tuple[str, Bundle]], patterns: tuple[str, ...], words: str) -> None:
    with pytest.raises(RequestError) as error:
        select(bundles, patterns)
    assert words in str(error.value)


def test_state_by_store() -> None:
    assert payloads([("x", bundle("a", state=b"1")), ("y", bundle("b", state=b"1"))], {"db"}) == {"db": b"1"}


def test_state_that_would_not_be_loaded() -> None:
    with pytest.raises(RequestError, match="state of store 'cache'"):
        payloads([("x", bundle("a", state=b"1", store="cache"))], {"db"})


def test_states_that_differ() -> None:
    with pytest.raises(RequestError, match="bundle y: its state of store 'db' is not that"):
        payloads([("x", bundle("a", state=b"1")), ("y", bundle("b", state=b"2"))], {"db"})
