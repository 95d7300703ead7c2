"""When a side has finished."""

import asyncio
import itertools
import time
from collections.abc import Callable

from gate.config import Messages, Settle
from gate.provision import settle
from tests.fakes.places import FakeEnvironment, FakeStore
from tests.fakes.playing import FakePlayback

OUTBOX = Messages(store="db", table="outbox", order_by="id", key="k", published="sent")
ENDLESS = Settle(quiet=0.02, timeout=0.3)
PATIENT = Settle(quiet=0.02, timeout=60)


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


def test_a_quiet_side_has_finished_after_the_quiet() -> None:
    problem, took = wait(rules=Settle(quiet=0.1, timeout=60))
    assert problem is None and 0.1 <= took < 30


def test_without_a_quiet_it_is_asked_once() -> None:
    playback = FakePlayback(in_flights=[0, 9])
    assert wait(playback, rules=Settle(quiet=0, timeout=60))[0] is None
    assert playback.in_flights == [9]


def test_calls_in_flight_are_waited_for() -> None:
    playback = FakePlayback(in_flights=[2, 1, 1, 0])
    assert wait(playback)[0] is None and playback.in_flights == [0]


def test_messages_are_waited_for() -> None:
    store = FakeStore(waiting=[3, 2, 1, 0])
    assert wait(store=store)[0] is None and store.waiting == [0]


def test_rows_that_change_are_waited_for() -> None:
    versions = itertools.chain([1, 2, 3, 4], itertools.repeat(5))
    rows = itertools.count()
    assert wait(store=FakeStore(versions=lambda: next(versions)), look=lambda: next(rows))[0] is None
    assert next(versions) == 5


def test_changes_of_what_is_not_observed_do_not_count() -> None:
    versions = itertools.count()
    store = FakeStore(versions=lambda: next(versions))
    assert wait(store=store, look=lambda: "the same")[0] is None


def test_what_never_ends_is_named() -> None:
    versions, rows = itertools.count(), itertools.count()
    restless = FakeStore(versions=lambda: next(versions))
    cases = [
        (wait(FakePlayback(in_flights=[2]), rules=ENDLESS), "2 outward calls in flight"),
        (wait(store=FakeStore(waiting=[7]), rules=ENDLESS), "7 messages wait in outbox"),
        (wait(store=restless, rules=ENDLESS, look=lambda: next(rows)), "rows keep changing"),
    ]
    for (problem, took), words in cases:
        assert problem is not None and words in problem and "raise settle.timeout" in problem
        assert took >= 0.3


def test_a_dead_service_is_not_waited_for() -> None:
    problem, took = wait(FakePlayback(in_flights=[1]), environment=FakeEnvironment(dead="api: ended"))
    assert problem is None and took < 30
