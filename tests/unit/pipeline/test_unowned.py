"""Effects that belong to no scenario: compared where both sides can say which there were, else said."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from gate.config import Observe, Rows, Settings, Stimuli
from gate.model import (
    UNOWNED,
    Channel,
    Header,
    Json,
    Recording,
    Result,
    ScenarioVerdict,
    Side,
    SideKind,
    SideName,
    Verdict,
)
from gate.pipeline import Job, State, run
from gate.ports import LiveSide, Played, PlayedCall, Request
from gate.progress import Finished, ScenarioSent
from gate.report.words import sentence, tally
from tests.fakes.events import recording, request
from tests.fakes.jobs import job
from tests.fakes.places import FakeEnvironment, FakeStore
from tests.fakes.playing import FakePlayback
from tests.fakes.sending import FakeSender

BASELINE, CANDIDATE = SideName.BASELINE, SideName.CANDIDATE
BEAT: dict[str, Json] = {"id": "tick", "n": 1}
CALL = PlayedCall(
    scenario=None,
    how=Played.RECORDED,
    event=request(0, "POST", "/pay/7", host="bank.example", asked={"n": 1}),
)
ONE = recording([request(0, said={"a": 1})])
ALL = (Channel.REQUEST, Channel.CALL, Channel.LOG, Channel.ROW)


def live(name: SideName, *beats: dict[str, Json], calls: tuple[PlayedCall, ...] = ()) -> LiveSide:
    """A side that writes these rows while it answers."""
    tables: dict[str, list[dict[str, Json]]] = {"beats": [], "notes": []}

    def answer(_: Request) -> tuple[float, dict[str, Json]]:
        tables["beats"] = [*beats]
        return 0.0, {"status": 200, "headers": {}, "body": {"json": {"a": 1}}}

    return LiveSide(
        side=Side(name=name, kind=SideKind.LIVE, ref="x"),
        environment=FakeEnvironment(holds={"db": FakeStore(tables)}),
        sender=FakeSender(answer),
        playback=FakePlayback(calls=calls),
    )


def finished(
    *sides: LiveSide, recorded: Mapping[str, Recording] | None = None, observe: Observe | None = None
) -> tuple[Result, State, int]:
    """Run these live sides; a side that is not among them is the recording."""
    recordings = dict(recorded or {"one": recording([request(0, said={"a": 1})])})
    state = State()
    told = list(run(job(recordings, *sides, observe=observe), state))
    assert isinstance(told[-1], Finished)
    return told[-1].result, state, sum(isinstance(one, ScenarioSent) for one in told)


def recorded(*channels: Channel, other: LiveSide | None = None) -> dict[str, Recording]:
    """A recording that collected these channels; with the effects of no scenario that ``other`` has."""
    found = {"one": Recording(header=Header(scenario="one", channels=channels), events=ONE.events)}
    if other is not None:
        _, state, _ = finished(live(BASELINE, BEAT), other)
        found[UNOWNED] = state.observations[CANDIDATE][UNOWNED].recording
    return found


def test_between_two_live_sides_they_are_compared() -> None:
    same, state, _ = finished(live(BASELINE, BEAT), live(CANDIDATE, BEAT))
    assert same.verdict is Verdict.PASS, same.reasons
    assert [one.name for one in same.scenarios] == ["one", UNOWNED]
    assert all(UNOWNED in found for found in state.observations.values())
    other, _, _ = finished(live(BASELINE, BEAT), live(CANDIDATE, {**BEAT, "n": 2}))
    assert other.verdict is Verdict.FAIL and other.scenarios[1].differences[0].operation == "beats"


@pytest.mark.parametrize(
    ("baseline", "candidate", "kind"), [((), (BEAT,), "extra"), ((BEAT,), (), "missing")], ids=str
)
def test_what_only_one_live_side_did_is_a_difference(
    baseline: tuple[dict[str, Json], ...], candidate: tuple[dict[str, Json], ...], kind: str
) -> None:
    result, _, _ = finished(live(BASELINE, *baseline), live(CANDIDATE, *candidate))
    assert result.verdict is Verdict.FAIL, result.reasons
    (difference,) = result.scenarios[1].differences
    assert (difference.kind, difference.operation) == (kind, "beats")


def test_where_there_are_none_nothing_is_said_of_them() -> None:
    for sides in ([live(BASELINE), live(CANDIDATE)], [live(CANDIDATE)]):
        result, state, _ = finished(*sides, recorded=recorded(*ALL))
        assert result.verdict is Verdict.PASS, result.reasons
        assert [one.name for one in result.scenarios] == ["one"]
        assert not any(UNOWNED in found for found in state.observations.values())


def test_a_recording_that_does_not_tell_is_no_evidence() -> None:
    side = live(CANDIDATE, BEAT, calls=(CALL,))
    result, state, _ = finished(side, recorded=recorded(*ALL))
    assert result.verdict is Verdict.INCONCLUSIVE and not result.findings
    one, other = result.scenarios
    assert one.verdict is ScenarioVerdict.IDENTICAL
    assert (other.verdict, other.differences) == (ScenarioVerdict.NOT_RUN, ())
    assert other.problems == (
        "candidate: 2 effects (rows in beats; calls of POST bank.example/pay/{id}) belong to no scenario, and the "
        "recording of the baseline does not say whether that is right; 'observe.rows' in gate.yml can leave a "
        "table out",
    )
    assert UNOWNED in state.observations[CANDIDATE]


def test_a_table_that_is_left_out_leaves_nothing_to_say() -> None:
    observe = Observe(rows=(Rows(store="db", table="notes"),))
    result, _, _ = finished(live(CANDIDATE, BEAT), recorded=recorded(*ALL), observe=observe)
    assert result.verdict is Verdict.PASS, result.reasons


def test_rows_do_not_matter_where_the_recording_holds_none_at_all() -> None:
    answers = recorded(Channel.REQUEST, Channel.CALL)
    result, _, _ = finished(live(CANDIDATE, BEAT), recorded=answers)
    assert result.verdict is Verdict.PASS, result.reasons
    result, _, _ = finished(live(CANDIDATE, BEAT, calls=(CALL,)), recorded=answers)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "1 effect (calls of POST bank.example/pay/{id}) belongs to no scenario" in result.reasons[0]
    assert "observe.rows" not in result.reasons[0]


@pytest.mark.parametrize(
    ("told", "beats", "verdict"),
    [
        pytest.param((BEAT,), (BEAT,), Verdict.PASS, id="equal"),
        pytest.param((BEAT,), (), Verdict.FAIL, id="missing"),
        pytest.param((), (BEAT,), Verdict.FAIL, id="extra"),
    ],
)
def test_a_recording_that_tells_is_compared(
    told: tuple[dict[str, Json], ...], beats: tuple[dict[str, Json], ...], verdict: Verdict
) -> None:
    bundle = recorded(*ALL, other=live(CANDIDATE, *told))
    result, _, sent = finished(live(CANDIDATE, *beats), recorded=bundle)
    assert result.verdict is verdict, result.reasons
    assert sent == 1  # they are no scenario that could be replayed
    result, _, _ = finished(live(BASELINE), live(CANDIDATE), recorded=bundle)
    assert [one.name for one in result.scenarios] == ["one"]


def test_of_two_recordings_both_must_tell() -> None:
    bundle = recorded(*ALL, other=live(CANDIDATE, BEAT))
    plain = {"one": bundle["one"]}
    for left, right, verdict in [
        (bundle, bundle, Verdict.PASS),
        (plain, bundle, Verdict.INCONCLUSIVE),
        (bundle, plain, Verdict.INCONCLUSIVE),
        (plain, plain, Verdict.PASS),
    ]:
        compared = Job(
            run_id="r",
            command=(),
            settings=Settings(root=Path(), service="s", services={}, stimuli=Stimuli(to=""), bundles=()),
            recordings={**right, **left},
            bundles=[],
            payloads={},
            sides={name: Side(name=name, kind=SideKind.RECORDED, ref="x") for name in SideName},
            live={},
            recorded={BASELINE: left, CANDIDATE: right},
            clock=lambda: 0.0,
        )
        *_, last = run(compared, State())
        assert isinstance(last, Finished)
        assert last.result.verdict is verdict, last.result.reasons


def test_effects_of_no_scenario_are_not_counted_as_one() -> None:
    same, _, _ = finished(live(BASELINE, BEAT), live(CANDIDATE, BEAT))
    assert sentence(same) == "Pass: the scenario behaves as on the baseline."
    assert tally(same) == "1 scenario: 0 different, 1 identical, 0 not run"
    other, _, _ = finished(live(BASELINE, BEAT), live(CANDIDATE, {**BEAT, "n": 2}))
    assert sentence(other) == "Fail: 1 finding in what belongs to no single scenario."
    assert other.reasons == (f"what belongs to no single scenario differs: {UNOWNED}",)
    assert tally(other) == "1 scenario: 0 different, 1 identical, 0 not run"
