import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.bundle import Shelf, Where, from_lines, to_lines
from gate.bundle.blobs import INLINE
from gate.errors import RequestError
from gate.model import Channel, Event, Header, Recording, Table
from gate.model.body import encode, payload
from tests.unit.bundle.samples import Refused, exchange, sample_recording

WHERE = Where(bundle="b", file="scenarios/s.ndjson")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
PAYLOADS = (
    st.binary()
    | st.binary(min_size=INLINE - 2, max_size=INLINE + 2)
    | st.text().map(str.encode)
    | JSON.map(lambda document: json.dumps(document).encode())
    | JSON.map(lambda document: json.dumps([document, "x" * INLINE], separators=(",", ":")).encode())
)


def again(recording: Recording) -> Recording:
    shelf = Shelf()
    return from_lines(to_lines(recording, shelf, WHERE), Shelf(shelf.payloads), WHERE)


def test_everything_comes_back() -> None:
    assert again(sample_recording()) == sample_recording()


@given(PAYLOADS, PAYLOADS)
def test_any_payload_comes_back_to_the_byte(sent: bytes, got: bytes) -> None:
    event = exchange(0, Channel.CALL, sent)
    event = dataclasses.replace(event, output={"status": 200, "headers": None, "body": encode(got)})
    read = again(Recording(header=Header(scenario="s"), events=(event,))).events[0]
    assert read == event
    assert payload(read.inputs["body"]) == sent
    assert read.output is not None
    assert payload(read.output["body"]) == got


@given(st.text(min_size=1), st.text(), JSON, st.dictionaries(st.text(), JSON), st.integers(0, 2**53 - 1))
def test_any_text_and_document_comes_back(name: str, says: str, value: object, row: dict, at: int) -> None:
    recording = Recording(
        header=Header(scenario="s", says=says, tags=(name,), given=(says,), started_at=at),
        events=(
            Event(
                seq=3,
                channel=Channel.ROW,
                operation=name,
                inputs={"key": {"id": value}, "body": {"blob": value}},
                output=row,
                started_at=at,
                lineage=says,
            ),
        ),
    )
    assert again(recording) == recording


def test_large_bodies_lie_on_the_shelf_once_and_small_ones_in_the_line() -> None:
    shelf = Shelf()
    small, large = b"s" * INLINE, b"l" * (INLINE + 1)
    events = tuple(exchange(seq, Channel.REQUEST, body) for seq, body in enumerate((small, large, large)))
    lines = to_lines(Recording(header=Header(scenario="s"), events=events), shelf, WHERE)
    assert list(shelf.payloads.values()) == [large]
    assert small in lines
    assert large not in lines


def test_base64_that_is_not_ours_stays_in_the_line() -> None:
    shelf = Shelf()
    body = {"base64": "A" * 2801 + "B=="}  # the last bits are not zero
    event = dataclasses.replace(exchange(0, Channel.CALL), output={"status": 200, "body": body})
    recording = Recording(header=Header(scenario="s"), events=(event,))
    assert from_lines(to_lines(recording, shelf, WHERE), shelf, WHERE) == recording
    assert not shelf.payloads


def test_rendering_is_deterministic() -> None:
    assert to_lines(sample_recording(), Shelf(), WHERE) == to_lines(sample_recording(), Shelf(), WHERE)


def edited(line: int, **changes: object) -> bytes:
    """The sample's lines with keys of one replaced, or taken away by ``...``."""
    lines = to_lines(sample_recording(), SHELF, WHERE).splitlines()
    document = {**json.loads(lines[line - 1]), **changes}
    kept = {key: value for key, value in document.items() if value is not ...}
    lines[line - 1] = json.dumps(kept).encode()
    return b"\n".join(lines) + b"\n"


SHELF = Shelf()
GOOD = to_lines(sample_recording(), SHELF, WHERE)
SHA = next(iter(SHELF.payloads))
REQUEST = {"method": "GET", "path": "/"}


def body(content: object) -> dict[str, object]:
    return {"inputs": {**REQUEST, "body": content}}


