"""Correlation for replay: later requests carry what this run generated, and nothing else is touched."""

import json
from collections.abc import Mapping
from uuid import UUID

import pytest

from gate.identity import Bindings, readable
from gate.model import Channel, Event, Header, Json, Recording
from gate.model.body import encode, payload

TOKEN, LIVE_TOKEN = "A2iFOgXPdljPyrgBYYD3TrFN1143QNjd", "zKq81LmXv02RtYwB7uN5sEaC9dHgJf3P"
CLIENT = "11111111-2222-4333-8444-555555555555"


def uid(number: int) -> str:
    return str(UUID(int=0xABCDEF << 100 | number, version=4))


def exchange(
    path: str, answer: Json, sent: bytes = b"", at: int = 0, headers: Mapping[str, Json] | None = None
) -> Event:
    path, _, query = path.partition("?")
    return Event(
        seq=at,
        channel=Channel.REQUEST,
        operation=f"POST {path}",
        inputs={
            "method": "POST",
            "path": path,
            "query": query,
            "headers": dict(headers or {}),
            "body": encode(sent),
        },
        output={"status": 200, "headers": {}, "body": {"json": answer}},
        started_at=at * 1000,
        duration=10,
    )


def learned(answer: Json, live: Json, *later: Event) -> Bindings:
    first = exchange("/v1/orders", answer, json.dumps({"client": CLIENT}).encode())
    bindings = Bindings(Recording(header=Header(scenario="one"), events=(first, *later)))
    bindings.learn(readable(first.output), {"status": 200, "headers": {}, "body": live})
    return bindings


@pytest.fixture
def bindings() -> Bindings:
    return learned(
        {"id": uid(1), "token": TOKEN, "client": CLIENT},
        {"id": uid(2), "token": LIVE_TOKEN, "client": CLIENT},
    )


@pytest.mark.parametrize(
    ("recorded", "live"),
    [
        (f"/v1/orders/{uid(1)}", f"/v1/orders/{uid(2)}"),
        (f"/v1/orders/{uid(1)}/lines/{uid(9)}", f"/v1/orders/{uid(2)}/lines/{uid(9)}"),
        (f"?order={uid(1)}&limit=10", f"?order={uid(2)}&limit=10"),
        (f"/v1/orders/{CLIENT}", f"/v1/orders/{CLIENT}"),
        ("/v1/orders", "/v1/orders"),
    ],
)
def test_paths_and_queries(bindings: Bindings, recorded: str, live: str) -> None:
    assert bindings.path(recorded) == live


def test_headers(bindings: Bindings) -> None:
    sent: dict[str, Json] = {
        "authorization": f"Bearer {TOKEN}",
        "cookie": [f"s={TOKEN}", "a=1"],
        "accept": "*/*",
    }
    assert bindings.headers(sent) == {
        "authorization": f"Bearer {LIVE_TOKEN}",
        "cookie": [f"s={LIVE_TOKEN}", "a=1"],
        "accept": "*/*",
    }


@pytest.mark.parametrize(
    "template",
    ['{"order": "%s",  "n": 1.50}', '{"a":{"%s":[1]}}', "order=%s&n=1", "plain text about %s\n"],
    ids=["json-with-spaces", "json-key", "form", "text"],
)
def test_bodies_keep_every_other_byte(bindings: Bindings, template: str) -> None:
    body = bindings.body(encode((template % uid(1)).encode()))
    assert payload(body) == (template % uid(2)).encode()


@pytest.mark.parametrize(
    "raw",
    [b"", b'{"n": 1.50, "b":  2}', b"\xff\x00", b"a=1&b=2", json.dumps({"client": CLIENT}).encode()],
    ids=["none", "json", "binary", "form", "given"],
)
def test_where_nothing_is_renamed_the_very_body_comes_back(bindings: Bindings, raw: bytes) -> None:
    recorded = encode(raw)
    assert bindings.body(recorded) is recorded


def test_a_value_of_the_client_is_never_rewritten() -> None:
    bindings = learned({"id": uid(1), "client": CLIENT}, {"id": uid(2), "client": uid(3)})
    assert bindings.text(CLIENT) == CLIENT


def test_the_first_pair_stands() -> None:
    bindings = learned({"id": uid(1), "again": uid(1)}, {"id": uid(2), "again": uid(3)})
    assert bindings.text(uid(1)) == uid(2)
    assert bindings.fresh == {uid(1): uid(2)}
    assert bindings.agree(uid(1), uid(2)) == 1
    assert bindings.agree(uid(1), uid(3)) == -1
    assert bindings.agree(CLIENT, uid(3)) == -1


NUMBERS = {"id": uid(1), "number": "2026-0017", "order_id": 17, "cents": 17}
LIVE_NUMBERS = {"id": uid(2), "number": "2026-0042", "order_id": 42, "cents": 17}


def test_short_numbers_that_a_later_request_carries_whole() -> None:
    later = exchange("/v1/orders/2026-0017?ref=2026-0017", None, b'{"order_id":17,"cents":17}', at=1)
    bindings = learned(NUMBERS, LIVE_NUMBERS, later)
    assert bindings.path("/v1/orders/2026-0017") == "/v1/orders/2026-0042"
    assert bindings.path("?ref=2026-0017&limit=17") == "?ref=2026-0042&limit=17"
    assert payload(bindings.body({"json": {"order_id": 17, "cents": 17}})) == b'{"order_id":42,"cents":17}'
    assert payload(bindings.body(encode(b"order_id=17&cents=17"))) == b"order_id=42&cents=17"
    assert bindings.headers({"x-order-number": "2026-0017", "x-page": "17"}) == {
        "x-order-number": "2026-0042",
        "x-page": "17",
    }


def test_short_numbers_in_a_form_only() -> None:
    later = exchange("/v1/pay", None, b"number=2026-0017&n=1", at=1)
    bindings = learned(NUMBERS, LIVE_NUMBERS, later)
    assert payload(bindings.body(encode(b"number=2026-0017&n=1"))) == b"number=2026-0042&n=1"


def test_short_numbers_that_the_client_chose_stay() -> None:
    first = exchange("/v1/orders/2026-0017", None)
    later = exchange("/v1/orders/2026-0017", None, at=2)
    recording = Recording(
        header=Header(scenario="one"), events=(first, exchange("/v1/orders", NUMBERS, at=1), later)
    )
    bindings = Bindings(recording)
    bindings.learn({"body": NUMBERS}, {"body": LIVE_NUMBERS})
    assert bindings.path("/v1/orders/2026-0017") == "/v1/orders/2026-0017"


def test_big_integers_survive_a_rewrite() -> None:
    later = exchange("/v1/x", None, b'{"order_id":17}', at=1)
    bindings = learned(NUMBERS, LIVE_NUMBERS, later)
    big = 10**30
    assert payload(bindings.body({"json": {"order_id": 17, "big": big}})) == b'{"order_id":42,"big":%d}' % big


def test_deep_bodies_are_read_as_text() -> None:
    deep = b"[" * 900 + b'{"order_id":17,"id":"' + uid(1).encode() + b'"}' + b"]" * 900
    bindings = learned(NUMBERS, LIVE_NUMBERS, exchange("/v1/x", None, b'{"order_id":17}', at=1))
    assert payload(bindings.body(encode(deep))) == deep.replace(uid(1).encode(), uid(2).encode())
