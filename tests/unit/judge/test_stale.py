"""A bundle that the baseline has outgrown."""

from dataclasses import replace

import pytest

from gate.judge import stale
from gate.model import Channel, Event, Header, Recording
from gate.ports import Played, PlayedCall


def answered(*statuses: int | None, seq: int = 0, path: str = "/v1/x/42") -> Recording:
    events = tuple(
        Event(
            seq=seq + n,
            channel=Channel.REQUEST,
            operation=f"GET {path}",
            inputs={"method": "GET", "path": path},
            output=None if status is None else {"status": status},
            started_at=n,
        )
        for n, status in enumerate(statuses)
    )
    return Recording(header=Header(scenario="one"), events=events)


@pytest.mark.parametrize(
    ("recorded", "live", "said"),
    [
        (answered(200, 201), answered(200, 201), []),
        (answered(200, 409), answered(409, 200), []),
        (answered(200), answered(200, path="/v1/x/43"), []),
        (answered(None), answered(500), []),
        (answered(200, 200), answered(200, 500), ["baseline answers GET /v1/x/{id} with 500 where 200 was recorded"]),
    ],
    ids=["as-recorded", "race", "other-id", "requests-only", "answers-otherwise"],
)  # fmt: skip
def test_statuses(recorded: Recording, live: Recording, said: list[str]) -> None:
    found = stale(recorded, live, ())
    assert len(found) == len(said)
    assert all(
        part in text and text.startswith("stale bundle: ") for part, text in zip(said, found, strict=True)
    )


def played(how: Played, operation: str) -> PlayedCall:
    event = replace(answered(200).events[0], channel=Channel.CALL, operation=operation)
    return PlayedCall(event=event, how=how, scenario="one")


def test_calls_that_the_recording_does_not_hold() -> None:
    missed = next(how for how in Played if how is not Played.RECORDED)
    calls = [played(Played.RECORDED, "GET pay.example/a"), *[played(missed, "GET pay.example/b/1")] * 2]
    found = stale(answered(200), answered(200), calls)
    assert len(found) == 1
    assert "baseline called GET pay.example/b/{id} 2 ×" in found[0]
    assert not stale(answered(200), answered(200), calls[:1])
