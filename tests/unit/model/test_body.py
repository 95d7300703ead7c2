"""What a body says is never what another kind of body says."""

import base64
from itertools import combinations

import pytest

from gate.model import Json
from gate.model.body import document, encode, parse, payload

BYTES = b"\xff\xfe\x01binary payload"
BODIES = {
    "nothing": b"",
    "text": b"hello",
    "string": b'"hello"',
    "null": b"null",
    "null in quotes": b'"null"',
    "number": b"42",
    "number in quotes": b'"42"',
    "true": b"true",
    "bytes": BYTES,
    "their base64": base64.b64encode(BYTES),
    "a byte": b"\xff",
    "its base64": b"/w==",
    "object": b'{"a":2}',
    "a field twice": b'{"a":1,"a":2}',
    "a field twice, one escaped": b'{"a":1,"\\u0061":2,"b":"\\u003a"}',
    "an object with a colon": b'{"a":2,"b":":"}',
}


@pytest.mark.parametrize(("one", "other"), [*combinations(BODIES, 2)])
def test_no_two_of_these_say_the_same(one: str, other: str) -> None:
    assert document(encode(BODIES[one])) != document(encode(BODIES[other]))


@pytest.mark.parametrize("raw", BODIES.values(), ids=BODIES)
def test_every_one_is_kept_to_the_byte(raw: bytes) -> None:
    assert payload(encode(raw)) == raw


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (b'{ "a": 1 }', {"a": 1}),
        (b'{ "a": "\\u003a", "b": [{"a": 1}, {"a": 1}] }', {"a": ":", "b": [{"a": 1}, {"a": 1}]}),
        (b'{ "a": 123456789012345678901 }', {"a": 123456789012345678901}),
        (b"[1, 2]", [1, 2]),
    ],
    ids=["blanks", "escaped colon", "long number", "list"],
)
def test_json_that_is_not_compact_is_read(raw: bytes, wanted: Json) -> None:
    assert document(encode(raw)) == parse(raw) == wanted


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a": 1, "a": 2}',
        b'[{"b": {"a": 1, "a": 1}}]',
        b'{"a": 1, "a": 123456789012345678901}',
        b'{"a": 1, "a": 2, "b": "\\u003a"}',
    ],
    ids=["outer", "inner", "long number", "escaped colon"],
)
def test_a_field_that_is_named_twice_is_text(raw: bytes) -> None:
    assert parse(raw) is None
    assert document(encode(raw)) == raw.decode()


def test_bytes_are_shown_in_groups_that_are_no_ids() -> None:
    shown = document(encode(bytes(range(255, 195, -1))))
    assert isinstance(shown, str)
    assert shown.startswith("base64 //79/Pv6+fj3 ")
    assert max(map(len, shown.split())) == 12
