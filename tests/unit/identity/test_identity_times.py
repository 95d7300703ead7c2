"""When two times are the same moment of their runs."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.identity import Frame, parse

SECOND = 1_000_000
DAY = 86_400 * SECOND
START = 1_760_000_000 * SECOND
SAME = Frame(left=[START, START + 10 * SECOND], right=[START, START + 10 * SECOND], tolerance=2 * SECOND)
RECORDED = [START, START + 600 * SECOND, START + 1200 * SECOND]
LIVE = [START + 9 * DAY, START + 9 * DAY + SECOND // 10, START + 9 * DAY + SECOND // 5]
COLLAPSED = Frame(left=RECORDED, right=LIVE, tolerance=2 * SECOND)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("1970-01-01T00:00:01Z", SECOND),
        ("1970-01-01 00:00:01", SECOND),
        ("1970-01-01T01:00:01+01:00", SECOND),
        ("1970-01-01T00:00:01.5Z", SECOND * 3 // 2),
        ("1970-01-01T00:00:01,500Z", SECOND * 3 // 2),
        ("Thu, 01 Jan 1970 00:00:01 GMT", SECOND),
        ("2026-02-31T00:00:00Z", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("tomorrow", None),
    ],
)
def test_parse(text: str, moment: int | None) -> None:
    assert parse(text) == moment or (text.startswith("0001") and parse(text) is not None)


@pytest.mark.parametrize(
    ("by", "same"),
    [(0, True), (2 * SECOND, True), (-2 * SECOND, True), (2 * SECOND + 1, False), (60 * SECOND, False)],
)
def test_tolerance(by: int, same: bool) -> None:
    moment = START + 5 * SECOND
    assert SAME.same(moment, moment + by) is same


@pytest.mark.parametrize("index", range(3))
def test_a_recorded_time_against_a_live_one_where_the_gaps_are_gone(index: int) -> None:
    assert COLLAPSED.same(RECORDED[index] + 500, LIVE[index] + 900)


def test_a_time_of_another_stimulus_is_another_time() -> None:
    assert not COLLAPSED.same(RECORDED[2], LIVE[0] - 5 * SECOND)
    assert not COLLAPSED.same(RECORDED[1] + 300 * SECOND, LIVE[1])


def test_a_due_date_is_reckoned_from_the_run() -> None:
    assert COLLAPSED.same(RECORDED[1] + 30 * DAY, LIVE[1] + 30 * DAY)
    assert not COLLAPSED.same(RECORDED[1] + 30 * DAY, LIVE[1] + 31 * DAY)
    assert not SAME.same(START + 30 * DAY, START + 30 * DAY + 3600 * SECOND)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("2026-11-21T06:22:08Z", "2026-11-21T06:22:09Z", True),
        ("2026-11-21T06:22:08.123Z", "2026-11-21T06:22:08Z", True),
        ("2026-11-21T06:22:08.123456+00:00", "2026-11-21T06:22:08+00:00", True),
        ("2026-11-21T06:22:08Z", "2026-11-21T06:22:08+00:00", False),
        ("2026-11-21T06:22:08Z", "2026-11-21 06:22:08Z", False),
        ("2026-11-21T06:22:08Z", "2026-11-21T06:22:08", False),
        ("2026-11-21T06:22:08+01:00", "2026-11-21T07:22:08+02:00", False),
        ("2026-11-21T06:22:08Z", "Sat, 21 Nov 2026 06:22:08 GMT", False),
        ("Sat, 21 Nov 2026 06:22:08 GMT", "Sun, 22 Nov 2026 06:22:08 GMT", True),
    ],
)
def test_notation(left: str, right: str, same: bool) -> None:
    assert SAME.same_notation(left, right) is same


def test_the_offset_may_change_between_summer_and_winter() -> None:
    assert COLLAPSED.same_notation("2026-07-01T08:00:00+02:00", "2026-12-01T08:00:00+01:00")
    assert not COLLAPSED.same_notation("2026-07-01T08:00:00+02:00", "2026-12-01T08:00:00Z")
    assert COLLAPSED.same_notation("2026-07-01T08:00:00.5-0330", "2026-12-01T08:00:00-0230")


@pytest.mark.parametrize("other", ["-08:00", "+04:00", "+0100", "+00:30"])
def test_the_offset_may_change_by_an_hour_only(other: str) -> None:
    assert not COLLAPSED.same_notation("2026-07-01T08:00:00+02:00", f"2026-12-01T08:00:00{other}")


@pytest.mark.parametrize("scale", [1, 1_000, SECOND], ids=["s", "ms", "us"])
def test_epoch_numbers(scale: int) -> None:
    def number(moment: int) -> int:
        return moment * scale // SECOND

    assert COLLAPSED.numbers(number(RECORDED[1] + SECOND), number(LIVE[1] + SECOND))
    assert not COLLAPSED.numbers(number(RECORDED[1]), number(LIVE[1] + 20 * SECOND))
    assert not COLLAPSED.numbers(number(RECORDED[1] + 30 * DAY), number(LIVE[1] + 30 * DAY))
    assert COLLAPSED.numbers(number(RECORDED[1] + 30 * DAY), number(LIVE[1] + 30 * DAY), named=True)
    assert not COLLAPSED.numbers(number(RECORDED[1] + 30 * DAY), number(LIVE[1] + 31 * DAY), named=True)


@pytest.mark.parametrize("amount", [0, 1, -5, 8400, 99_999_999, 1e308, 10**400, 0.5], ids=str)
def test_amounts_are_no_clock_readings(amount: float) -> None:
    assert not SAME.reads(amount, SAME.left, named=True)
    assert not SAME.numbers(amount, amount + 1, named=True)


MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@given(MOMENTS, st.integers(-10 * SECOND, 10 * SECOND))
def test_same_is_symmetric(moment: datetime, by: int) -> None:
    here = int(moment.timestamp() * SECOND)
    mirrored = Frame(left=LIVE, right=RECORDED, tolerance=2 * SECOND)
    assert COLLAPSED.same(here, here + by) == mirrored.same(here + by, here)


@given(st.lists(st.integers(0, 10**15), max_size=4), st.integers(0, 10**15))
def test_a_time_is_itself_in_any_frame(starts: list[int], moment: int) -> None:
    assert Frame(left=sorted(starts), right=sorted(starts), tolerance=0).same(moment, moment)
