"""A whole run over fakes: which evidence gives which verdict."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest

from gate.config import Observe, Redactor, Rows
from gate.errors import InconclusiveError
from gate.model import Event, Json, Recording, Result, Side, SideKind, SideName, Verdict
from gate.pipeline import State, run
from gate.ports import LiveSide, Played, PlayedCall, StartError
from gate.progress import Finished
from tests.fakes.events import recording, request
from tests.fakes.jobs import job
from tests.fakes.places import FakeEnvironment, FakeStore
from tests.fakes.playing import FakePlayback
from tests.fakes.sending import FakeSender

BASELINE, CANDIDATE = SideName.BASELINE, SideName.CANDIDATE
SAID: dict[str, Json] = {"status": 200, "headers": {}, "body": {"json": {"a": 1}}}
CALL = request(0, "POST", "/pay", host="bank.example", asked={"n": 1})


@dataclass
class Fake:
    """A side: what it answers, does, and what becomes of it."""

    said: Mapping[str, Json] = field(default_factory=lambda: SAID)
    rows: dict[str, list[dict[str, Json]]] = field(default_factory=lambda: {"notes": []})
    calls: tuple[PlayedCall, ...] = ()
    in_flight: int = 0
    environment: FakeEnvironment = field(default_factory=FakeEnvironment)

    def live(self, name: SideName) -> LiveSide:
        self.environment.holds = {"db": FakeStore(self.rows)}
        return LiveSide(
            side=Side(name=name, kind=SideKind.LIVE, ref="x"),
            environment=self.environment,
            sender=FakeSender(lambda _: (0.0, dict(self.said))),
            playback=FakePlayback(in_flights=[self.in_flight], calls=self.calls),
        )


def finished(
    baseline: Fake, candidate: Fake, recorded: Event | None = None, observe: Observe | None = None
) -> tuple[Result, State]:
    recordings: dict[str, Recording] = {"one": recording([recorded or request(0, said={"a": 1})])}
    sides = (baseline.live(BASELINE), candidate.live(CANDIDATE))
    state = State()
    *_, last = run(job(recordings, *sides, observe=observe, timeout=0.1), state)
    assert isinstance(last, Finished)
    for side in (baseline, candidate):
        assert side.environment.steps[-1] == "stop"
    return last.result, state


def played(how: Played, scenario: str | None = "one") -> tuple[PlayedCall, ...]:
    return (PlayedCall(scenario=scenario, how=how, event=CALL),)


OTHER: dict[str, Json] = {**SAID, "body": {"json": {"a": 2}}}
ERROR: dict[str, Json] = {"error": "ServerDisconnectedError"}


@pytest.mark.parametrize(
    ("baseline", "candidate", "verdict", "words"),
    [
        pytest.param({}, {}, Verdict.PASS, "identical", id="equal"),
        pytest.param({}, {"said": OTHER}, Verdict.FAIL, "differ", id="answer"),
        pytest.param({}, {"calls": played(Played.UNEXPECTED)}, Verdict.FAIL, "differ", id="unexpected call"),
        pytest.param(
            {"calls": played(Played.RECORDED)}, {}, Verdict.FAIL, "differ", id="a call that never came"
        ),
        pytest.param({"calls": played(Played.BEYOND)}, {}, Verdict.INCONCLUSIVE, "stale bundle", id="miss"),
        pytest.param(
            {"calls": played(Played.UNEXPECTED, None)},
            {"calls": played(Played.UNEXPECTED, None)},
            Verdict.INCONCLUSIVE,
            "stale bundle",
            id="miss before any scenario",
        ),
        pytest.param({"in_flight": 1}, {}, Verdict.INCONCLUSIVE, "did not settle", id="unsettled baseline"),
        pytest.param({}, {"in_flight": 1}, Verdict.INCONCLUSIVE, "did not settle", id="unsettled candidate"),
        pytest.param(
            {"environment": FakeEnvironment(dead="api: gone")},
            {},
            Verdict.INCONCLUSIVE,
            "gone",
            id="dead baseline",
        ),
        pytest.param(
            {},
            {"environment": FakeEnvironment(dead="api: gone")},
            Verdict.FAIL,
            "api: gone",
            id="dead candidate",
        ),
        pytest.param(
            {},
            {"environment": FakeEnvironment(fails={"start": StartError("x")})},
            Verdict.FAIL,
            "x",
            id="no start",
        ),
        pytest.param(
            {"environment": FakeEnvironment(fails={"restore": InconclusiveError("y")})},
            {"environment": FakeEnvironment(fails={"start": StartError("x")})},
            Verdict.INCONCLUSIVE,
            "y",
            id="neither starts",
        ),
        pytest.param(
            {"in_flight": 1}, {"said": OTHER}, Verdict.INCONCLUSIVE, "did not settle", id="findings too"
        ),
    ],
)
def test_verdict(
    baseline: dict[str, object], candidate: dict[str, object], verdict: Verdict, words: str
) -> None:
    result, _ = finished(Fake(**baseline), Fake(**candidate))  # type: ignore[arg-type]
    assert result.verdict is verdict, result.reasons
    assert words in " ".join(result.reasons)


def test_inconclusive_keeps_its_findings() -> None:
    result, state = finished(Fake(in_flight=1), Fake(said=OTHER))
    assert result.verdict is Verdict.INCONCLUSIVE and result.findings and state.stopped is None


@pytest.mark.parametrize(
    ("side", "verdict"), [(BASELINE, Verdict.INCONCLUSIVE), (CANDIDATE, Verdict.FAIL)], ids=str
)
def test_what_ended_a_moment_before_anyone_knows(side: SideName, verdict: Verdict) -> None:
    ended = FakeEnvironment(dead="api: ended with exit code 137", known_after=0.5)
    sides = {name: Fake() for name in SideName} | {side: Fake(said=ERROR, environment=ended)}
    result, _ = finished(sides[BASELINE], sides[CANDIDATE])
    assert result.verdict is verdict
    assert f"{side}: api: ended with exit code 137" in " ".join(result.reasons), result.reasons


def test_a_store_in_which_nothing_is_on_any_side_is_no_evidence() -> None:
    result, _ = finished(Fake(rows={}), Fake(rows={}))
    assert result.verdict is Verdict.INCONCLUSIVE and "store db: has no table" in result.reasons[0]
    result, _ = finished(Fake(rows={}), Fake())
    assert result.verdict is Verdict.FAIL, "the candidate made a table"


def test_what_a_recording_holds_is_not_missed_on_its_side() -> None:
    told = recording([request(0, said={"a": 1})])
    alone = job({"one": told}, Fake(rows={}, said=OTHER).live(CANDIDATE))
    state = State()
    *_, last = run(alone, state)
    assert isinstance(last, Finished) and last.result.findings and state.stopped is None


def test_what_goes_wrong_is_told_without_secrets() -> None:
    fails = FakeEnvironment(fails={"start": StartError("cannot pull hunter2-hunter2")})
    sides = (Fake(environment=fails).live(BASELINE), Fake().live(CANDIDATE))
    asked = replace(job({"one": recording([CALL])}, *sides), redactor=Redactor({"KEY": "hunter2-hunter2"}))
    state = State()
    *_, last = run(asked, state)
    assert isinstance(last, Finished) and state.stopped == "baseline: cannot pull [redacted:KEY]"
    assert "hunter2" not in repr(last.result)


def test_no_answer_to_what_was_never_recorded_is_no_evidence() -> None:
    by_hand = request(0, output=None)
    by_hand = Event(**{**{name: getattr(by_hand, name) for name in by_hand.__slots__}, "output": None})
    result, _ = finished(Fake(said=ERROR), Fake(said=ERROR), by_hand)
    assert result.verdict is Verdict.INCONCLUSIVE and "no answer to GET /" in result.reasons[0]


def test_a_table_that_only_the_baseline_has() -> None:
    observe = Observe(rows=(Rows(store="db", table="notes"),))
    result, state = finished(Fake(), Fake(rows={}), observe=observe)
    assert result.verdict is Verdict.FAIL and state.stopped and "no table notes" in state.stopped
    result, _ = finished(Fake(rows={}), Fake(rows={}), observe=observe)
    assert result.verdict is Verdict.INCONCLUSIVE


def test_what_a_reader_could_take_for_granted_is_said() -> None:
    sides = (Fake().live(BASELINE), Fake().live(CANDIDATE))
    plain = job({"one": recording([request(0, said={"a": 1})])}, *sides)
    of_one_commit = {name: replace(side, commit="c" * 40) for name, side in plain.sides.items()}
    blind = replace(plain, sides=of_one_commit, settings=replace(plain.settings, stores=()))
    *_, last = run(blind, State())
    assert isinstance(last, Finished) and last.result.reasons == (
        "all 1 scenarios are identical",
        "baseline and candidate are of the same commit, cccccccccccc",
        "rows were not compared: 'state' in gate.yml names no database",
    )
    assert finished(Fake(), Fake())[0].reasons == ("all 1 scenarios are identical",)
    noisy = job(
        {"one": recording([request(0, said={"a": 1})])},
        Fake().live(BASELINE),
        Fake(said=OTHER).live(CANDIDATE),
    )
    *_, last = run(replace(noisy, sides=of_one_commit), State())
    assert isinstance(last, Finished) and last.result.verdict is Verdict.FAIL
    assert (
        "cccccccccccc, so it is not the change that differs; look for work in the background"
        in last.result.reasons[1]
    )
