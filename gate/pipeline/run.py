"""Bring two sides up, replay, observe, compare, judge. Joins the stages; none of them knows another."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from gate.compare import compare, compare_schema, one_sided
from gate.errors import CandidateError, InconclusiveError
from gate.judge import Judgement, judge, judge_scenario
from gate.model import (
    UNOWNED,
    Comparison,
    Observation,
    Recording,
    ScenarioResult,
    SideName,
    StateKind,
    Table,
    Verdict,
)
from gate.pipeline.job import Job, State
from gate.pipeline.live import run_live
from gate.pipeline.result import draw_result
from gate.pipeline.unowned import NOTHING, tables, tells, unowned
from gate.progress import Finished, Notice, PhaseStarted, Progress, ScenarioJudged


def run(job: Job, state: State) -> Iterator[Progress]:
    """Run a job to its end; the last thing it tells is the result. Whatever happens, live sides are stopped."""
    state.began = job.clock()
    yield from (Notice(says=says) for says in job.notices)
    try:
        if job.live:
            yield from run_live(job, state)
        yield from _judged(job, state)
    except (CandidateError, InconclusiveError) as error:
        verdict = Verdict.FAIL if isinstance(error, CandidateError) else Verdict.INCONCLUSIVE
        state.stopped = job.redactor.redact_text(str(error))
        state.judgement = Judgement(verdict, (state.stopped,))
        state.results = [_not_run(recording, state.stopped) for recording in job.scenarios.values()]
    yield Finished(result=draw_result(job, state))


def _judged(job: Job, state: State) -> Iterator[Progress]:
    """Compare and judge scenario by scenario."""
    began = job.clock()
    yield PhaseStarted(phase="compare", says="compare")
    recordings = job.scenarios
    known = {side: tables(job, state, side) for side in SideName}
    schema = _schema(job, known)
    others = unowned(job, state, anyway=schema is not None)
    if others:
        recordings[UNOWNED] = NOTHING
        for side in job.live:
            state.observations[side][UNOWNED] = others[side]
    for done, (name, recording) in enumerate(recordings.items(), start=1):
        sides = others if name == UNOWNED else _sides(job, state, name, recording)
        comparison = _compared(job, name, sides, known)
        if name == UNOWNED and schema is not None:
            comparison = schema if comparison is None else _together(schema, comparison)
        if comparison is not None:
            state.comparisons.append(comparison)
        result = judge_scenario(recording, comparison, sides[SideName.BASELINE], sides[SideName.CANDIDATE])
        state.results.append(result)
        yield ScenarioJudged(result=result, done=done, total=len(recordings))
    verdict, reasons = judge(state.results, state.died)
    state.judgement = Judgement(verdict, (*reasons, *_reservations(job, verdict)))
    state.phases["compare"] = round(job.clock() - began, 3)


def _reservations(job: Job, verdict: Verdict) -> Iterator[str]:
    """What a reader of the verdict could take for granted, and should not."""
    commits = {job.sides[side].commit for side in SideName}
    if len(commits) == 1 and (commit := commits.pop()):
        noise = (
            ", so it is not the change that differs; look for work in the background (settle.quiet) or chance"
        )
        yield (
            f"baseline and candidate are of the same commit, {commit[:12]}"
            f"{noise if verdict is Verdict.FAIL else ''}"
        )
    if job.live and all(store.kind == StateKind.REDIS for store in job.settings.stores):
        yield "rows were not compared: 'state' in gate.yml names no database"


def _schema(job: Job, known: Mapping[SideName, Mapping[str, Table]]) -> Comparison | None:
    """What differs in the tables; None where nothing does."""
    left, right = known[SideName.BASELINE], known[SideName.CANDIDATE]
    found = compare_schema(left, right, job.settings.compare, whole=len(job.live) == len(SideName))
    return found if found.differences or found.suppressed else None


def _together(schema: Comparison, effects: Comparison) -> Comparison:
    """Two comparisons of what belongs to no scenario as one."""
    rules = dict.fromkeys((*schema.suppressed, *effects.suppressed))
    return replace(
        effects,
        differences=schema.differences + effects.differences,
        equal=schema.equal + effects.equal,
        leaves=schema.leaves + effects.leaves,
        suppressed={rule: schema.suppressed.get(rule, 0) + effects.suppressed.get(rule, 0) for rule in rules},
    )


def _compared(
    job: Job,
    name: str,
    sides: Mapping[SideName, Observation],
    known: Mapping[SideName, Mapping[str, Table]],
) -> Comparison | None:
    """What differs; None where a recording says nothing of the effects that would be compared."""
    if name == UNOWNED and not all(tells(job, side) for side in SideName):
        return None
    left, right = sides[SideName.BASELINE].recording, sides[SideName.CANDIDATE].recording
    columns = one_sided(known[SideName.BASELINE], known[SideName.CANDIDATE])
    return compare(left, right, job.settings.compare, job.settings.observe.headers, columns)


def _sides(job: Job, state: State, scenario: str, recorded: Recording) -> dict[SideName, Observation]:
    return {side: _side(job, state, side, scenario, recorded) for side in SideName}


def _side(job: Job, state: State, side: SideName, scenario: str, recorded: Recording) -> Observation:
    """What is known of a side; of one that is not live, its recording."""
    if side in job.live:
        return state.observations[side][scenario]
    found = job.recorded[side].get(scenario)
    if found is None:
        problem = f"{side}: the recording lacks this scenario"
        return Observation(side=side, recording=recorded, problems=(problem,))
    problem = f"{side}: the recording holds requests only, no behaviour to compare"
    return Observation(side=side, recording=found, problems=() if found.header.channels else (problem,))


def _not_run(recording: Recording, why: str) -> ScenarioResult:
    nothing = Observation(side=SideName.BASELINE, recording=recording, problems=(why,))
    return judge_scenario(recording, None, nothing, replace(nothing, problems=()))
