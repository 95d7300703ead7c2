"""When a side has finished."""

import asyncio
import itertools
import time
from collections.abc import Callable

import pytest

from gate.config import Messages, Settle
from gate.provision import settle
from tests.fakes.places import FakeEnvironment, FakeStore
from tests.fakes.playing import FakePlayback

OUTBOX = Messages(store="db", table="outbox", order_by="id", key="k", published="sent")
ENDLESS = Settle(quiet=0.02, timeout=0.3)
PATIENT = Settle(quiet=0.02, timeout=60)
BETWEEN = Settle(quiet=0.005, timeout=60)


def wait(
    playback: FakePlayback | None = None,
    store: FakeStore | None = None,
    environment: FakeEnvironment | None = None,
    rules: Settle = PATIENT,
    look: Callable[[], object] = object,
) -> tuple[str | None, float]:
    began = time.monotonic()
    problem = asyncio.run(
        settle(
            playback or FakePlayback(),
            {"db": store or FakeStore()},
            environment or FakeEnvironment(),
            [OUTBOX],
            rules,
            look,
        )
    )
    return problem, time.monotonic() - began


def writing(every: float, times: int | None = None) -> tuple[FakeStore, Callable[[], int]]:
    """A store to which something is committed at an interval, for ever or so many times; and how often it was."""
    began = time.monotonic()

    def commits() -> int:
        count = int((time.monotonic() - began) / every)
        return count if times is None else min(count, times)

    return FakeStore(versions=commits), commits


def never() -> object:
    raise AssertionError("the rows were read")


@pytest.mark.parametrize("quiet", [0.01, 0.1], ids=["between", "last"])
def test_a_quiet_side_has_finished_after_the_quiet(quiet: float) -> None:
    problem, took = wait(rules=Settle(quiet=quiet, timeout=60), look=never)
    assert problem is None and quiet <= took < 30


def test_without_a_quiet_it_is_asked_once() -> None:
    playback = FakePlayback(in_flights=[0, 9])
    assert wait(playback, rules=Settle(quiet=0, timeout=60))[0] is None
    assert playback.in_flights == [9]


def test_calls_in_flight_are_waited_for() -> None:
    playback = FakePlayback(in_flights=[2, 1, 1, 0])
    assert wait(playback)[0] is None and playback.in_flights == [0]


def test_a_call_that_begins_in_the_quiet_is_waited_for() -> None:
    playback = FakePlayback(in_flights=[0, 1, 1, 0])
    assert wait(playback, rules=BETWEEN)[0] is None and playback.in_flights == [0]


def test_messages_are_waited_for() -> None:
    store = FakeStore(waiting=[3, 2, 1, 0])
    assert wait(store=store)[0] is None and store.waiting == [0]


def test_a_message_that_is_written_in_the_quiet_is_waited_for() -> None:
    store = FakeStore(waiting=[0, 1, 1, 0])
    store.versions = lambda: len(store.waiting) < 4  # committed after it was first asked
    assert wait(store=store)[0] is None and store.waiting == [0]


def test_an_outbox_is_asked_again_only_after_a_commit() -> None:
    store = FakeStore(waiting=[0, 1])
    assert wait(store=store, rules=Settle(quiet=0.1, timeout=60))[0] is None
    assert store.waiting == [1]


def test_a_late_write_begins_the_quiet_anew() -> None:
    store, commits = writing(every=0.015, times=3)
    assert wait(store=store, look=itertools.count().__next__)[0] is None
    assert commits() == 3


def test_rows_that_change_are_waited_for() -> None:
    versions = itertools.chain(range(30), itertools.repeat(99))
    rows = itertools.count()
    assert wait(store=FakeStore(versions=lambda: next(versions)), look=lambda: next(rows))[0] is None
    assert next(versions) == 99


@pytest.mark.parametrize("rules", [BETWEEN, PATIENT], ids=["between", "last"])
def test_changes_of_what_is_not_observed_do_not_count(rules: Settle) -> None:
    store, commits = writing(every=0.001)
    looks = 0

    def look() -> object:
        nonlocal looks
        looks += 1
        return "the same"

    assert wait(store=store, look=look, rules=rules)[0] is None
    assert commits() and looks >= 2


def test_what_never_ends_is_named() -> None:
    rows = itertools.count()
    store = FakeStore(versions=itertools.count().__next__)
    cases = [
        (wait(FakePlayback(in_flights=[2]), rules=ENDLESS), "2 outward calls in flight"),
        (wait(store=FakeStore(waiting=[7]), rules=ENDLESS), "7 messages wait in outbox"),
        (wait(store=store, rules=ENDLESS, look=lambda: next(rows)), "rows keep changing"),
    ]
    for (problem, took), words in cases:
        assert problem is not None and words in problem and "raise settle.timeout" in problem
        assert "did not settle" in problem and took >= 0.3


def test_a_dead_service_is_not_waited_for() -> None:
    problem, took = wait(FakePlayback(in_flights=[1]), environment=FakeEnvironment(dead="api: ended"))
    assert problem is None and took < 30
