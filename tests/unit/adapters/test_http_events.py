"""Headers as they stand in events."""

import orjson
import pytest

from gate.adapters.http_events import header_lines, header_map, trace_id


def test_headers_there_and_back() -> None:
    lines = [("X-A", "1"), ("Set-Cookie", "a"), ("set-cookie", "b"), ("SET-COOKIE", "c")]
    found = header_map(lines)
    assert found == {"x-a": "1", "set-cookie": ["a", "b", "c"]}
    assert header_lines(found) == [
        ("x-a", "1"),
        ("set-cookie", "a"),
        ("set-cookie", "b"),
        ("set-cookie", "c"),
    ]


def test_bytes_that_are_no_utf8_can_be_kept() -> None:
    raw = b"caf\xe9".decode("utf-8", "surrogateescape")
    assert orjson.loads(orjson.dumps(header_map([("X-Name", raw), ("X-Good", "café")]))) == {
        "x-name": "café",
        "x-good": "café",
    }


@pytest.mark.parametrize(
    ("value", "trace"),
    [
        (f"00-{'a' * 32}-{'b' * 16}-01", "a" * 32),
        (f"00-{'a' * 31}-{'b' * 16}-01", None),
        ("", None),
        (None, None),
        (["00-a-b-c"], None),
    ],
)
def test_trace_id(value: str | None, trace: str | None) -> None:
    assert trace_id({"traceparent": value}) == trace
