"""The environment, read once at the edge and frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field

SQLITE = "sqlite:///"


class BadSettings(Exception):
    """A variable is missing or cannot be read; the message names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that an operator can set."""

    database: str
    read_database: str | None
    read_lag: float
    provider_url: str
    provider_key: str = field(repr=False)
    webhook_token: str = field(repr=False)
    relay_interval: float

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        read_url = environ.get("READ_DATABASE_URL", "")
        return cls(
            database=database_path(_required(environ, "DATABASE_URL")),
            read_database=database_path(read_url) if read_url else None,
            read_lag=_seconds(environ, "READ_LAG_MS", default=0),
            provider_url=environ.get("PROVIDER_URL", "http://127.0.0.1:9000"),
            provider_key=environ.get("PROVIDER_KEY", ""),
            webhook_token=environ.get("WEBHOOK_TOKEN", ""),
            relay_interval=_seconds(environ, "RELAY_INTERVAL_MS", default=20),
        )


def database_path(url: str) -> str:
    """The file that a `sqlite:///` address names; four slashes make it absolute."""
    if not url.startswith(SQLITE) or url == SQLITE:
        raise BadSettings(f"{url!r} is no database address; write sqlite:////absolute/path.db")
    return url.removeprefix(SQLITE)


def _required(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "")
    if not value:
        raise BadSettings(f"{name} is not set")
    return value


def _seconds(environ: Mapping[str, str], name: str, *, default: int) -> float:
    text = environ.get(name, "") or str(default)
    try:
        milliseconds = int(text)
    except ValueError:
        raise BadSettings(f"{name} is {text!r}; write whole milliseconds") from None
    if milliseconds < 0:
        raise BadSettings(f"{name} is {text!r}; it cannot be negative")
    return milliseconds / 1000
