"""Send the stimuli of a scenario to one side, each under that side's own names."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from gate.config import Stimuli
from gate.identity import Bindings, filled, readable, saved
from gate.model import Channel, Event, Json, Recording
from gate.model.body import payload
from gate.ports import Playback, Request, Response, Sender
from gate.replay.schedule import Group, Step, schedule

_HOST = "localhost"
"""Sent where no host was recorded: the same on both sides, so that links which a service makes are the same too."""
_SET_BY_SENDER = frozenset({"content-length", "connection", "transfer-encoding", "accept-encoding"})


@dataclass(slots=True)
class _Run:
    """One scenario on one side, while it runs."""

    recording: Recording
    sender: Sender
    playback: Playback
    bindings: Bindings
    answered: dict[int, Event]
    values: dict[str, Json]
    """What requests written by hand saved of earlier answers."""


async def replay(
    recording: Recording, sender: Sender, playback: Playback, rules: Stimuli
) -> tuple[Event, ...]:
    """Replay one scenario; the events are its stimuli as they were sent and answered, in recorded order."""
    run = _Run(recording, sender, playback, Bindings(recording), {}, {})
    groups = schedule(recording.stimuli, rules)
    calls = bool(recording.on(Channel.CALL))
    began = asyncio.get_running_loop().time()
    for number, group in enumerate(groups):
        if number == 0 or (calls and (run.bindings.fresh or _called(recording, groups[number - 1]))):
            await _exchange(run)
        await _send_group(run, group, began)
    return tuple(run.answered[index] for index in sorted(run.answered))


def _called(recording: Recording, group: Group) -> bool:
    """True where the code called out since the group began, so that there may be names to learn."""
    began = min(step.event.started_at for step in group.steps)
    return any(call.started_at >= began for call in recording.on(Channel.CALL))


async def _exchange(run: _Run) -> None:
    fresh, run.bindings.fresh = run.bindings.fresh, {}
    learned = await run.playback.exchange(run.recording.header.scenario, fresh)
    for recorded, live in learned.items():
        run.bindings.add(recorded, live)
    run.bindings.fresh.clear()


async def _send_group(run: _Run, group: Group, began: float) -> None:
    loop = asyncio.get_running_loop()
    start = max(loop.time(), began + group.begins / 1e6)
    if len(group.steps) == 1:
        await _wait_until(start)
        await _send(run, group.steps[0])
        return
    tasks: dict[int, asyncio.Task[None]] = {}

    async def step_in_time(step: Step) -> None:
        for earlier in step.after:
            await tasks[earlier]
        await _wait_until(start + step.offset / 1e6)
        await _send(run, step)

    async with asyncio.TaskGroup() as together:
        for step in group.steps:
            tasks[step.index] = together.create_task(step_in_time(step))


async def _wait_until(moment: float) -> None:
    delay = moment - asyncio.get_running_loop().time()
    if delay > 0:
        await asyncio.sleep(delay)


async def _send(run: _Run, step: Step) -> None:
    inputs = _rewritten(run, step)
    target = str(inputs["path"]) + (f"?{inputs['query']}" if inputs.get("query") else "")
    request = Request(
        method=str(inputs["method"]),
        target=target,
        headers=tuple(_header_lines(cast("Mapping[str, Json]", inputs["headers"]))),
        body=payload(inputs.get("body")),
    )
    response: Response = await run.sender.send(request)
    run.answered[step.index] = Event(
        seq=step.index,
        channel=Channel.REQUEST,
        operation=f"{inputs['method']} {inputs['path']}",
        inputs=inputs,
        output=response.output,
        started_at=response.started_at,
        duration=response.duration,
        lineage=trace_of(step.event, run.recording.header.scenario),
    )
    run.bindings.learn(readable(step.event.output), readable(response.output))
    run.values.update(saved(step.event, response.output))


def _rewritten(run: _Run, step: Step) -> dict[str, Json]:
    recorded, bindings = filled(step.event.inputs, run.values), run.bindings
    headers = dict(cast("Mapping[str, Json]", recorded.get("headers") or {}))
    headers.setdefault("host", _HOST)
    if "traceparent" not in headers:
        trace = trace_of(step.event, run.recording.header.scenario)
        headers["traceparent"] = f"00-{trace}-{trace[:16]}-01"
    return {
        "method": recorded["method"],
        "path": bindings.path(str(recorded["path"])),
        "query": bindings.path("?" + str(recorded["query"]))[1:] if recorded.get("query") else "",
        "headers": bindings.headers(headers),
        "body": bindings.body(recorded.get("body")),
    }


def _header_lines(headers: Mapping[str, Json]) -> list[tuple[str, str]]:
    lines = []
    for name, value in headers.items():
        if name not in _SET_BY_SENDER:
            lines += [(name, str(item)) for item in (value if isinstance(value, list) else [value])]
    return lines


def trace_of(event: Event, scenario: str) -> str:
    """The trace id of a stimulus: the recorded one, else one made from its place, the same on both sides."""
    return event.lineage or hashlib.sha256(f"{scenario}:{event.seq}".encode()).hexdigest()[:32]
