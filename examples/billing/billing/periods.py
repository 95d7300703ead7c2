"""Billing periods: months of the calendar, counted from the day a subscription started."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Whole local days from start up to, not including, end."""

    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    def days_from(self, day: date) -> int:
        """How many days of the period are left, `day` included."""
        return (self.end - day).days


def local_day(moment: datetime, zone: str) -> date:
    """The calendar day that a moment falls on in a time zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def months_after(anchor: date, months: int) -> date:
    """The anchor's day in a later month, or that month's last day where it has no such day."""
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    return date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))


def period_containing(anchor: date, day: date) -> Period:
    """The billing period around a day that is not before the anchor."""
    if day < anchor:
        raise ValueError(f"{day} is before the first period, which starts on {anchor}")
    index = (day.year - anchor.year) * 12 + day.month - anchor.month
    if months_after(anchor, index) > day:
        index -= 1
    return Period(start=months_after(anchor, index), end=months_after(anchor, index + 1))
