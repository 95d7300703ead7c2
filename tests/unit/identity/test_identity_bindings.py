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


def item(number: int, **more: Json) -> Json:
    return {"id": uid(number), "at": f"2026-11-{number:02d}T08:00:00Z", **more}


def twice(number: int, sku: str) -> Json:
    return item(number, sku=sku, quantity=2)


APPLE, BREAD, CHEESE = (twice(n, sku) for n, sku in ((1, "apple"), (2, "bread"), (3, "cheese")))
LIVE_APPLE, LIVE_BREAD, LIVE_CHEESE = (
    twice(n, sku) for n, sku in ((11, "apple"), (12, "bread"), (13, "cheese"))
)


@pytest.mark.parametrize(
    ("recorded", "live", "known"),
    [
        pytest.param([APPLE, BREAD], [LIVE_APPLE, LIVE_BREAD], {1: 11, 2: 12}, id="in place"),
        pytest.param([APPLE, BREAD], [LIVE_BREAD, LIVE_APPLE], {1: 11, 2: 12}, id="in another order"),
        pytest.param(
            [APPLE, BREAD], [LIVE_CHEESE, LIVE_APPLE, LIVE_BREAD], {1: 11, 2: 12}, id="one more at the front"
        ),
        pytest.param([APPLE, BREAD, CHEESE], [LIVE_BREAD, LIVE_CHEESE], {2: 12, 3: 13}, id="one less"),
        pytest.param(
            [twice(1, "a"), twice(2, "a")], [twice(11, "a"), twice(12, "a")], {1: 11, 2: 12}, id="alike"
        ),
        pytest.param(
            [twice(1, "a"), twice(2, "a"), CHEESE],
            [LIVE_CHEESE, twice(11, "a"), twice(12, "a")],
            {1: None, 2: None, 3: 13},
            id="alike and in another order",
        ),
        pytest.param(
            [twice(1, "a"), twice(2, "a"), twice(3, "b"), twice(4, "b")],
            [twice(13, "b"), twice(14, "b"), twice(11, "a"), twice(12, "a")],
            {1: None, 2: None, 3: None, 4: None},
            id="all of them ambiguous",
        ),
        pytest.param([item(1, n=5)], [item(11, n=6)], {1: 11}, id="one item, changed"),
        pytest.param(
            [item(1, age=5, sku="a"), item(2, age=6, sku="b")],
            [item(12, age=8, sku="b"), item(11, age=7, sku="a")],
            {1: 11, 2: 12},
            id="numbers that count on, in another order",
        ),
        pytest.param(
            [item(1, n="x"), item(2, n="y")], [item(11, n="z"), item(12, n="w")], {1: None}, id="all changed"
        ),
        pytest.param([uid(1), "x", uid(2)], [uid(11), "x", uid(12)], {1: 11, 2: 12}, id="plain ids"),
        pytest.param(
            [uid(1), "x", uid(2)], ["x", uid(12), uid(11)], {1: None, 2: None}, id="plain ids, turned"
        ),
        pytest.param(
            [[APPLE, BREAD], [CHEESE]],
            [[LIVE_CHEESE], [LIVE_BREAD, LIVE_APPLE]],
            {3: 13},
            id="lists in lists",
        ),
    ],
)
def test_items_of_lists(recorded: Json, live: Json, known: dict[int, int | None]) -> None:
    bindings = learned({"items": recorded}, {"items": live})
    for ours, theirs in known.items():
        assert bindings.text(uid(ours)) == uid(ours if theirs is None else theirs)


def test_items_are_told_apart_by_ids_that_are_known() -> None:
    recorded = {
        "a": uid(1),
        "b": uid(2),
        "lines": [{"id": uid(3), "of": uid(1)}, {"id": uid(4), "of": uid(2)}],
    }
    live = {
        "a": uid(11),
        "b": uid(12),
        "lines": [{"id": uid(14), "of": uid(12)}, {"id": uid(13), "of": uid(11)}],
    }
    bindings = learned(recorded, live)
    assert (bindings.text(uid(3)), bindings.text(uid(4))) == (uid(13), uid(14))


def test_items_are_told_apart_by_what_the_client_sent() -> None:
    recorded = [{"id": uid(1), "client": None}, {"id": uid(2), "client": CLIENT}]
    live = [{"id": uid(12), "client": CLIENT}, {"id": uid(11), "client": None}]
    bindings = learned({"items": recorded}, {"items": live})
    assert (bindings.text(uid(1)), bindings.text(uid(2))) == (uid(11), uid(12))


@pytest.mark.parametrize("turned", [False, True], ids=["in place", "in another order"])
def test_short_numbers_in_lists(turned: bool) -> None:
    later = exchange("/v1/orders/2026-0017", None, b'{"order_id":18}', at=1)
    recorded: list[Json] = [
        {"number": "2026-0017", "order_id": 17, "sku": "a"},
        {"number": "2026-0018", "order_id": 18, "sku": "b"},
    ]
    live: list[Json] = [
        {"number": "2026-0018", "order_id": 18, "sku": "a"},
        {"number": "2026-0019", "order_id": 19, "sku": "b"},
    ]
    bindings = learned({"items": recorded}, {"items": live[::-1] if turned else live}, later)
    assert bindings.path("/v1/orders/2026-0017") == "/v1/orders/2026-0018"
    assert payload(bindings.body(encode(b'{"order_id":18}'))) == b'{"order_id":19}'


def test_cookies_go_by_name_whatever_their_order() -> None:
    first = exchange("/login", None)
    bindings = Bindings(Recording(header=Header(scenario="one"), events=(first,)))
    bindings.learn({"set-cookie": ["a=1x; Path=/", "b=2x"]}, {"set-cookie": ["b=2y", "a=1y; Path=/"]})
    assert bindings.headers({"cookie": "a=1x; b=2x"}) == {"cookie": "a=1y; b=2y"}
