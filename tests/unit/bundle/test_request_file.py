import json
from itertools import pairwise

import pytest

from gate.bundle import Where, from_request_file
from gate.model import Channel
from gate.model.body import payload
from tests.unit.bundle.samples import Refused

WHERE = Where(bundle="b", file="scenarios/s.json")


def read(document: object):
    return from_request_file(json.dumps(document).encode(), "s", WHERE)


def request(**more: object) -> dict[str, object]:
    return {"request": {"method": "POST", "path": "/v1/invoices", **more}}


def test_one_request_becomes_one_stimulus_with_nothing_recorded() -> None:
    recording = read(request(path="/v1/invoices?page=2", headers={"X-Key": "k"}, body={"total": 5}))
    (event,) = recording.events
    assert recording.header.scenario == "s"
    assert recording.header.channels == ()
    assert (event.channel, event.operation, event.output) == (Channel.REQUEST, "POST /v1/invoices", None)
    assert (event.inputs["path"], event.inputs["query"]) == ("/v1/invoices", "page=2")
    assert event.inputs["headers"] == {"x-key": "k", "content-type": "application/json"}
    assert payload(event.inputs["body"]) == b'{"total":5}'
    assert event.lineage is None


def test_a_list_is_sent_in_order_and_nothing_overlaps() -> None:
    events = read([request(path=f"/{number}") for number in range(3)]).stimuli
    assert [event.inputs["path"] for event in events] == ["/0", "/1", "/2"]
    assert [event.seq for event in events] == [0, 1, 2]
    assert all(a.ended_at < b.started_at for a, b in pairwise(events))


@pytest.mark.parametrize(
    ("body", "sent", "kind"),
    [
        (None, b"", None),
        ("a=1", b"a=1", None),
        ("", b"", None),
        ([], b"[]", "application/json"),
        (False, b"false", "application/json"),
        (12345678901234567890123, b"12345678901234567890123", "application/json"),
    ],
    ids=["null", "text", "empty", "list", "false", "long-number"],
)
def test_a_body_is_json_or_a_string(body: object, sent: bytes, kind: str | None) -> None:
    (event,) = read(request(body=body)).events
    assert payload(event.inputs["body"]) == sent
    assert event.inputs["headers"].get("content-type") == kind


def test_a_content_type_that_is_given_stays() -> None:
    (event,) = read(request(headers={"Content-Type": "application/x+json"}, body={})).events
    assert event.inputs["headers"] == {"content-type": "application/x+json"}


@pytest.mark.parametrize(
    ("document", "match"),
    [
        ([], "holds no request"),
        ("GET /", "the entry of request 1 is a string, not an object"),
        ({"requests": []}, "the entry of request 1 has no 'request'"),
        ([request(), {"request": 5}], "request 2 is a number"),
        (request(methud="GET"), r"unknown key 'methud' \(did you mean 'method'\?\)"),
        (request(method="get"), "the method of request 1 is 'get'"),
        (request(method="GET / HTTP/1.1\r\nx: y"), "the method of request 1"),
        (request(path="v1"), "the path of request 1 is 'v1'"),
        (request(path="/a b"), "the path of request 1"),
        (request(path="/a\r\nHost: evil"), r"the path of request 1 is '/a\\u\{D\}\\u\{A\}Host: evil'"),
        (request(path="/ü"), "encoded"),
        (request(path=5), "'path' of request 1 is a number, not a string"),
        (request(headers=[]), "'headers' of request 1 is a list"),
        (request(headers={"a": 5}), "the header 'a' of a? ?request 1"),
        (request(headers={"a b": "c"}), "request 1 has a header 'a b', which is no name of one"),
        (request(headers={"a": "b\r\nX: y"}), "the header 'a' of request 1 has a line break in it"),
        (request(headers={"a": ["b", "c\n"]}), "the header 'a' of request 1 has a line break in it"),
    ],
)
def test_a_wrong_file_says_how_to_write_it(document: object, match: str) -> None:
    with Refused(match + ".*; write "):
        read(document)


@pytest.mark.parametrize(
    "asked",
    [{"path": "/x/{order}"}, {"path": "/x?y={order}"}, {"headers": {"authorization": "Bearer {order}"}}],
    ids=["path", "query", "header"],
)
def test_a_name_must_have_been_saved_before_it_is_sent(asked: dict[str, object]) -> None:
    saving = {**request(), "save": {"order": "$.body.id"}}
    assert len(read([saving, request(**asked)]).events) == 2
    for document in (
        request(**asked),
        [request(**asked), saving],
        {**request(**asked), "save": {"a": "$.body.id"}},
    ):
        with Refused(r"request 1 sends \{order\}, which no request before it saves; save it "):
            read(document)


def test_braces_in_a_body_are_its_own() -> None:
    (event,) = read(request(body={"template": "Dear {name}"})).events
    assert payload(event.inputs["body"]) == b'{"template":"Dear {name}"}'


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b'{"request": {\n "method" "GET"}}', r"s\.json:2: is not JSON at column 11"),
        (b'{"request": {"method": "GET", "method": "PUT", "path": "/"}}', "the key 'method' is there twice"),
        (b"", "s.json:1: is not JSON"),
        (b"[" * 100_000, "nested more than 254"),
    ],
    ids=["syntax", "duplicate", "empty", "deep"],
)
def test_broken_json_is_named_with_its_line(content: bytes, match: str) -> None:
    with Refused(match):
        from_request_file(content, "s", WHERE)
