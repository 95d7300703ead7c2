"""The effects that nothing ties to a scenario: compared where both sides can say which there were."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from gate.identity import route
from gate.model import NOBODYS, UNOWNED, Channel, Event, Observation, Recording, SideName, Table
from gate.pipeline.job import Job, State

NOTHING = Recording(header=NOBODYS, events=())
_MOST_NAMES = 5


def unowned(job: Job, state: State, *, anyway: bool = False) -> dict[SideName, Observation]:
    """What each side did that belongs to no scenario; empty where neither did, as far as that can be told.

    A recording holds scenarios, and these effects only under a name of their own. Where it has none of that name, it
    does not say whether there were any: no effect of the other side is called a difference then, nor taken for right.
    ``anyway`` where there is more to say of no scenario than effects.
    """
    said = {side: _said(job, state, side) for side in SideName if tells(job, side)}
    if not anyway and not any(_effects(one.recording, frozenset(Channel)) for one in said.values()):
        return {}
    for side in SideName:
        if side not in said:
            other = next(iter(said.values()), Observation(side=side, recording=NOTHING))
            effects = _effects(other.recording, _collected(job, side))
            if not effects and not anyway:
                return {}
            header = replace(NOTHING.header, channels=other.recording.header.channels)
            problems = (_problem(side, effects),) if effects else ()
            said[side] = Observation(side=side, recording=replace(NOTHING, header=header), problems=problems)
    return said


def tables(job: Job, state: State, side: SideName) -> dict[str, Table]:
    """The tables of a side: of a live one all that are observed, of a recording those that it says something of."""
    if side in job.live:
        return dict(state.tables.get(side, {}))
    headers = (recording.header for recording in job.recorded[side].values())
    return {name: table for header in headers for name, table in header.tables.items() if table.columns}


def tells(job: Job, side: SideName) -> bool:
    """True where it is known which effects of no scenario a side had."""
    return side in job.live or UNOWNED in job.recorded[side]


def _said(job: Job, state: State, side: SideName) -> Observation:
    if side in job.live:
        return state.unowned[side]
    return Observation(side=side, recording=job.recorded[side][UNOWNED])


def _collected(job: Job, side: SideName) -> frozenset[Channel]:
    """What a recording holds at all; on another channel none of its scenarios is compared, which is said elsewhere."""
    return frozenset(channel for one in job.recorded[side].values() for channel in one.header.channels)


def _effects(recording: Recording, channels: Iterable[Channel]) -> list[Event]:
    return [event for channel in channels if channel is not Channel.LOG for event in recording.on(channel)]


def _problem(side: SideName, effects: list[Event]) -> str:
    other = next(name for name in SideName if name is not side)
    kinds = "; ".join(_kinds(effects))
    rows = any(event.channel is Channel.ROW for event in effects)
    hint = "; 'observe.rows' in gate.yml can leave a table out" if rows else ""
    effect = "1 effect" if len(effects) == 1 else f"{len(effects)} effects"
    belong = "belongs" if len(effects) == 1 else "belong"
    return (
        f"{other}: {effect} ({kinds}) {belong} to no scenario, and the recording of the {side} does not say "
        f"whether that is right{hint}"
    )


def _kinds(effects: list[Event]) -> Iterator[str]:
    """``rows in notes, beats; calls of POST bank.example/pay``."""
    words = {
        Channel.ROW: "rows in",
        Channel.MESSAGE: "messages in",
        Channel.CALL: "calls of",
        Channel.CACHE: "cache keys",
    }
    for channel, word in words.items():
        names = sorted({route(event.operation) for event in effects if event.channel is channel})
        if names:
            more = ", …" if len(names) > _MOST_NAMES else ""
            yield f"{word} {', '.join(names[:_MOST_NAMES])}{more}"
