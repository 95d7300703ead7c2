import io
import json
import logging
from collections.abc import Iterator

import pytest

from billing import logs, tracing

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure(stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


def test_the_trace_of_the_caller_is_continued_in_a_new_span() -> None:
    trace = tracing.from_header(f"00-{TRACE}-00f067aa0ba902b7-01")
    assert trace.trace_id == TRACE
    assert trace.span_id != "00f067aa0ba902b7"
    assert trace.traceparent == f"00-{TRACE}-{trace.span_id}-01"


@pytest.mark.parametrize("header", [None, "", "garbage", f"00-{TRACE}-short-01"])
def test_without_a_trace_one_is_made(header: str | None) -> None:
    first, second = tracing.from_header(header), tracing.from_header(header)
    assert len(first.trace_id) == 32
    assert first.trace_id != second.trace_id


def test_a_log_line_is_json_with_its_trace_and_fields(stream: io.StringIO) -> None:
    with tracing.activated(tracing.span_of(TRACE)):
        logging.getLogger("billing.test").info("payment captured", extra=logs.fields(invoice="i-1"))
    line = json.loads(stream.getvalue())
    assert line["message"] == "payment captured"
    assert (line["level"], line["logger"], line["service"]) == ("info", "billing.test", "billing")
    assert (line["trace_id"], line["invoice"]) == (TRACE, "i-1")
    assert {"ts", "span_id"} <= line.keys()
