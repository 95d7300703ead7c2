"""A small bundle with one of everything, in memory and as a sealed directory."""

import re
from pathlib import Path

import pytest

from gate.errors import RequestError
from gate.model import Bundle, Channel, Event, Header, Manifest, Recording, StatePart, Table
from gate.model.body import encode

LONG = b'{"note":"' + b"n" * 2000 + b'"}'
START = 1_760_000_000_000_000


def exchange(seq: int, channel: Channel, payload: bytes = b"", **more: object) -> Event:
    """A request or call with one payload each way."""
    inputs = {"method": "POST", "path": "/v1/invoices", "query": "", "headers": {"accept": ["a", "b"]}}
    return Event(
        seq=seq,
        channel=channel,
        operation="POST /v1/invoices",
        inputs={**inputs, "body": encode(payload)},
        output={"status": 201, "headers": {"content-type": "application/json"}, "body": encode(payload)},
        **{"started_at": START + seq * 1000, "duration": 500, "lineage": "ab" * 16, **more},  # type: ignore[arg-type]
    )


def sample_recording(name: str = "finalize") -> Recording:
    """A request, a call, a row, a message and a log line."""
    row = {"id": 7, "total": "9.99", "big": 123456789012345678901234567890, "body": {"blob": "mine"}}
    return Recording(
        header=Header(
            scenario=name,
            says="a draft is finalized",
            tags=("core", "money"),
            started_at=START,
            channels=tuple(Channel),
            tables={"invoices": Table(key=("id",), references={"customer_id": "customers"}, sequence=True)},
            given=("cus_1",),
        ),
        events=(
            exchange(0, Channel.REQUEST, LONG),
            exchange(1, Channel.CALL, b"\xff" * 3000),
            Event(
                seq=2,
                channel=Channel.ROW,
                operation="invoices",
                inputs={"store": "db", "key": {"id": 7}, "existed": False},
                output=row,
                started_at=START + 2000,
            ),
            Event(
                seq=3,
                channel=Channel.MESSAGE,
                operation="outbox",
                inputs={"key": "inv_7", "position": 0},
                output={"type": "finalized"},
                started_at=START + 3000,
            ),
            Event(
                seq=4,
                channel=Channel.LOG,
                operation="api",
                inputs={"level": "info"},
                output={"message": "done \x1b[2J\u202e"},
                started_at=START + 4000,
            ),
        ),
    )


def sample_bundle() -> Bundle:
    """Two scenarios and one state part."""
    return Bundle(
        manifest=Manifest(
            name="billing",
            service={"commit": "abc"},
            entropy={"seed": 7},
            state=(StatePart(store="db", kind="sqlite", path="state/db/billing.db"),),
        ),
        recordings={"create": sample_recording("create"), "finalize": sample_recording("finalize")},
        payloads={"state/db/billing.db": bytes(range(256)) * 8},
    )


class Refused:
    """Expects a RequestError of one line, of the usual form, that matches; and that nothing is left behind."""

    def __init__(self, match: str, *clean: Path) -> None:
        self._match, self._clean = match, clean
        self._before = [_below(folder) for folder in clean]
        self._raises = pytest.raises(RequestError)

    def __enter__(self) -> None:
        self._info = self._raises.__enter__()

    def __exit__(self, *error: object) -> bool:
        caught = self._raises.__exit__(*error)
        message = str(self._info.value)
        assert re.search(self._match, message), message
        assert message.isprintable()
        assert re.fullmatch(r"bundle \S+: (?:\S+: )?[^;]+; .+", message), message
        assert [_below(folder) for folder in self._clean] == self._before
        return bool(caught)


def _below(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))
