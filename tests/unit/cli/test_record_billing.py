"""The client that scripts/record plays: it carries on what answers gave, and stops at a wrong answer."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from gate.model import Event, Json, Side, SideKind, SideName
from gate.ports import LiveSide, Request
from scripts.record_billing import Driver
from tests.fakes.places import FakeEnvironment
from tests.fakes.playing import FakePlayback
from tests.fakes.sending import FakeSender

CREATED: dict[str, Json] = {
    "status": 201,
    "headers": {"location": "/v1/things/7 a"},
    "body": {"text": '{"id": 7, "lines": [{"code": "x/y"}]}'},
}


def driven(*steps: Mapping[str, Any]) -> tuple[Sequence[Event], list[Request]]:
    sender = FakeSender(
        lambda request: (0.0, CREATED if request.method == "POST" else {**CREATED, "status": 404})
    )
    side = Side(name=SideName.BASELINE, kind=SideKind.LIVE, ref="x")
    live = LiveSide(side=side, environment=FakeEnvironment(), sender=sender, playback=FakePlayback())
    return asyncio.run(Driver(live, "one").drive(steps)), sender.requests


def test_what_is_saved_is_sent() -> None:
    save = {"thing": "$.id", "url": "header:location", "code": "$.lines[0].code"}
    events, requests = driven(
        {"send": "POST /v1/things", "body": {"name": "a"}, "expect": 201, "save": save},
        {"send": "GET /v1/things/{thing}?code={code}", "headers": {"X-Of": "{thing}"}},
        {"send": "GET {url}"},
        {"send": "POST /v1/more", "body": {"thing": "{thing}", "of": ["{code}!"]}},
    )
    assert [request.target for request in requests] == [
        "/v1/things",
        "/v1/things/7?code=x%2Fy",
        "/v1/things/7 a",
        "/v1/more",
    ]
    assert dict(requests[1].headers)["x-of"] == "7" and requests[3].body == b'{"thing":7,"of":["x/y!"]}'
    assert [event.operation for event in events][:2] == ["POST /v1/things", "GET /v1/things/7"]
    assert "save" not in events[0].inputs and events[0].inputs["body"] == {"json": {"name": "a"}}
    traces = [event.lineage for event in events]
    assert len(set(traces)) == 4 and str(traces[0]) in dict(requests[0].headers)["traceparent"]


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ({"send": "GET /v1/things", "expect": 200}, "one: GET /v1/things gave 404, expected 200"),
        (
            {"send": "GET /", "save": {"a": "$.id", "b": "$.none.c"}},
            "one: GET / gave 404, nothing to save as b",
        ),
    ],
)
def test_what_should_not_be_stops_it(step: Mapping[str, Any], says: str) -> None:
    with pytest.raises(SystemExit, match=says):
        driven(step)


def test_steps_that_belong_together_overlap() -> None:
    events, requests = driven({"together": [{"at": 20, "send": "POST /b"}, {"at": 0, "send": "POST /a"}]})
    assert [request.target for request in requests] == ["/a", "/b"]
    assert [event.seq for event in events] == [0, 1]
