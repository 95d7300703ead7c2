"""Bring two sides up, replay, observe, compare, judge. Joins the stages; none of them knows another."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any, TypeVar

from gate.compare import compare
from gate.errors import CandidateError, InconclusiveError
from gate.judge import Judgement, judge, judge_scenario, stale
from gate.model import Channel, Event, Header, Observation, Recording, ScenarioResult, SideName, Verdict
from gate.observe import Evidence, Observed, Snapshot, observe, snapshots
from gate.pipeline.job import Job, State
from gate.pipeline.result import draw_result
from gate.ports import LiveSide, PlayedCall, Store
from gate.progress import Finished, PhaseStarted, Progress, ScenarioJudged, ScenarioSent
from gate.provision import bring_up, settle, warm_up
from gate.replay import replay

T = TypeVar("T")
UNOWNED = "effects-of-no-scenario"
"""The name under which rows and calls are compared that nothing ties to one scenario."""


def run(job: Job, state: State) -> Iterator[Progress]:
    """Run a job to its end; the last thing it tells is the result. Whatever happens, live sides are stopped."""
    state.began = job.clock()
    try:
        if job.live:
            yield from _run_live(job, state)
        yield from _judged(job, state)
    except (CandidateError, InconclusiveError) as error:
        verdict = Verdict.FAIL if isinstance(error, CandidateError) else Verdict.INCONCLUSIVE
        state.judgement = Judgement(verdict, (str(error),))
        state.results = [_not_run(recording, str(error)) for recording in job.recordings.values()]
    yield Finished(result=draw_result(job, state))


def _run_live(job: Job, state: State) -> Iterator[Progress]:
    with asyncio.Runner() as runner:
        try:
            yield from _live(job, state, runner)
        finally:
            for side in job.live.values():
                side.environment.stop()
                runner.run(_close(side))


async def _close(side: LiveSide) -> None:
    await side.sender.close()
    await side.playback.close()


def _live(job: Job, state: State, runner: asyncio.Runner) -> Iterator[Progress]:
    """Replay every scenario against the live sides and collect what they did."""
    timed = _timer(job, state)
    yield PhaseStarted(phase="provision", says="bring the sides up")
    bring_up({name: side.environment for name, side in job.live.items()}, job.payloads)
    runner.run(_each(job, lambda side: warm_up(side.sender, job.settings.warmup)))
    stores = {name: side.environment.stores() for name, side in job.live.items()}
    before = {name: snapshots(stores[name], job.settings) for name in job.live}
    timed("provision")
    yield PhaseStarted(phase="replay", says=f"replay {len(job.recordings)} scenarios")
    answers: dict[SideName, dict[str, Sequence[Event]]] = {name: {} for name in job.live}
    for done, (name, recording) in enumerate(job.recordings.items(), start=1):
        for side_name, events in runner.run(_each(job, _replayed(job, recording))).items():
            answers[side_name][name] = events
        yield ScenarioSent(scenario=name, done=done, total=len(job.recordings))
    timed("replay")
    yield PhaseStarted(phase="settle", says="wait until both sides have finished")
    unsettled = runner.run(_each(job, lambda side: _settle(job, side, stores[side.side.name])))
    calls = runner.run(_each(job, lambda side: side.playback.collect()))
    timed("settle")
    yield PhaseStarted(phase="observe", says="read what they left")
    for side_name, side in job.live.items():
        with closing(_Closing(stores[side_name])):
            observed = _observed(
                job, side, answers[side_name], calls[side_name], before[side_name], stores[side_name]
            )
        problem = unsettled[side_name]
        died = side.environment.alive()
        if side_name is SideName.BASELINE and died:
            problem = died
        elif died:
            state.died = died
        state.observations[side_name] = _observations(job, side_name, observed, calls[side_name], problem)
    timed("observe")


async def _each(job: Job, work: Callable[[LiveSide], Coroutine[Any, Any, T]]) -> dict[SideName, T]:
    """Do the same on all live sides at once."""
    results = await asyncio.gather(*(work(side) for side in job.live.values()))
    return dict(zip(job.live, results, strict=True))


def _replayed(job: Job, recording: Recording) -> Callable[[LiveSide], Coroutine[Any, Any, Sequence[Event]]]:
    return lambda side: replay(recording, side.sender, side.playback, job.settings.stimuli)


async def _settle(job: Job, side: LiveSide, stores: Mapping[str, Store]) -> str | None:
    rules = job.settings.settle
    return await settle(side.playback, stores, side.environment, job.settings.observe.messages, rules)


def _observed(
    job: Job,
    side: LiveSide,
    answers: Mapping[str, Sequence[Event]],
    calls: Sequence[PlayedCall],
    before: Mapping[str, Snapshot],
    stores: Mapping[str, Store],
) -> Observed:
    evidence = Evidence(
        answers=answers,
        calls=calls,
        before=before,
        after=snapshots(stores, job.settings),
        logs=side.environment.logs(),
    )
    headers = {name: recording.header for name, recording in job.recordings.items()}
    return observe(headers, evidence, job.settings)


def _observations(
    job: Job, side: SideName, observed: Observed, calls: Sequence[PlayedCall], problem: str | None
) -> dict[str, Observation]:
    found = {}
    for name, recording in observed.recordings.items():
        problems = [f"{side}: {problem}"] if problem else []
        if side is SideName.BASELINE:
            problems += stale(
                job.recordings[name], recording, [call for call in calls if call.scenario == name]
            )
        found[name] = Observation(side=side, recording=recording, problems=tuple(problems))
    if observed.unowned:
        one = next(iter(observed.recordings.values()))
        header = replace(one.header, scenario=UNOWNED, says="what nothing ties to one scenario", tags=())
        found[UNOWNED] = Observation(side=side, recording=Recording(header=header, events=observed.unowned))
    return found


def _judged(job: Job, state: State) -> Iterator[Progress]:
    """Compare and judge scenario by scenario."""
    timed = _timer(job, state)
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
    timed("compare")


def _side(job: Job, state: State, side: SideName, scenario: str, recorded: Recording) -> Observation:
    """What is known of a side; of one that is not live, its recording."""
    if side in job.live:
        return state.observations[side].get(scenario) or Observation(side=side, recording=recorded)
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


def _timer(job: Job, state: State) -> Callable[[str], None]:
    last = [job.clock()]

    def note(phase: str) -> None:
        now = job.clock()
        state.phases[phase] = round(now - last[0], 3)
        last[0] = now

    return note


class _Closing:
    """Closes whatever stores can be closed."""

    def __init__(self, stores: Mapping[str, Store]) -> None:
        self._stores = stores

    def close(self) -> None:
        for store in self._stores.values():
            store.close()
