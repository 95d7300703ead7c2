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


def test_one_that_passes_several_is_told_once() -> None:
    def three(*times: float) -> Recording:
        return recording(request({name: at(time) for name, time in zip("abc", times, strict=True)}))

    found = differences(three(10, 20, 30), three(30, 20, 10))
    assert [(d.kind, d.path, d.baseline) for d in found] == [
        (Kind.ORDER, "$.body.b", ["a", "b"]),
        (Kind.ORDER, "$.body.c", ["a", "c"]),
    ]
    found = differences(three(10, 10.6, 11.2), three(11.2, 10.6, 10))
    assert [d.baseline for d in found] == [["a", "c"]], "though each is close to its neighbour"


def test_two_times_that_become_one() -> None:
    apart, one = paid(at(10.001), at(30.002)), paid(at(15.003), at(15.003))
    later, same = "‹a later time›", "‹time of created_at›"
    assert [(d.kind, d.path, d.baseline, d.candidate) for d in differences(apart, one)] == [
        (Kind.CHANGED, "$.body.payment.captured_at", later, same),
        (Kind.CHANGED, "$.captured_at", later, same),
    ]
    assert [(d.baseline, d.candidate) for d in differences(one, apart)] == [(same, later)] * 2


def test_a_time_that_is_no_longer_written_though_the_first_is_equal_to_the_letter() -> None:
    assert len(differences(paid(at(10.001), at(30.002)), paid(at(10.001), at(10.001)))) == 2


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ((at(10.001), at(15.002)), (at(20.003), at(20.003))),
        ((at(11, digits=3), at(61, digits=3)), (at(21, digits=3), at(21, digits=3))),
        ((at(11), at(61)), (at(21), at(21))),
        ((at(1000, digits=0), at(2000, digits=0)), (at(1000, digits=0), at(1000, digits=0))),
        ((at(1000, digits=2), at(1990, digits=2)), (at(1010, digits=2), at(1010, digits=2))),
    ],
    ids=["close", "milliseconds", "filled-up", "seconds", "hundredths"],
)
def test_two_readings_of_a_clock_may_give_one_text(left: tuple[str, str], right: tuple[str, str]) -> None:
    assert not differences(paid(*left), paid(*right))
    assert not differences(paid(*right), paid(*left))


def test_one_time_of_milliseconds_where_they_clearly_stood_apart() -> None:
    apart, one = paid(at(11, digits=3), at(211, digits=3)), paid(at(21, digits=3), at(21, digits=3))
    assert len(differences(apart, one)) == 2


def test_in_a_race_two_times_may_become_one() -> None:
    other = request({"ok": True}, seq=1, ask="POST /v1/hook", at=START, duration=SECOND)
    assert not differences(paid(at(10.001), at(30.002), other), paid(at(15.003), at(15.003), other))
