"""The live half of a run: bring the sides up, replay every scenario on both, read what they left."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from gate.errors import CandidateError, InconclusiveError
from gate.judge import stale
from gate.model import Event, Observation, Recording, SideName
from gate.observe import Evidence, Observed, Snapshot, observe, snapshots, unseen
from gate.pipeline.job import Job, State
from gate.pipeline.unowned import NOTHING
from gate.ports import LiveSide, PlayedCall, Store
from gate.progress import PhaseStarted, Progress, ScenarioSent
from gate.provision import bring_up, settle, warm_up
from gate.replay import replay

T = TypeVar("T")
Stores = Mapping[SideName, Mapping[str, Store]]


AT_THE_END = 0.2
"""Seconds without a commit or a call after the last scenario, at the least."""
_LOOKS, _BETWEEN = 20, 0.1
"""How often, and how many seconds apart, it is asked why there was no answer."""


def run_live(job: Job, state: State) -> Iterator[Progress]:
    """Everything that needs the sides up. Whatever happens, they are stopped."""
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        loop.set_exception_handler(_told)
        try:
            yield from _up_and_down(job, state, runner)
        except (KeyboardInterrupt, GeneratorExit):
            loop.set_exception_handler(lambda *_: None)
            raise
        finally:
            with ThreadPoolExecutor(max_workers=max(len(job.live), 1)) as pool:
                stopped = [pool.submit(side.environment.stop) for side in job.live.values()]
            for one in stopped:
                one.result()
            runner.run(_let_go(job.live.values()))


def _told(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A signal ends whichever task is at work; that it did is told once, by whoever handles it."""
    if not isinstance(context.get("exception"), KeyboardInterrupt):
        loop.default_exception_handler(context)


async def _let_go(sides: Iterable[LiveSide]) -> None:
    """End what an interruption left half done, without a word, then the connections."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    for side in sides:
        await side.sender.close()
        await side.playback.close()


def _up_and_down(job: Job, state: State, runner: asyncio.Runner) -> Iterator[Progress]:
    last = job.clock()

    def timed(phase: str) -> None:
        nonlocal last
        now = job.clock()
        state.phases[phase], last = round(now - last, 3), now

    yield PhaseStarted(phase="provision", says="bring the sides up")
    bring_up({name: side.environment for name, side in job.live.items()}, job.payloads)
    runner.run(_each(job, lambda side: warm_up(side.sender, job.settings.warmup)))
    stores = {name: side.environment.stores() for name, side in job.live.items()}
    with ExitStack() as opened:
        for store in (store for found in stores.values() for store in found.values()):
            opened.callback(store.close)
        before = _before(job, stores)
        state.tables = {
            name: {table: known for shot in found.values() for table, known in shot.tables.items()}
            for name, found in before.items()
        }
        state.facts = {name: side.environment.facts() for name, side in job.live.items()}
        timed("provision")
        answers: dict[SideName, dict[str, Sequence[Event]]] = {name: {} for name in job.live}
        yield from _replay_all(job, state, runner, stores, answers)
        timed("replay")
        yield PhaseStarted(phase="settle", says="wait until both sides have finished")
        runner.run(_each(job, partial(_settle, job, state, stores, None)))
        calls = runner.run(_each(job, lambda side: side.playback.collect()))
        timed("settle")
        yield PhaseStarted(phase="observe", says="read what they left")
        _observe_all(job, state, runner, stores, before, answers, calls)
        timed("observe")


def _replay_all(
    job: Job,
    state: State,
    runner: asyncio.Runner,
    stores: Stores,
    answers: Mapping[SideName, dict[str, Sequence[Event]]],
) -> Iterator[Progress]:
    total = len(job.scenarios)
    yield PhaseStarted(phase="replay", says=f"replay {total} scenarios")
    for done, name in enumerate(job.scenarios, start=1):
        work = partial(_replayed, job, state, stores, name, done == total)
        for side, events in runner.run(_each(job, work)).items():
            answers[side][name] = events
        yield ScenarioSent(scenario=name, done=done, total=total)


async def _each(job: Job, work: Callable[[LiveSide], Coroutine[Any, Any, T]]) -> dict[SideName, T]:
    """Do the same on all live sides at once."""
    results = await asyncio.gather(*(work(side) for side in job.live.values()))
    return dict(zip(job.live, results, strict=True))


async def _replayed(
    job: Job, state: State, stores: Stores, scenario: str, last: bool, side: LiveSide
) -> Sequence[Event]:
    """The answers to a scenario, which the side has finished with; the last is left to the end of the run."""
    answers = await replay(job.scenarios[scenario], side.sender, side.playback, job.settings.stimuli)
    if not last:
        await _settle(job, state, stores, scenario, side)
    return answers


async def _settle(job: Job, state: State, stores: Stores, scenario: str | None, side: LiveSide) -> None:
    """Wait until a scenario has ended, or, where none is named, all have.

    After the last it is waited longer, since nobody would see what begins after that.
    """
    name, rules = side.side.name, job.settings.settle
    found = state.unsettled.setdefault(name, {})
    if scenario is None:
        rules = replace(rules, quiet=max(rules.quiet, min(AT_THE_END, rules.timeout / 2)))
    elif found:
        return  # once is enough to know, and each wait takes its whole time
    try:
        problem = await settle(
            side.playback,
            stores[name],
            side.environment,
            job.settings.observe.messages,
            rules,
            lambda: snapshots(stores[name], job.settings),
        )
    except InconclusiveError as error:
        _alive(side)  # what has ended tells more than that it does not answer
        raise InconclusiveError(f"{name}: {error}") from None
    if problem:
        # What still goes on at the end may be anyone's; so is what goes on into the next scenario.
        found |= dict.fromkeys(job.scenarios, problem)


async def _died(side: LiveSide, answers: Mapping[str, Sequence[Event]]) -> str | None:
    """What became of the side's services. One that gave no answer may have ended: an engine learns of it only later."""
    unanswered = any("error" in (event.output or {}) for events in answers.values() for event in events)
    for _ in range(_LOOKS if unanswered else 0):
        if _alive(side):
            break
        await asyncio.sleep(_BETWEEN)
    return _alive(side)


