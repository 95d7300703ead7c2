"""Timelines and logs out of ``timing``: context for people, read once and never trusted."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from gate.model import Channel, Json, LogLine, Result, SideName, TimelineEntry

_T = TypeVar("_T")
# An hour and a bit in microseconds; further out, a drawing says nothing.
_FAR = 4_000_000_000
_YEAR_10000 = 253_402_300_800


def timeline(result: Result, scenario: str) -> tuple[TimelineEntry, ...]:
    """What happened when in a scenario; an entry that makes no sense is left out."""
    return _read(result, "timelines", scenario, _entry)


def logs(result: Result, scenario: str) -> tuple[LogLine, ...]:
    """What the services said in a scenario."""
    return _read(result, "logs", scenario, _line)


def phases(result: Result) -> list[tuple[str, float]]:
    """How long each phase took, in seconds, in their order."""
    found = result.timing.get("phases")
    if not isinstance(found, Mapping):
        return []
    return [(name, float(took)) for name, took in found.items() if isinstance(took, int | float)]


def started(result: Result) -> str:
    """When the run began, in UTC; the document may hold it as text or in seconds since the epoch."""
    found = result.timing.get("started_at")
    if isinstance(found, int | float) and 0 <= found < _YEAR_10000:
        return datetime.fromtimestamp(int(found), UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return str(found) if isinstance(found, str) else ""


def _read(
    result: Result, kind: str, scenario: str, parse: Callable[[Mapping[str, Json]], _T]
) -> tuple[_T, ...]:
    by_scenario = result.timing.get(kind)
    raw = by_scenario.get(scenario) if isinstance(by_scenario, Mapping) else None
    parsed = []
    for item in raw if isinstance(raw, Sequence) and not isinstance(raw, str) else ():
        try:
            parsed.append(parse(item))  # type: ignore[arg-type]  # what is no mapping raises TypeError
        except (KeyError, TypeError, ValueError, OverflowError):
            continue
    return tuple(parsed)


def _entry(item: Mapping[str, Json]) -> TimelineEntry:
    return TimelineEntry(
        side=SideName(str(item["side"])),
        channel=Channel(str(item["channel"])),
        label=str(item["label"]),
        at=_micros(item["at"]),
        duration=_micros(item.get("duration")),
        detail=str(item.get("detail") or ""),
        trace_id=_trace(item),
    )


def _line(item: Mapping[str, Json]) -> LogLine:
    return LogLine(
        side=SideName(str(item["side"])),
        at=_micros(item.get("at")),
        level=str(item.get("level") or ""),
        text=str(item["text"]),
        trace_id=_trace(item),
    )


def _micros(value: Json) -> int:
    return min(max(int(value), 0), _FAR) if isinstance(value, int | float) else 0


def _trace(item: Mapping[str, Json]) -> str | None:
    trace = item.get("trace_id")
    return None if trace is None else str(trace)