TABLE = {
    "seq-text": (edited(2, seq="0"), r":2: 'seq' of an event is a string, not a whole number"),
    "seq-bool": (edited(2, seq=True), r":2: 'seq' of an event is true"),
    "seq-float": (edited(2, seq=1.0), r":2: 'seq'"),
    "seq-negative": (edited(2, seq=-1), r":2: 'seq' of an event is negative"),
    "seq-twice": (edited(3, seq=0), r":3: the seq 0 is there twice"),
    "seq-order": (edited(4, seq=0), r":4: the seq 0 comes after 1"),
    "channel": (edited(2, channel="smoke"), r":2: the channel 'smoke' is none of request, call"),
    "channel-null": (edited(2, channel=None), r":2: 'channel' of an event is null"),
    "unknown-key": (edited(3, durration=1), r":3: .*unknown key 'durration' \(did you mean 'duration'\?\)"),
    "missing-key": (edited(3, duration=...), r":3: an event has no 'duration'"),
    "duration-negative": (edited(5, duration=-1), r":5: 'duration' of an event is negative"),
    "started-huge": (edited(5, started_at=2**60), r":5: 'started_at' of an event is beyond 53 bits"),
    "operation-empty": (edited(2, operation=""), r":2: 'operation' of an event is empty"),
    "inputs-list": (edited(2, inputs=[]), r":2: 'inputs' of an event is a list, not an object"),
    "output-text": (edited(2, output="x"), r":2: 'output' of an event is a string, not an object or null"),
    "lineage": (edited(2, lineage=5), r":2: 'lineage' of an event is a number"),
    "digest": (edited(4, digest="0" * 64), r":4: the digest of what was read"),
    "content": (edited(4, operation="refunds"), r":4: the digest of what was read"),
    "no-method": (edited(2, inputs={"path": "/"}), r":2: 'method' of a request is null"),
    "query": (edited(2, inputs={**REQUEST, "query": 1}), r":2: 'query' of a request"),
    "headers": (edited(2, inputs={**REQUEST, "headers": [1]}), r":2: 'headers' of a request is a list"),
    "header": (edited(2, inputs={**REQUEST, "headers": {"a": [1]}}), r":2: the header 'a' of a request"),
    "status": (edited(2, output={"status": "200"}), r":2: the output of a request has neither a 'status'"),
    "row-key": (edited(4, inputs={"key": 1}), r":4: 'key' of a row is a number"),
    "body-text": (edited(2, **body("hello")), r":2: a body is a string where null or one of"),
    "body-two": (edited(2, **body({"text": "a", "json": 1})), r":2: a body is an object where null"),
    "body-base64": (edited(2, **body({"base64": "?"})), r":2: a body cannot be read: not base64"),
    "blob-missing": (
        edited(2, **body({"blob": "0" * 64, "size": 1, "tag": "text"})),
        r":2: blob 0+ is missing",
    ),
    "blob-size": (edited(2, **body({"blob": SHA, "size": 1, "tag": "json"})), r":2: blob .* were recorded"),
    "blob-key": (edited(2, **body({"blob": SHA, "size": 1})), r":2: a blob has no 'tag'"),
    "blob-path": (edited(2, **body({"blob": "../x", "size": 1, "tag": "json"})), r"blob \.\./x is missing"),
    "blob-tag": (edited(2, **body({"blob": SHA, "size": 2011, "tag": "x"})), r":2: the tag 'x'"),
    "header-name": (edited(1, scenario="../x"), r":1: the scenario is called '\.\./x'"),
    "header-escape": (edited(1, scenario="\x1b[2J\u202e"), r"u\{1B\}\[2J.*u\{202E\}"),
    "header-newer": (edited(1, schema_version=2), r":1: is of schema_version 2 .*; update the gate"),
    "header-version": (edited(1, schema_version="1"), r":1: 'schema_version' of the header is not 1"),
    "header-channels": (edited(1, channels=["smell"]), r":1: the channel 'smell'"),
    "header-tags": (edited(1, tags=[1]), r":1: 'tags' of the header holds something other"),
    "header-table": (edited(1, tables={"t": {}}), r":1: the table 't' has no 'key'"),
    "header-sequence": (
        edited(1, tables={"t": {"key": [], "sequence": 1}}),
        r":1: 'sequence' of the table 't'",
    ),
    "header-columns": (
        edited(1, tables={"t": {"key": [], "columns": {"a": 1}}}),
        r":1: 'columns' of the table 't' holds something other than strings",
    ),
    "cache-key": (edited(4, channel="cache", inputs={"key": "m:1"}), r":4: 'key' of a cache key is a string"),
    "cache-key-name": (
        edited(4, channel="cache", inputs={"key": {"key": 1}}),
        r":4: 'key' in 'key' of a cache key is a number, not a string",
    ),
    "header-unknown": (edited(1, sayz="x"), r":1: .*did you mean 'says'"),
    "header-list": (b"[]\n", r":1: the header is a list"),
    "empty": (b"", r"the last line is cut off"),
    "newlines": (b"\n" * 1000, r":1: is not JSON"),
    "cut": (GOOD[:-1], r"the last line is cut off"),
    "cut-line": (GOOD[:-30] + b"\n", r":6: is not JSON"),
    "blank-line": (GOOD + b"\n", r":7: is not JSON at column 1"),
    "garbage": (GOOD + b"{]\n", r":7: is not JSON at column 2"),
    "duplicate-key": (GOOD + b'{"seq":1,"seq":2}\n', r":7: is not JSON: the key 'seq' is there twice"),
    "nan": (GOOD + b'{"seq":NaN}\n', r":7: is not JSON: NaN is no number"),
    "infinite": (GOOD + b'{"seq":1e999}\n', r":7: is not JSON: 1e999 is no number"),
    "digits": (GOOD + b"1" * 5000 + b"\n", r":7: is not JSON"),
    "latin-1": (GOOD + b'"\xe4"\n', r":7: is not UTF-8"),
    "bom": (b"\xef\xbb\xbf" + GOOD, r":1: is not JSON.*BOM"),
    "deep-300": (GOOD + b"[" * 300 + b"]" * 300 + b"\n", r":7: is nested more than 254 levels"),
    "deep-million": (GOOD + b"[" * 1_000_000 + b"\n", r":7: is nested more than 254 levels"),
    "deep-objects": (GOOD + b'{"a":' * 500_000 + b"\n", r":7: is nested more than 254 levels"),
    "long-line": (GOOD + b'"' + b"x" * (16 * 1024 * 1024) + b'"\n', r":7: is JSON of 16,777,218 bytes"),
}