def _alive(side: LiveSide) -> str | None:
    try:
        return side.environment.alive()
    except InconclusiveError as error:
        raise InconclusiveError(f"{side.side.name}: {error}") from None


def _before(job: Job, stores: Stores) -> dict[SideName, Mapping[str, Snapshot]]:
    """The observed rows before the replay; what the baseline has and the candidate has not is the candidate's doing."""
    found: dict[SideName, Mapping[str, Snapshot]] = {}
    for name in sorted(job.live):
        try:
            found[name] = snapshots(stores[name], job.settings)
        except InconclusiveError as error:
            kind = CandidateError if SideName.BASELINE in found else InconclusiveError
            raise kind(f"{name}: {error}") from None
    return found


def _observe_all(
    job: Job,
    state: State,
    runner: asyncio.Runner,
    stores: Stores,
    before: Mapping[SideName, Mapping[str, Snapshot]],
    answers: Mapping[SideName, Mapping[str, Sequence[Event]]],
    calls: Mapping[SideName, Sequence[PlayedCall]],
) -> None:
    """Read what each side left. Raises InconclusiveError where nothing that is to be compared is in a store of both."""
    headers = {name: recording.header for name, recording in job.scenarios.items()}
    blind: list[Mapping[str, str]] = []
    for name, side in job.live.items():
        died = runner.run(_died(side, answers[name]))
        after = _after(job, side, stores[name], died)
        blind.append(unseen(stores[name], before[name], after, job.settings))
        evidence = Evidence(
            answers=answers[name],
            calls=calls[name],
            before=before[name],
            after=after,
            logs=side.environment.logs(),
        )
        observed = observe(headers, evidence, job.settings)
        state.observations[name] = _observations(job, state, name, observed, calls[name], died)
    if len(blind) < len(SideName):
        return  # of a recording it is known what it has to have
    for called, why in blind[0].items():
        if all(called in one for one in blind):  # where one side has something, that is a difference
            raise InconclusiveError(why)


def _after(job: Job, side: LiveSide, stores: Mapping[str, Store], died: str | None) -> Mapping[str, Snapshot]:
    try:
        return snapshots(stores, job.settings)
    except InconclusiveError as error:
        # A service that dies half-way through a transaction leaves a database that cannot be read.
        kind = CandidateError if died and side.side.name is SideName.CANDIDATE else InconclusiveError
        raise kind(f"{side.side.name}: {died or error}") from None


def _observations(
    job: Job,
    state: State,
    side: SideName,
    observed: Observed,
    calls: Sequence[PlayedCall],
    died: str | None,
) -> dict[str, Observation]:
    found = {}
    for name, recording in observed.recordings.items():
        problems = [problem] if (problem := state.unsettled[side].get(name)) else []
        if side is SideName.CANDIDATE:
            state.died = died
        else:
            problems += [died] if died else []
            mine = [call for call in calls if call.scenario == name]
            problems += [*stale(job.scenarios[name], recording, mine), *_unanswered(job, name, recording)]
        said = tuple(f"{side}: {problem}" for problem in problems)
        found[name] = Observation(side=side, recording=recording, problems=said)
    lost = [call for call in calls if call.scenario not in found] if side is SideName.BASELINE else []
    state.unowned[side] = Observation(
        side=side, recording=observed.unowned, problems=stale(NOTHING, NOTHING, lost)
    )
    return found


def _unanswered(job: Job, name: str, live: Recording) -> Iterator[str]:
    """Stimuli that nothing was recorded of, and that the baseline does not answer: there is nothing to compare with."""
    recorded = job.scenarios[name].stimuli
    for before, now in zip(recorded, live.stimuli, strict=False):
        error = (now.output or {}).get("error")
        if before.output is None and error:
            yield f"no answer to {now.operation}: {error}; see its logs"
