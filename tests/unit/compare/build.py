"""Small recordings, written by hand."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from gate.compare import compare
from gate.config import Compare
from gate.model import Channel, Comparison, Difference, Event, Header, Json, Recording, Table
from gate.model.body import encode

START = 1_760_000_000_000_000
SECOND = 1_000_000
HEADERS = ("content-type", "location", "set-cookie")


def uid(number: int) -> str:
    """A UUID that is easy to tell from others."""
    return str(UUID(int=0xABCDEF << 100 | number, version=4))


def trace(number: int) -> str:
    """A trace id; the gate sends the same to both sides, so it is given."""
    return f"a{number:x}" * 16


def request(
    body: Json | bytes = None,
    *,
    seq: int = 0,
    ask: str = "GET /v1/things",
    status: int = 200,
    headers: Mapping[str, Json] | None = None,
    sent: Json = None,
    at: int | None = None,
    duration: int = 1000,
    output: Mapping[str, Json] | None = None,
) -> Event:
    """A stimulus and what it was answered; the body is a document, or bytes."""
    method, _, path = ask.partition(" ")
    return Event(
        seq=seq,
        channel=Channel.REQUEST,
        operation=ask,
        inputs={
            "method": method,
            "path": path,
            "query": "",
            "headers": {"traceparent": f"00-{trace(seq)}-{trace(seq)[:16]}-01"},
            "body": None if sent is None else {"json": sent},
        },
        output=output
        or {
            "status": status,
            "headers": dict(headers or {}),
            "body": encode(body) if isinstance(body, bytes) else {"json": body},
        },
        started_at=START + seq * SECOND if at is None else at,
        duration=duration,
        lineage=trace(seq),
    )


def call(
    body: Json,
    *,
    seq: int = 100,
    by: int | None = 0,
    at: int | None = None,
    to: str = "POST pay.example/v1/captures",
) -> Event:
    """An outward call, caused by the stimulus ``by``."""
    method, _, rest = to.partition(" ")
    host, _, path = rest.partition("/")
    return Event(
        seq=seq,
        channel=Channel.CALL,
        operation=to,
        inputs={
            "host": host,
            "method": method,
            "path": f"/{path}",
            "query": "",
            "headers": {"content-type": "application/json", "user-agent": f"client/{seq}"},
            "body": {"json": body},
        },
        output={"status": 200, "headers": {}, "body": {"json": {"ok": True}}},
        started_at=START + seq if at is None else at,
        duration=10,
        lineage=None if by is None else trace(by),
    )


def row(
    table: str,
    columns: Mapping[str, Json] | None,
    *,
    seq: int = 200,
    before: Mapping[str, Json] | None = None,
    existed: bool = False,
    key: Json = None,
) -> Event:
    """A final row, by its column ``id``; ``before`` is what stood there."""
    inputs: dict[str, Json] = {
        "store": "db",
        "key": key or {"id": (columns or before or {}).get("id")},
        "existed": existed or before is not None,
    }
    if before is not None:
        inputs["before"] = dict(before)
    return Event(seq=seq, channel=Channel.ROW, operation=table, inputs=inputs, output=columns, started_at=0)


def message(
    columns: Mapping[str, Json], *, seq: int = 300, key: str | int = "k", by: int | None = 0, at: int = 0
) -> Event:
    """A message of the outbox."""
    return Event(
        seq=seq,
        channel=Channel.MESSAGE,
        operation="outbox",
        inputs={"key": key, "position": seq},
        output=columns,
        started_at=at or START + seq,
        lineage=None if by is None else trace(by),
    )


def recording(
    *events: Event, tables: Mapping[str, Table] | None = None, given: tuple[str, ...] = ()
) -> Recording:
    """All channels collected."""
    header = Header(scenario="one", channels=tuple(Channel), tables=tables or {}, given=given)
    return Recording(header=header, events=events)


def compared(left: Recording, right: Recording, **rules: Any) -> Comparison:
    """The comparison under these rules."""
    return compare(left, right, Compare(**rules), HEADERS)


def differences(left: Recording, right: Recording, **rules: Any) -> list[Difference]:
    """What is not the same under these rules."""
    return list(compared(left, right, **rules).differences)


def bodies(left: Json | bytes, right: Json | bytes, **rules: Any) -> list[Difference]:
    """What differs between two responses, with a first answer that is equal."""
    return differences(recording(request(left)), recording(request(right)), **rules)


def brief(found: list[Difference]) -> list[tuple[str, str, Json, Json]]:
    """Kind, path and evidence of each."""
    return [(str(one.kind), one.path, one.baseline, one.candidate) for one in found]
