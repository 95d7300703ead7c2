"""From differences and gaps in the evidence to a verdict; never green on missing evidence."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gate.model import (
    NOBODYS,
    UNOWNED,
    Channel,
    Comparison,
    Observation,
    Recording,
    ScenarioResult,
    ScenarioVerdict,
    Verdict,
)


def judge_scenario(
    recording: Recording, comparison: Comparison | None, baseline: Observation, candidate: Observation
) -> ScenarioResult:
    """The verdict of one scenario; a problem on the baseline means that there is nothing to compare with."""
    problems = baseline.problems + candidate.problems + _gaps(comparison, baseline, candidate)
    header = recording.header
    if problems or comparison is None:
        return ScenarioResult(
            name=header.scenario,
            says=header.says,
            tags=header.tags,
            verdict=ScenarioVerdict.NOT_RUN,
            similarity=None,
            stimuli=len(recording.stimuli),
            differences=comparison.differences if comparison else (),
            problems=problems or ("was not replayed",),
        )
    different = bool(comparison.differences)
    uncompared = _collected(candidate) - _collected(baseline)
    return ScenarioResult(
        name=header.scenario,
        says=header.says,
        tags=header.tags,
        verdict=ScenarioVerdict.DIFFERENT if different else ScenarioVerdict.IDENTICAL,
        similarity=comparison.equal / comparison.leaves if different and comparison.leaves else 1.0,
        stimuli=len(recording.stimuli),
        differences=comparison.differences,
        uncompared=tuple(channel for channel in Channel if channel in uncompared),
    )


def _collected(side: Observation) -> set[Channel]:
    """The channels that are evidence."""
    return set(side.recording.header.channels) - {Channel.LOG}


def _gaps(comparison: Comparison | None, baseline: Observation, candidate: Observation) -> tuple[str, ...]:
    """Evidence that is not there although nothing went wrong: equal silence is no proof."""
    found = [
        f"{side.side}: {event.operation} has no answer"
        for side in (baseline, candidate)
        for event in side.recording.stimuli
        if event.output is None and Channel.REQUEST in side.recording.header.channels
    ]
    lost = _collected(baseline) - _collected(candidate)
    found += [
        f"candidate: its {channel}s were not collected, the baseline's were; check "
        f"'{'state' if channel is Channel.CACHE else 'observe'}' in gate.yml"
        for channel in sorted(lost)
    ]
    if comparison is not None and not comparison.leaves:
        found.append("nothing was compared: no event stands on a channel that both sides collected")
    return tuple(dict.fromkeys(found))


class Judgement(NamedTuple):
    """The verdict of the run, and why."""

    verdict: Verdict
    reasons: tuple[str, ...]


def judge(scenarios: Sequence[ScenarioResult], died: str | None = None) -> Judgement:
    """``fail`` where behaviour differs, ``inconclusive`` where evidence is missing; missing evidence goes first.

    A run with both says both, and is inconclusive: half a judgement must not be read as a whole one. ``died`` says
    which service of the candidate ended while the baseline's went on, which is a difference by itself.
    """
    if not scenarios:
        return Judgement(Verdict.INCONCLUSIVE, ("no scenario was replayed",))
    reasons = [f"{one.name}: {problem}" for one in scenarios for problem in one.problems]
    different = [one.name for one in scenarios if one.verdict is ScenarioVerdict.DIFFERENT]
    if died:
        reasons.append(f"candidate: {died}")
    total = sum(one.name != UNOWNED for one in scenarios)
    if named := [name for name in different if name != UNOWNED]:
        reasons.append(f"{len(named)} of {total} scenarios differ: {', '.join(named)}")
    if UNOWNED in different:
        reasons.append(f"{NOBODYS.says} differs: {UNOWNED}")
    reasons += _uncompared(scenarios)
    if any(one.verdict is ScenarioVerdict.NOT_RUN for one in scenarios):
        return Judgement(Verdict.INCONCLUSIVE, tuple(reasons))
    if different or died:
        return Judgement(Verdict.FAIL, tuple(reasons))
    return Judgement(Verdict.PASS, (f"all {total} scenarios are identical", *reasons))


def _uncompared(scenarios: Sequence[ScenarioResult]) -> Iterator[str]:
    """What no comparison covers, since the baseline's recording does not hold it."""
    for channel in Channel:
        count = sum(channel in one.uncompared for one in scenarios)
        if count:
            where = "any scenario" if count == len(scenarios) else f"{count} of {len(scenarios)} scenarios"
            yield f"{channel}s were not compared in {where}: the baseline's recording does not hold them"
