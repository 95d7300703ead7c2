"""Log lines of both sides next to each other, by the stimulus that caused them."""

from collections.abc import Sequence
from dataclasses import dataclass

from gate.model import LogLine, SideName
from gate.report.inert import clip
from gate.report.words import micros

LIMIT = 200
_TEXT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One log line as shown."""

    at: str
    level: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What both sides said about one trace; None: about none in particular."""

    trace_id: str | None
    baseline: tuple[Said, ...]
    candidate: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Logs:
    """All talks in order of their beginning, and how many lines did not fit."""

    talks: tuple[Talk, ...]
    hidden: int


def align(lines: Sequence[LogLine]) -> Logs:
    """Bring the lines of each trace together."""
    ordered = sorted(lines, key=lambda line: line.at)
    shown = {side: [line for line in ordered if line.side is side][:LIMIT] for side in SideName}
    kept = sum(len(side) for side in shown.values())
    traces = dict.fromkeys(
        line.trace_id
        for line in sorted((item for side in shown.values() for item in side), key=lambda i: i.at)
    )
    talks = tuple(
        Talk(
            trace_id=trace,
            baseline=_said(shown[SideName.BASELINE], trace),
            candidate=_said(shown[SideName.CANDIDATE], trace),
        )
        for trace in traces
    )
    return Logs(talks=talks, hidden=len(lines) - kept)


def _said(lines: Sequence[LogLine], trace: str | None) -> tuple[Said, ...]:
    return tuple(
        Said(at=micros(line.at), level=line.level, text=clip(line.text, _TEXT))
        for line in lines
        if line.trace_id == trace
    )
