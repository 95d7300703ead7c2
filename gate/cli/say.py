"""The one line that an error is, and standard streams that are not what they should be."""

import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import TextIO

from gate.config import Redactor


def say(text: str) -> None:
    """Print an error: one line, nothing in it that moves a cursor, no secret."""
    line = redacted(" ".join(text.split()))
    tell(f"gate: {''.join(c if c.isprintable() else '?' for c in line)}")


def tell(text: str, end: str = "\n") -> None:
    """Print on standard error; that nobody listens is no reason to stop."""
    with suppress(OSError):
        print(text, end=end, file=sys.stderr, flush=True)


def redacted(text: str) -> str:
    """The text without the secrets of the gate's own environment."""
    return Redactor({}, os.environ).redact_text(text)


def mend_streams() -> None:
    """Give closed standard streams a place to go, and let any text through whatever the locale."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:  # the next file opened would become the stream
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
    sys.stdout = sys.stdout or os.fdopen(1, "w")
    sys.stderr = sys.stderr or os.fdopen(2, "w")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def flush_output() -> None:
    """Write out what was printed. Raises BrokenPipeError where nobody reads it, and then only once."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _give_up(sys.stdout)
        raise


def let_go_of_streams() -> None:
    """Write out the rest, or let it go nowhere: at its end Python would fail on it, with an exit code of its own."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            _give_up(stream)


def _give_up(stream: TextIO) -> None:
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
