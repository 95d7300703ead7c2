"""Log lines by trace id."""

import json

import pytest

from gate.model import Event
from gate.observe.logs import log_events
from gate.ports import LogText
from tests.fakes.events import TRACE

T = TRACE.format(5)


def parsed(*lines: str) -> list[tuple[str, Event]]:
    return list(log_events([LogText(service="api", text="\n".join(lines))], {T: "one"}))


def test_a_line_of_a_scenario() -> None:
    line = {"ts": "2026-01-02T03:04:05Z", "level": "WARNING", "msg": "slow", "trace_id": T, "ms": 12}
    ((name, event),) = parsed(json.dumps(line))
    assert name == "one" and event.lineage == T and event.operation == "api"
    assert event.inputs == {"level": "warning"} and event.output == {"text": "slow", "fields": {"ms": 12}}
    assert event.started_at == 1_767_323_045_000_000


@pytest.mark.parametrize("key", ["trace_id", "traceId", "trace.id", "traceID", "otelTraceID"])
def test_trace_under_any_usual_name(key: str) -> None:
    assert len(parsed(json.dumps({key: T}))) == 1


@pytest.mark.parametrize(
    "line",
    ["", "plain text", "{", "{}", '{"trace_id": 5}', f'["{T}"]', '{"trace_id": null}', "{" * 500, "\x00{"],
)
def test_other_lines_are_left(line: str) -> None:
    assert parsed(line) == []


def test_hostile_lines_stay_data() -> None:
    line = json.dumps({"trace_id": T, "msg": {"deep": ["\x1b[2J"]}, "ts": "not a time", "level": 7})
    ((_, event),) = parsed(line)
    assert event.started_at == 0 and event.inputs == {"level": "7"}


def test_lines_beyond_the_limit_are_not_read() -> None:
    many = [json.dumps({"trace_id": T})] * 20_050
    assert len(parsed(*many)) == 20_000
