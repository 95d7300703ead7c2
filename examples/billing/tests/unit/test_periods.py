from datetime import UTC, date, datetime

import pytest

from billing.periods import local_day, months_after, period_containing


@pytest.mark.parametrize(
    ("anchor", "day", "start", "end"),
    [
        ("2026-05-10", "2026-05-10", "2026-05-10", "2026-06-10"),
        ("2026-05-10", "2026-06-09", "2026-05-10", "2026-06-10"),
        ("2026-05-10", "2026-06-10", "2026-06-10", "2026-07-10"),
        ("2026-01-31", "2026-02-28", "2026-02-28", "2026-03-31"),
        ("2025-12-15", "2026-01-20", "2026-01-15", "2026-02-15"),
    ],
    ids=["first day", "last day", "next period", "end of a short month", "new year"],
)
def test_period_around_a_day(anchor: str, day: str, start: str, end: str) -> None:
    period = period_containing(date.fromisoformat(anchor), date.fromisoformat(day))
    assert (period.start.isoformat(), period.end.isoformat()) == (start, end)


def test_there_is_no_period_before_the_first() -> None:
    with pytest.raises(ValueError, match="before the first period"):
        period_containing(date(2026, 5, 10), date(2026, 5, 9))


def test_days_of_a_period() -> None:
    period = period_containing(date(2026, 5, 1), date(2026, 5, 22))
    assert (period.days, period.days_from(date(2026, 5, 22))) == (31, 10)


def test_a_late_evening_in_utc_is_the_next_day_in_berlin() -> None:
    moment = datetime(2026, 5, 20, 22, 30, tzinfo=UTC)
    assert local_day(moment, "UTC") == date(2026, 5, 20)
    assert local_day(moment, "Europe/Berlin") == date(2026, 5, 21)


def test_a_month_without_the_day_ends_early() -> None:
    assert months_after(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert months_after(date(2024, 1, 31), 2) == date(2024, 3, 31)
