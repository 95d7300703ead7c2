"""W3C trace context: taken from the request, kept in a ContextVar, passed on with outward calls."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

TRACEPARENT = re.compile(r"00-(?P<trace>[0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One trace, and the span that this process works in."""

    trace_id: str
    span_id: str

    @property
    def traceparent(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-01"


NO_TRACE = Trace(trace_id="0" * 32, span_id="0" * 16)
_current: ContextVar[Trace] = ContextVar("trace", default=NO_TRACE)


def current() -> Trace:
    """The trace of the work in hand; all zeros outside of any."""
    return _current.get()


def from_header(header: str | None) -> Trace:
    """A new span in the caller's trace, or in a fresh one where the header is absent or malformed."""
    match = TRACEPARENT.fullmatch(header or "")
    return span_of(match["trace"] if match else secrets.token_hex(16))


def span_of(trace_id: str) -> Trace:
    """A new span in a known trace."""
    return Trace(trace_id=trace_id, span_id=secrets.token_hex(8))


@contextmanager
def activated(trace: Trace) -> Iterator[None]:
    """Work inside belongs to this trace."""
    token = _current.set(trace)
    try:
        yield
    finally:
        _current.reset(token)
