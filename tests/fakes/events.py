"""Events and recordings in few words."""

from collections.abc import Iterable, Mapping

from gate.model import Channel, Event, Header, Json, Recording

TRACE = "{:032x}"


def request(
    seq: int,
    method: str = "GET",
    path: str = "/",
    *,
    query: str = "",
    headers: Mapping[str, Json] | None = None,
    asked: Json = None,
    said: Json = None,
    at: int = 0,
    lasts: int = 0,
    output: Mapping[str, Json] | None = None,
    host: str = "",
    trace: str | None = None,
) -> Event:
    """A stimulus; a call where a host is given. ``asked`` and ``said`` are JSON bodies; times in microseconds."""
    inputs: dict[str, Json] = {
        "method": method,
        "path": path,
        "query": query,
        "headers": dict(headers or {}),
        "body": None if asked is None else {"json": asked},
    }
    answered: Mapping[str, Json] = {
        "status": 200,
        "headers": {},
        "body": None if said is None else {"json": said},
    }
    return Event(
        seq=seq,
        channel=Channel.CALL if host else Channel.REQUEST,
        operation=f"{method} {host}{path}",
        inputs={"host": host, **inputs} if host else inputs,
        output=answered if output is None else output,
        started_at=at,
        duration=lasts,
        lineage=trace,
    )


def recording(events: Iterable[Event], scenario: str = "one") -> Recording:
    """A recording of everything."""
    return Recording(header=Header(scenario=scenario, channels=tuple(Channel)), events=tuple(events))
