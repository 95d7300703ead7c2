"""Whose fault it is when a side does not come up."""

import os
import signal
import time
from collections.abc import Mapping
from threading import Barrier, Event, Thread

import pytest

from gate.errors import CandidateError, GateError, InconclusiveError, RequestError
from gate.model import SideName
from gate.ports import StartError
from gate.provision import bring_up
from tests.fakes.places import FakeEnvironment

BASELINE, CANDIDATE = SideName.BASELINE, SideName.CANDIDATE
BROKEN = {"start": StartError("api: ended")}
NO_PORT = {"start": InconclusiveError("api: port taken")}


def test_each_step_in_order() -> None:
    sides = {name: FakeEnvironment() for name in SideName}
    bring_up(sides, {})
    assert all(side.steps == ["prepare", "restore", "migrate", "start"] for side in sides.values())


@pytest.mark.parametrize(
    ("baseline", "candidate", "kind", "text"),
    [
        pytest.param(BROKEN, {}, InconclusiveError, "baseline: api: ended", id="baseline"),
        pytest.param({}, BROKEN, CandidateError, "candidate: api: ended", id="candidate"),
        pytest.param(BROKEN, BROKEN, InconclusiveError, "baseline: api: ended", id="both"),
        pytest.param(NO_PORT, BROKEN, InconclusiveError, "baseline: api: port taken", id="port, baseline"),
        pytest.param({}, NO_PORT, InconclusiveError, "candidate: api: port taken", id="port, candidate"),
        pytest.param({}, {"migrate": StartError("m")}, CandidateError, "candidate: m", id="migration"),
    ],
)
def test_blame(
    baseline: dict[str, BaseException],
    candidate: dict[str, BaseException],
    kind: type[GateError],
    text: str,
) -> None:
    sides = {BASELINE: FakeEnvironment(fails=baseline), CANDIDATE: FakeEnvironment(fails=candidate)}
    with pytest.raises(kind) as error:
        bring_up(sides, {})
    assert str(error.value) == text and type(error.value) is kind


@pytest.mark.parametrize("refused", [BASELINE, CANDIDATE])
@pytest.mark.parametrize(
    ("refusal", "kinds"),
    [
        pytest.param(RequestError("compose.yml:3: no"), {RequestError}, id="policy"),
        pytest.param(StartError("compose.yml: no"), {InconclusiveError, CandidateError}, id="unreadable"),
    ],
)
def test_what_is_refused_on_one_side_runs_on_none(
    refused: SideName, refusal: Exception, kinds: set[type[GateError]]
) -> None:
    sides = {
        name: FakeEnvironment(fails={"prepare": refusal} if name is refused else {}) for name in SideName
    }
    with pytest.raises(GateError, match=f"{refused}: compose") as error:
        bring_up(sides, {})
    assert type(error.value) in kinds
    assert all("restore" not in side.steps and "start" not in side.steps for side in sides.values())


def test_a_step_of_one_side_does_not_wait_for_the_other() -> None:
    together = Barrier(2, timeout=10)

    class Meeting(FakeEnvironment):
        def restore(self, payloads: Mapping[str, bytes]) -> None:
            together.wait()

    bring_up({name: Meeting() for name in SideName}, {})


def test_nothing_runs_before_the_slower_side_was_looked_at() -> None:
    steps: list[str] = []

    class Slow(FakeEnvironment):
        def prepare(self) -> None:
            time.sleep(0.05)
            super().prepare()

    bring_up({BASELINE: FakeEnvironment(steps=steps), CANDIDATE: Slow(steps=steps)}, {})
    assert steps[:2] == ["prepare", "prepare"]


def test_an_interrupt_stops_every_side() -> None:
    sides = {name: FakeEnvironment() for name in SideName}
    ready = Event()

    class Stuck(FakeEnvironment):
        def start(self) -> None:
            ready.set()
            assert released.wait(10)

        def stop(self) -> None:
            super().stop()
            released.set()

    released = Event()
    sides[CANDIDATE] = Stuck()
    Thread(target=lambda: (ready.wait(10), os.kill(os.getpid(), signal.SIGINT))).start()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job starts with none
    try:
        with pytest.raises(KeyboardInterrupt):
            bring_up(sides, {})
    finally:
        signal.signal(signal.SIGINT, before)
    assert all("stop" in side.steps for side in sides.values())


def test_a_bug_stays_one() -> None:
    with pytest.raises(ZeroDivisionError):
        bring_up({CANDIDATE: FakeEnvironment(fails={"restore": ZeroDivisionError()})}, {})
