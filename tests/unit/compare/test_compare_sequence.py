"""Two times in one object keep their order, though each is equal up to the tolerance."""

from datetime import UTC, datetime, timedelta

import pytest

from gate.model import Event, Json, Kind, Recording
from tests.unit.compare.build import SECOND, START, differences, recording, request, row, uid


def at(milliseconds: float, *, digits: int = 6, text: str = "") -> str:
    """So long after the start, cut off after some digits of the second."""
    moment = datetime.fromtimestamp(START / SECOND, UTC) + timedelta(milliseconds=milliseconds)
    whole, _, rest = moment.isoformat(timespec="microseconds").removesuffix("+00:00").partition(".")
    return f"{whole}.{rest[:digits]}Z{text}" if digits else f"{whole}Z{text}"


def paid(created: str, captured: str, *others: Event) -> Recording:
    """A payment with two times."""
    written: dict[str, Json] = {"id": uid(1), "created_at": created, "captured_at": captured}
    return recording(request({"payment": written}, ask="POST /v1/pay"), *others, row("payments", written))


def test_times_that_keep_their_order_are_equal() -> None:
    assert not differences(paid(at(10), at(30)), paid(at(15), at(90)))


def test_times_that_changed_places_are_not() -> None:
    found = differences(paid(at(10), at(30)), paid(at(30), at(10)))
    assert [(d.channel, d.kind, d.path) for d in found] == [
        ("request", Kind.ORDER, "$.body.payment.captured_at"),
        ("row", Kind.ORDER, "$.captured_at"),
    ]
    assert found[1].baseline == ["created_at", "captured_at"]
    assert found[1].candidate == ["captured_at", "created_at"]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ((at(10), at(10.4)), (at(10.4), at(10))),
        ((at(900, digits=0), at(950)), (at(1010, digits=0), at(990))),
        ((at(10, digits=3), at(10.5)), (at(10.9), at(10.5, digits=3))),
    ],
    ids=["close", "seconds", "milliseconds"],
)
def test_what_a_clock_cannot_tell_is_no_order(left: tuple[str, str], right: tuple[str, str]) -> None:
    assert not differences(paid(*left), paid(*right))


def test_a_time_that_differs_anyway_is_not_told_twice() -> None:
    found = differences(paid(at(10), at(30)), paid(at(10), at(-9000)))
    assert [d.kind for d in found] == [Kind.CHANGED, Kind.CHANGED]


def test_in_a_race_either_may_come_first() -> None:
    other = request({"ok": True}, seq=1, ask="POST /v1/hook", at=START, duration=SECOND)
    assert not differences(paid(at(10), at(30), other), paid(at(30), at(10), other))


def test_a_time_that_was_given_is_compared_as_it_is() -> None:
    def due(created: str) -> Recording:
        said: Json = {"due_at": at(20), "created_at": created}
        return recording(request(said, sent={"due_at": at(20)}, ask="POST /v1/pay"))

    assert not differences(due(at(10)), due(at(30)))
