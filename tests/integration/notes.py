"""The bundle that the tests replay against their small service: two scenarios, made here by hand."""

from pathlib import Path

from gate.bundle import write
from gate.model import Bundle, Channel, Event, Header, Json, Manifest, Recording
from gate.model.body import encode

START = 1_760_000_000_000_000
MILLISECOND = 1000
NOTE = "0b8f6f0e-5b0a-4e0e-9d5c-{:012d}"


def notes_bundle(folder: Path, *, scenarios: int = 2, latency: int = 20) -> Path:
    """Write the bundle; ``latency`` is that of the outward call, in milliseconds."""
    recordings = {f"note-{n}": scenario(n, latency) for n in range(1, scenarios + 1)}
    write(Bundle(manifest=Manifest(name="notes"), recordings=recordings), folder)
    return folder


def scenario(number: int, latency: int) -> Recording:
    """Write a note, which is checked outside, then read it by the id that the service gave it."""
    name, note, trace = f"note-{number}", NOTE.format(number), f"{number:032x}"
    text = f"note number {number}"
    said: dict[str, Json] = {"id": note, "text": text, "verdict": "fine"}
    asked: dict[str, Json] = {"text": text}
    events = [
        _exchange(0, trace, "POST", "/notes", asked, 201, said, at=0, lasts=(latency + 30) * MILLISECOND),
        _exchange(
            1,
            trace,
            "GET",
            f"/notes/{note}",
            None,
            200,
            said,
            at=(latency + 40) * MILLISECOND,
            lasts=MILLISECOND,
        ),
        _exchange(
            2,
            trace,
            "POST",
            "/check",
            asked,
            200,
            {"verdict": "fine"},
            at=5 * MILLISECOND,
            lasts=latency * MILLISECOND,
            host="checker.example",
        ),
    ]
    header = Header(
        scenario=name, says="a note is written and read", started_at=START, channels=tuple(Channel)
    )
    return Recording(header=header, events=tuple(events))


def _exchange(
    seq: int,
    trace: str,
    method: str,
    path: str,
    asked: Json,
    status: int,
    said: Json,
    *,
    at: int,
    lasts: int,
    host: str = "",
) -> Event:
    typed: dict[str, Json] = {"content-type": "application/json"}
    inputs: dict[str, Json] = {
        "method": method,
        "path": path,
        "query": "",
        "headers": {**typed, "traceparent": f"00-{trace}-{trace[:16]}-01"},
        "body": {"json": asked} if asked is not None else encode(b""),
    }
    return Event(
        seq=seq,
        channel=Channel.CALL if host else Channel.REQUEST,
        operation=f"{method} {host}{path}",
        inputs={"host": host, **inputs} if host else inputs,
        output={"status": status, "headers": typed, "body": {"json": said}},
        started_at=START + at,
        duration=lasts,
        lineage=trace,
    )
