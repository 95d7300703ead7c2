"""The result of a finished run."""

from collections.abc import Iterator
from dataclasses import replace

from gate.explain import findings, suppressed
from gate.model import Channel, Json, LogLine, Observation, Result, Side, SideKind, TimelineEntry
from gate.pipeline.job import Job, State


def draw_result(job: Job, state: State) -> Result:
    """Everything that a run found, as the one document it leaves."""
    assert state.judgement is not None
    noise: list[Json] = [
        {"rule": rule, "differences": count, "source": "compare.ignore"}
        for rule, count in suppressed(state.comparisons).items()
    ]
    return Result(
        run_id=job.run_id,
        service=job.settings.service,
        verdict=state.judgement.verdict,
        reasons=state.judgement.reasons,
        command=job.command,
        tier={"name": "pr", "why": "the only tier of a local run"},
        sides={name: _with_images(side, job, state) for name, side in job.sides.items()},
        bundles=tuple(job.bundles),
        scenarios=tuple(state.results),
        findings=findings(state.comparisons, job.settings.compare.highlight),
        renamed={comparison.scenario: comparison.renamed for comparison in state.comparisons},
        sealing=_sealing(job, state),
        determinism=_determinism(job),
        noise=tuple(noise),
        timing=_timing(job, state),
    )


def _with_images(side: Side, job: Job, state: State) -> Side:
    """A side with what is known of its images since it is up; the one that gets the requests stands for it."""
    facts = state.facts.get(side.name)
    if facts is None or not facts.images:
        return side
    images = dict(sorted(facts.images.items()))
    return replace(side, images=images, image_digest=images.get(job.settings.stimuli.to))


def _sealing(job: Job, state: State) -> dict[str, Json]:
    if not job.live:
        return {"status": "not applicable", "why": "nothing ran, both sides are recordings", "attempted": []}
    if not state.facts:
        return {"status": "unsealed", "why": "the sides did not both come up", "attempted": []}
    allowed: list[Json] = [
        f"{name}: {what}" for name, facts in sorted(state.facts.items()) for what in facts.allowed
    ]
    why = "; ".join(dict.fromkeys(facts.unsealed for facts in state.facts.values()))
    found: dict[str, Json] = {"status": "unsealed", "why": why, "attempted": []}
    return found | {"allowed": allowed} if allowed else found


def _determinism(job: Job) -> dict[str, Json]:
    """Every known source of variation, and what was done about it."""
    live: Json = "assumed" if any(side.kind is SideKind.LIVE for side in job.sides.values()) else "recorded"
    return {"clock": live, "randomness": live, "outward calls": "recorded", "order": "ordered"}


def _timing(job: Job, state: State) -> dict[str, Json]:
    """Everything that differs from run to run, for people to look at."""
    timelines: dict[str, Json] = {}
    logs: dict[str, Json] = {}
    for observations in state.observations.values():
        for name, observation in observations.items():
            lines = timelines.setdefault(name, [])
            texts = logs.setdefault(name, [])
            assert isinstance(lines, list)
            assert isinstance(texts, list)
            lines += [_json(entry) for entry in _timeline(observation)]
            texts += [_json(line) for line in _log_lines(observation)]
    return {
        "started_at": int(state.began),
        "seconds": round(job.clock() - state.began, 3),
        "phases": dict(state.phases),
        "timelines": timelines,
        "logs": logs,
    }


def _json(entry: TimelineEntry | LogLine) -> Json:
    return {name: getattr(entry, name) for name in entry.__slots__}


def _timeline(observation: Observation) -> Iterator[TimelineEntry]:
    began = observation.recording.header.started_at
    for event in observation.recording.events:
        if event.channel in (Channel.REQUEST, Channel.CALL):
            output = event.output or {}
            yield TimelineEntry(
                side=observation.side,
                channel=event.channel,
                label=event.operation,
                at=event.started_at - began,
                duration=event.duration,
                detail=str(output.get("status", output.get("error", ""))),
                trace_id=event.lineage,
            )


def _log_lines(observation: Observation) -> Iterator[LogLine]:
    began = observation.recording.header.started_at
    for event in observation.recording.on(Channel.LOG):
        output = event.output or {}
        yield LogLine(
            side=observation.side,
            at=max(event.started_at - began, 0),
            level=str(event.inputs.get("level", "")),
            text=str(output.get("text", "")),
            trace_id=event.lineage,
        )
