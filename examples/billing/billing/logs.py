"""Logs: one JSON object a line on stdout, each with the trace it belongs to."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

from billing import tracing

SERVICE = "billing"


class JsonFormatter(logging.Formatter):
    """Renders a record and its `fields` as one line of JSON."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        trace = tracing.current()
        line: dict[str, object] = {
            "ts": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "trace_id": trace.trace_id,
            "span_id": trace.span_id,
            "service": self._service,
        }
        line.update(getattr(record, "fields", {}))
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def fields(**values: object) -> dict[str, object]:
    """The `extra` of a log call: `log.info("payment captured", extra=fields(invoice=...))`."""
    return {"fields": values}


def configure(stream: TextIO = sys.stdout, service: str = SERVICE) -> None:
    """Send all logging of the process to one JSON stream."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter(service))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
