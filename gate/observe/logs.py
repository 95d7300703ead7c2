"""Log lines by trace id: context for a person, never evidence."""

from collections.abc import Iterator, Mapping, Sequence

from gate.identity import parse as parse_time
from gate.model import Channel, Event, Json
from gate.model.body import parse
from gate.ports import LogText

_TRACE = ("trace_id", "traceId", "trace.id", "traceID", "otelTraceID")
_TIME = ("ts", "time", "timestamp", "@timestamp", "asctime")
_TEXT = ("message", "msg", "event")
_LEVEL = ("level", "severity", "levelname")
_MOST_LINES = 20_000
"""Lines read of one service; what is beyond stays in the log file."""


def log_events(logs: Sequence[LogText], traces: Mapping[str, str]) -> Iterator[tuple[str, Event]]:
    """The lines that carry the trace id of a stimulus, each with the scenario it belongs to."""
    for log in logs:
        for line in log.text.splitlines()[:_MOST_LINES]:
            fields = parse(line.encode()) if line.startswith("{") else None
            if not isinstance(fields, dict):
                continue
            trace = _first(fields, _TRACE)
            if trace not in traces:
                continue
            moment = parse_time(_first(fields, _TIME))
            yield (
                traces[trace],
                Event(
                    seq=0,
                    channel=Channel.LOG,
                    operation=log.service,
                    inputs={"level": _first(fields, _LEVEL).lower()},
                    output={"text": _first(fields, _TEXT), "fields": _rest(fields)},
                    started_at=moment or 0,
                    lineage=trace,
                ),
            )


def _first(fields: Mapping[str, Json], names: Sequence[str]) -> str:
    return next((str(fields[name]) for name in names if fields.get(name) is not None), "")


def _rest(fields: Mapping[str, Json]) -> dict[str, Json]:
    known = {*_TRACE, *_TIME, *_TEXT, *_LEVEL}
    return {name: value for name, value in fields.items() if name not in known}
