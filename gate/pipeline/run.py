"""Bring two sides up, replay, observe, compare, judge. Joins the stages; none of them knows another."""

from collections.abc import Iterator
from dataclasses import replace

from gate.compare import compare
from gate.errors import CandidateError, InconclusiveError
from gate.judge import Judgement, judge, judge_scenario
from gate.model import Channel, Header, Observation, Recording, ScenarioResult, SideName, Verdict
from gate.pipeline.job import Job, State
from gate.pipeline.live import UNOWNED, run_live
from gate.pipeline.result import draw_result
from gate.progress import Finished, PhaseStarted, Progress, ScenarioJudged


def run(job: Job, state: State) -> Iterator[Progress]:
    """Run a job to its end; the last thing it tells is the result. Whatever happens, live sides are stopped."""
    state.began = job.clock()
    try:
        if job.live:
            yield from run_live(job, state)
        yield from _judged(job, state)
    except (CandidateError, InconclusiveError) as error:
        verdict = Verdict.FAIL if isinstance(error, CandidateError) else Verdict.INCONCLUSIVE
        state.stopped = str(error)
        state.judgement = Judgement(verdict, (state.stopped,))
        state.results = [_not_run(recording, str(error)) for recording in job.recordings.values()]
    yield Finished(result=draw_result(job, state))


def _judged(job: Job, state: State) -> Iterator[Progress]:
    """Compare and judge scenario by scenario."""
    began = job.clock()
    yield PhaseStarted(phase="compare", says="compare")
    recordings = dict(job.recordings)
    if any(UNOWNED in side for side in state.observations.values()):
        empty = Header(scenario=UNOWNED, says="what nothing ties to one scenario", channels=tuple(Channel))
        recordings[UNOWNED] = Recording(header=empty, events=())
    for done, (name, recording) in enumerate(recordings.items(), start=1):
        left = _side(job, state, SideName.BASELINE, name, recording)
        right = _side(job, state, SideName.CANDIDATE, name, recording)
        comparison = compare(
            left.recording, right.recording, job.settings.compare, job.settings.observe.headers
        )
        result = judge_scenario(recording, comparison, left, right)
        state.comparisons.append(comparison)
        state.results.append(result)
        yield ScenarioJudged(result=result, done=done, total=len(recordings))
    state.judgement = judge(state.results, state.died)
    state.phases["compare"] = round(job.clock() - began, 3)


def _side(job: Job, state: State, side: SideName, scenario: str, recorded: Recording) -> Observation:
    """What is known of a side; of one that is not live, its recording."""
    if side in job.live:
        if scenario == UNOWNED:
            return state.observations[side].get(UNOWNED) or Observation(side=side, recording=recorded)
        return state.observations[side][scenario]
    found = job.recorded[side].get(scenario)
    if found is None and scenario != UNOWNED:
        return Observation(
            side=side, recording=recorded, problems=(f"{side}: the recording lacks this scenario",)
        )
    known = found or recorded
    problem = f"{side}: the recording holds requests only, no behaviour to compare"
    return Observation(side=side, recording=known, problems=() if known.header.channels else (problem,))


def _not_run(recording: Recording, why: str) -> ScenarioResult:
    nothing = Observation(side=SideName.BASELINE, recording=recording, problems=(why,))
    return judge_scenario(recording, None, nothing, replace(nothing, problems=()))
