"""What the code was given, and what it made itself."""

import base64
from dataclasses import replace
from uuid import UUID

import pytest

from gate.identity import deep, expand, given, readable, texts
from gate.model import Channel, Event, Header, Json, Recording


def uid(number: int) -> str:
    return str(UUID(int=0xABCDEF << 100 | number, version=4))


def event(channel: Channel, asked: Json, answered: Json, at: int) -> Event:
    inputs: dict[str, Json] = {
        "method": "POST",
        "path": "/x",
        "query": "",
        "headers": {},
        "body": {"json": asked},
    }
    output: dict[str, Json] = {"status": 200, "headers": {}, "body": {"json": answered}}
    return Event(
        seq=at, channel=channel, operation="POST /x", inputs=inputs, output=output, started_at=at, duration=5
    )


def recorded(*events: Event, state: tuple[str, ...] = ()) -> Recording:
    return Recording(header=Header(scenario="one", given=state), events=events)


REQUEST, CALL = Channel.REQUEST, Channel.CALL
NUMBERS = {"1760000000", "1760000000.5"}
ENCODED = base64.b64encode(f"order {uid(7)}".encode()).decode()


@pytest.mark.parametrize(
    ("recording", "wanted"),
    [
        (recorded(event(REQUEST, uid(1), uid(2), 0)), {uid(1)}),
        (recorded(event(REQUEST, None, uid(2), 0), event(REQUEST, uid(2), None, 10)), set()),
        (recorded(event(REQUEST, uid(2), uid(2), 0)), {uid(2)}),
        (recorded(event(REQUEST, None, None, 0), event(CALL, uid(3), uid(4), 1)), {uid(4)}),
        (recorded(event(REQUEST, None, None, 0), event(CALL, uid(3), uid(3), 1)), set()),
        (recorded(event(REQUEST, None, uid(5), 0), state=(uid(5),)), {uid(5)}),
        (recorded(event(REQUEST, {"code": "cus_NffrFeUfNV2Hib"}, None, 0)), {"cus_NffrFeUfNV2Hib"}),
        (recorded(event(REQUEST, "2026-11-21T06:22:08Z", None, 0)), {"2026-11-21T06:22:08Z"}),
        (recorded(event(REQUEST, {uid(6): 1}, None, 0)), {uid(6)}),
        (recorded(event(REQUEST, {"at": 1760000000, "n": [8400, 1760000000.5]}, None, 0)), NUMBERS),
        (recorded(event(REQUEST, None, 1760000000, 0), event(REQUEST, 1760000000, None, 10)), set()),
        (recorded(event(REQUEST, ENCODED, None, 0)), {ENCODED, uid(7)}),
    ],
    ids=[
        *("stimulus", "made-then-sent", "echoed", "answer", "echo-of-made", "state", "token", "time", "key"),
        *("number", "made-number", "inside-base64"),
    ],
)
def test_given(recording: Recording, wanted: set[str]) -> None:
    assert given(recording) == wanted


def test_rows_and_messages_give_nothing() -> None:
    row = replace(event(Channel.ROW, None, None, 0), output={"id": uid(1)})
    assert given(recorded(row)) == frozenset()


def test_texts() -> None:
    document: Json = {"a": ["x", {uid(1): None}], "b": f"of {uid(2)}", "c": 3}
    assert sorted(texts(document)) == sorted(["a", "x", uid(1), "b", f"of {uid(2)}", "c"])


def test_readable_reads_bodies_and_leaves_deep_ones_alone() -> None:
    assert readable(None) is None
    assert readable({"status": 204}) == {"status": 204}
    assert readable({"body": {"text": '{"a": 1}'}}) == {"body": {"a": 1}}
    assert readable({"body": {"base64": "/w=="}}) == {"body": "base64 /w=="}
    text = "[" * 500 + "]" * 500
    assert readable({"body": {"text": text}}) == {"body": text}


@pytest.mark.parametrize(("levels", "wanted"), [(1, False), (99, False), (101, True), (5000, True)])
def test_deep(levels: int, wanted: bool) -> None:
    content: Json = 1
    for level in range(levels):
        content = [content] if level % 2 else {"a": content}
    assert deep(content) is wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ('{"a": [1]}', {"a": [1]}),
        ("[]", []),
        ("{a}", "{a}"),
        ("[\ud800", "[\ud800"),
        ("[" * 500 + "]" * 500, "[" * 500 + "]" * 500),
        ("1", "1"),
        (7, 7),
        (None, None),
    ],
    ids=["object", "list", "no JSON", "half a character", "too deep", "a number", "no text", "null"],
)
def test_expand(value: Json, wanted: Json) -> None:
    assert expand(value) == wanted
