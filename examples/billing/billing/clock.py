"""The one place that reads the wall clock."""

from datetime import UTC, datetime


def now() -> str:
    """This moment as ISO 8601 in UTC, always with microseconds, so that text order is time order."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def start_of_today() -> str:
    """Midnight UTC of the current day, in the format of `now`."""
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight.isoformat(timespec="microseconds")
