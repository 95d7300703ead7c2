"""Verdicts: never green on missing evidence."""

from dataclasses import replace

import pytest

from gate.judge import judge, judge_scenario
from gate.model import (
    Channel,
    Comparison,
    Difference,
    Event,
    Header,
    Kind,
    Observation,
    Recording,
    ScenarioResult,
    ScenarioVerdict,
    SideName,
    Verdict,
)

STIMULUS = Event(
    seq=0,
    channel=Channel.REQUEST,
    operation="GET /v1/x",
    inputs={"method": "GET", "path": "/v1/x"},
    output={"status": 200},
    started_at=1,
)
RECORDING = Recording(
    header=Header(scenario="one", says="says", tags=("core",), channels=(Channel.REQUEST,)),
    events=(STIMULUS,),
)
BASELINE = Observation(side=SideName.BASELINE, recording=RECORDING)
CANDIDATE = Observation(side=SideName.CANDIDATE, recording=RECORDING)
SAME = Comparison(scenario="one", differences=(), equal=4, leaves=4, renamed=0)
DIFFERENCE = Difference(
    channel=Channel.REQUEST,
    kind=Kind.CHANGED,
    operation="GET /v1/x",
    path="$.body",
    baseline=1,
    candidate=2,
    event={"baseline": "request#0", "candidate": "request#0"},
)
OTHER = replace(SAME, differences=(DIFFERENCE,), equal=3)
UNANSWERED = replace(RECORDING, events=(replace(STIMULUS, output=None),))


def test_identical_and_different() -> None:
    same = judge_scenario(RECORDING, SAME, BASELINE, CANDIDATE)
    assert (same.verdict, same.similarity, same.stimuli, same.tags) == (
        ScenarioVerdict.IDENTICAL,
        1.0,
        1,
        ("core",),
    )
    other = judge_scenario(RECORDING, OTHER, BASELINE, CANDIDATE)
    assert (other.verdict, other.similarity, other.differences) == (
        ScenarioVerdict.DIFFERENT,
        0.75,
        (DIFFERENCE,),
    )


@pytest.mark.parametrize(
    ("comparison", "baseline", "candidate"),
    [
        (None, BASELINE, CANDIDATE),
        (SAME, replace(BASELINE, problems=("did not settle",)), CANDIDATE),
        (SAME, BASELINE, replace(CANDIDATE, problems=("collector failed",))),
        (OTHER, BASELINE, replace(CANDIDATE, problems=("collector failed",))),
        (replace(SAME, equal=0, leaves=0), BASELINE, CANDIDATE),
        (SAME, replace(BASELINE, recording=UNANSWERED), CANDIDATE),
        (SAME, BASELINE, replace(CANDIDATE, recording=UNANSWERED)),
    ],
    ids=[
        "not-compared",
        "baseline",
        "candidate",
        "differs-too",
        "nothing-compared",
        "no-answer",
        "no-answer-now",
    ],
)
def test_without_evidence_a_scenario_was_not_run(
    comparison: Comparison | None, baseline: Observation, candidate: Observation
) -> None:
    result = judge_scenario(RECORDING, comparison, baseline, candidate)
    assert (result.verdict, result.similarity) == (ScenarioVerdict.NOT_RUN, None)
    assert result.problems
    assert judge([result]).verdict is Verdict.INCONCLUSIVE
    if comparison is not None:
        assert result.differences == comparison.differences, "what was seen stays visible"


def scenario(verdict: ScenarioVerdict, name: str = "one") -> ScenarioResult:
    problems = ("broke",) if verdict is ScenarioVerdict.NOT_RUN else ()
    return ScenarioResult(name=name, says="", verdict=verdict, similarity=None, stimuli=1, problems=problems)


GOOD, BAD, NONE = (
    scenario(verdict, name)
    for name, verdict in (
        ("good", ScenarioVerdict.IDENTICAL),
        ("bad", ScenarioVerdict.DIFFERENT),
        ("none", ScenarioVerdict.NOT_RUN),
    )
)


@pytest.mark.parametrize(
    ("scenarios", "died", "verdict", "reasons"),
    [
        ([], None, Verdict.INCONCLUSIVE, ("no scenario was replayed",)),
        ([GOOD], None, Verdict.PASS, ("all 1 scenarios are identical",)),
        ([GOOD, BAD], None, Verdict.FAIL, ("1 of 2 scenarios differ: bad",)),
        ([GOOD, NONE], None, Verdict.INCONCLUSIVE, ("none: broke",)),
        ([BAD, NONE], None, Verdict.INCONCLUSIVE, ("none: broke", "1 of 2 scenarios differ: bad")),
        ([GOOD], "api ended", Verdict.FAIL, ("candidate: api ended",)),
        ([NONE], "api ended", Verdict.INCONCLUSIVE, ("none: broke", "candidate: api ended")),
    ],
    ids=["nothing", "good", "bad", "missing", "bad-and-missing", "died", "died-and-missing"],
)
def test_the_verdict_of_a_run(
    scenarios: list[ScenarioResult], died: str | None, verdict: Verdict, reasons: tuple[str, ...]
) -> None:
    assert judge(scenarios, died) == (verdict, reasons)


@pytest.mark.parametrize(("channel", "where"), [(Channel.ROW, "observe"), (Channel.CACHE, "state")])
def test_what_only_the_baseline_collected_is_missing_evidence(channel: Channel, where: str) -> None:
    more = replace(RECORDING, header=replace(RECORDING.header, channels=(Channel.REQUEST, channel)))
    lost = judge_scenario(RECORDING, SAME, replace(BASELINE, recording=more), CANDIDATE)
    assert lost.verdict is ScenarioVerdict.NOT_RUN
    assert lost.problems == (
        f"candidate: its {channel}s were not collected, the baseline's were; check '{where}' in gate.yml",
    )


def test_what_only_the_candidate_collected_is_said_beside_the_verdict() -> None:
    channels = (Channel.REQUEST, Channel.ROW, Channel.LOG)
    more = replace(RECORDING, header=replace(RECORDING.header, channels=channels))
    found = judge_scenario(RECORDING, SAME, BASELINE, replace(CANDIDATE, recording=more))
    assert (found.verdict, found.uncompared) == (ScenarioVerdict.IDENTICAL, (Channel.ROW,))
    both = judge_scenario(RECORDING, SAME, BASELINE, CANDIDATE)
    judged = judge([found, both])
    assert judged.verdict is Verdict.PASS
    assert judged.reasons[1:] == (
        "rows were not compared in 1 of 2 scenarios: the baseline's recording does not hold them",
    )