@pytest.mark.parametrize(("content", "match"), TABLE.values(), ids=TABLE.keys())
def test_what_is_wrong_is_named_with_its_line(content: bytes, match: str) -> None:
    with Refused(match):
        from_lines(content, SHELF, WHERE)


@pytest.mark.parametrize("seqs", [(1, 1), (2, 1)], ids=["twice", "order"])
def test_nothing_unreadable_is_written(seqs: tuple[int, int]) -> None:
    events = tuple(exchange(seq, Channel.CALL) for seq in seqs)
    with Refused("the seq 1 "):
        to_lines(Recording(header=Header(scenario="s"), events=events), Shelf(), WHERE)


@pytest.mark.parametrize("depth", [300, 900, 5000])
def test_too_deep_is_refused_on_writing(depth: int) -> None:
    value: list[object] = []
    for _ in range(depth):
        value = [value]
    event = dataclasses.replace(sample_recording().events[2], output={"v": value})
    with pytest.raises(RequestError, match="nested"):
        to_lines(Recording(header=Header(scenario="s"), events=(event,)), Shelf(), WHERE)


@given(st.binary())
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        from_lines(content + b"\n", Shelf(), WHERE)
    except RequestError as error:
        assert str(error).isprintable()


@given(st.integers(0, len(GOOD) * 8 - 1))
def test_a_flipped_bit_never_escapes_as_another_error(bit: int) -> None:
    content = bytearray(GOOD)
    content[bit // 8] ^= 1 << bit % 8
    try:
        from_lines(bytes(content), Shelf(SHELF.payloads), WHERE)
    except RequestError as error:
        assert str(error).isprintable()


def test_a_cache_key_comes_back() -> None:
    event = Event(
        seq=0,
        channel=Channel.CACHE,
        operation="merchant:*",
        inputs={"store": "cache", "key": {"key": "merchant:m_1"}, "existed": False, "before": None},
        output={"type": "string", "value": '{"body": {"blob": "mine"}}', "expires": True},
        started_at=0,
    )
    recording = Recording(header=Header(scenario="s", channels=(Channel.CACHE,)), events=(event,))
    assert again(recording) == recording


def test_columns_come_back_in_the_order_of_the_table() -> None:
    columns = {"zip": "TEXT", "id": "INTEGER", "any": ""}
    header = Header(scenario="s", tables={"t": Table(key=("id",), columns=columns)})
    read = again(Recording(header=header, events=())).header.tables["t"]
    assert list(read.columns.items()) == list(columns.items())


def test_a_header_from_before_columns_were_kept() -> None:
    old = (
        b'{"schema_version":1,"scenario":"s","says":"","tags":[],"started_at":0,"channels":["row"],'
        b'"tables":{"t":{"key":["id"],"references":{"by":"u"},"sequence":true}},"given":[]}\n'
    )
    table = Table(key=("id",), references={"by": "u"}, sequence=True)
    assert from_lines(old, Shelf(), WHERE).header.tables == {"t": table}
    assert not table.columns
