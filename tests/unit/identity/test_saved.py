"""Requests written by hand that carry what earlier answers gave."""

import pytest

from gate.identity import filled, saved
from gate.model import Channel, Event, Json

ANSWER: dict[str, Json] = {
    "status": 201,
    "headers": {"location": "/v1/invoices/7"},
    "body": {"json": {"id": 7, "lines": [{"sku": "a/b"}], "nothing": None}},
}


def stimulus(**inputs: Json) -> Event:
    return Event(seq=0, channel=Channel.REQUEST, operation="GET /", inputs=inputs, output=None, started_at=0)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.body.id", 7),
        ("$.body.lines[0].sku", "a/b"),
        ("$.headers.location", "/v1/invoices/7"),
        ("$.status", 201),
    ],
)
def test_a_path_into_the_answer_is_saved(path: str, value: Json) -> None:
    assert dict(saved(stimulus(save={"it": path}), ANSWER)) == {"it": value}


def test_an_answer_that_is_a_string_is_saved_without_its_quotes() -> None:
    answer: dict[str, Json] = {"status": 200, "headers": {}, "body": {"json": "tok-1"}}
    assert dict(saved(stimulus(save={"it": "$.body"}), answer)) == {"it": "tok-1"}


@pytest.mark.parametrize("path", ["$.body.nope", "$.body.nothing", "$.body.lines[1]", "$.body.id.deeper"])
def test_a_path_that_leads_nowhere_saves_nothing(path: str) -> None:
    assert dict(saved(stimulus(save={"it": path}), ANSWER)) == {}
    assert dict(saved(stimulus(save={"it": path}), None)) == {}


def test_what_was_saved_is_filled_in_everywhere_and_escaped_where_it_must_be() -> None:
    sent = filled(
        {
            "method": "POST",
            "path": "/v1/{sku}/x",
            "query": "id={id}",
            "headers": {"authorization": "Bearer {sku}", "x": ["{id}", "b"]},
            "body": {"json": {"whole": "{id}", "part": "no {id}", "other": "{unknown}", "list": ["{sku}"]}},
            "save": {"later": "$.body.id"},
        },
        {"id": 7, "sku": "a/b"},
    )
    assert sent == {
        "method": "POST",
        "path": "/v1/a%2Fb/x",
        "query": "id=7",
        "headers": {"authorization": "Bearer a/b", "x": ["7", "b"]},
        "body": {"json": {"whole": 7, "part": "no 7", "other": "{unknown}", "list": ["a/b"]}},
    }


def test_a_request_without_anything_saved_is_sent_as_it_is() -> None:
    inputs: dict[str, Json] = {
        "method": "GET",
        "path": "/{a}",
        "query": "",
        "headers": {},
        "body": {"text": "{a}"},
    }
    assert filled(inputs, {}) == inputs


def test_a_text_body_is_filled_in_as_text() -> None:
    sent = filled(
        {"path": "/", "query": "", "headers": {}, "body": {"text": "a={a}&b={b}"}}, {"a": 1, "b": "x"}
    )
    assert sent["body"] == {"text": "a=1&b=x"}
