"""A scenario as one side is sent it."""

import asyncio

import pytest

from gate.config import Stimuli
from gate.model import Event, Json
from gate.model.body import payload
from gate.ports import Request
from gate.replay import replay, trace_of
from tests.fakes.events import TRACE, recording, request
from tests.fakes.playing import FakePlayback
from tests.fakes.sending import FakeSender

RULES = Stimuli(to="api")
OLD, NEW = "0b8f6f0e-5b0a-4e0e-9d5c-000000000001", "77777777-5b0a-4e0e-9d5c-000000000002"
OLD_TOKEN, NEW_TOKEN = "aX7kP2mQ9rT4vW8yZ1bC", "qL5nB8cD3fG6hJ9kM2pR"
MILLI = 1000


def run(events: list[Event], sender: FakeSender, playback: FakePlayback | None = None) -> tuple[Event, ...]:
    return asyncio.run(replay(recording(events), sender, playback or FakePlayback(), RULES))


def answering(said: Json) -> FakeSender:
    return FakeSender(lambda _: (0.0, {"status": 201, "headers": {}, "body": {"json": said}}))


@pytest.mark.parametrize(
    ("later", "sent"),
    [
        pytest.param({"path": f"/notes/{OLD}"}, f"GET /notes/{NEW}", id="path"),
        pytest.param({"path": "/n", "query": f"a=1&id={OLD}"}, f"GET /n?a=1&id={NEW}", id="query"),
        pytest.param({"headers": {"x-note": OLD}}, f"x-note: {NEW}", id="header"),
        pytest.param(
            {"headers": {"authorization": f"Bearer {OLD_TOKEN}"}}, f"Bearer {NEW_TOKEN}", id="token"
        ),
        pytest.param({"asked": {"note": {"id": OLD}}}, f'{{"note":{{"id":"{NEW}"}}}}', id="body"),
        pytest.param({"path": "/orders/17"}, "GET /orders/42", id="short number"),
    ],
)
def test_generated_values_are_sent_under_their_live_names(later: dict[str, object], sent: str) -> None:
    first = request(0, "POST", "/notes", said={"id": OLD, "token": OLD_TOKEN, "order_id": 17}, lasts=10)
    second = request(1, at=20, **later)  # type: ignore[arg-type]
    sender = answering({"id": NEW, "token": NEW_TOKEN, "order_id": 42})
    run([first, second], sender)
    asked = sender.requests[1]
    headers = "\n".join(f"{name}: {value}" for name, value in asked.headers)
    assert sent in f"{asked.method} {asked.target}\n{headers}\n{asked.body.decode()}"


def test_given_values_stay() -> None:
    first = request(0, "PUT", f"/notes/{OLD}", said={"id": OLD}, lasts=10)
    second = request(1, path=f"/notes/{OLD}", at=20)
    sender = answering({"id": NEW})
    run([first, second], sender)
    assert sender.requests[1].target == f"/notes/{OLD}"


def test_bodies_are_sent_to_the_byte() -> None:
    bodies: list[Json] = [{"json": {"a": 1.0, "b": "é"}}, {"text": '{ "a" : 1 }'}, {"base64": "//4="}]
    events = []
    for n, body in enumerate(bodies):
        event = request(n, "POST", at=n * 10)
        events.append(
            Event(
                **{
                    **{s: getattr(event, s) for s in event.__slots__},
                    "inputs": {**event.inputs, "body": body},
                }
            )
        )
    sender = FakeSender()
    run(events, sender)
    assert [asked.body for asked in sender.requests] == [payload(body) for body in bodies]


def test_headers_that_the_sender_sets_are_left_to_it() -> None:
    headers: dict[str, Json] = {"content-length": "9", "x-a": ["1", "2"]}
    sender = FakeSender()
    run([request(0, headers=headers, trace=TRACE.format(5))], sender)
    names = [name for name, _ in sender.requests[0].headers]
    assert names == ["x-a", "x-a", "host", "traceparent"]
    assert sender.requests[0].headers[3][1].startswith(f"00-{TRACE.format(5)}-")


def test_the_recorded_host_is_sent_so_that_links_are_the_same_on_both_sides() -> None:
    sender = FakeSender()
    run([request(0, headers={"host": "api.example"}), request(1)], sender)
    assert [dict(one.headers)["host"] for one in sender.requests] == ["api.example", "localhost"]


def test_race_keeps_offsets_and_waits_for_what_had_ended() -> None:
    lasting = {"/a": 0.3, "/b": 0.05, "/c": 0.05}
    events = [
        request(0, path="/a", at=0, lasts=300 * MILLI),
        request(1, path="/b", at=100 * MILLI, lasts=50 * MILLI),
        request(2, path="/c", at=200 * MILLI, lasts=50 * MILLI),
        request(3, path="/d", at=900 * MILLI, lasts=0),
    ]
    sender = FakeSender(
        lambda asked: (lasting.get(asked.target, 0.0), {"status": 200, "headers": {}, "body": None})
    )
    answered = run(events, sender)
    began = {name: span[0] - sender.spans["/a"][0] for name, span in sender.spans.items()}
    assert began["/b"] >= 0.07 and began["/c"] >= 0.17  # /a itself may have gone out late
    assert sender.spans["/b"][1] <= sender.spans["/c"][0] and sender.spans["/a"][1] <= sender.spans["/d"][0]
    assert began["/d"] < 0.9  # the gap is not kept
    assert [event.seq for event in answered] == [0, 1, 2, 3]


def test_names_are_exchanged_with_the_playback() -> None:
    call = request(9, "POST", "/pay", host="h", asked={"ref": OLD}, at=1, lasts=2)
    events = [
        request(0, "POST", "/a", said={"id": OLD}, lasts=10),
        call,
        request(1, path=f"/a/{OLD}", at=20, lasts=5),
    ]
    playback = FakePlayback(teaches=[{}, {"ch_" + OLD_TOKEN: NEW_TOKEN}])
    run(events, answering({"id": NEW}), playback)
    assert playback.told == [("one", {}), ("one", {OLD: NEW})]


def test_failures_are_answers() -> None:
    sender = FakeSender(lambda _: (0.0, {"error": "ClientConnectorError"}))
    (answered,) = run([request(0)], sender)
    assert answered.output == {"error": "ClientConnectorError"}


def test_the_trace_is_the_same_on_both_sides() -> None:
    one = request(3)
    assert trace_of(one, "s") == trace_of(one, "s") != trace_of(one, "t")
    assert len(trace_of(one, "s")) == 32 and trace_of(request(3, trace="ab" * 16), "s") == "ab" * 16


def test_a_request_has_no_side_effects_on_the_recording() -> None:
    event = request(0, "POST", said={"id": OLD}, lasts=1)
    asked: list[Request] = []
    run([event], FakeSender(lambda r: (asked.append(r) or 0.0, {"status": 200, "headers": {}, "body": None})))
    assert "traceparent" not in event.inputs["headers"]  # type: ignore[operator]
