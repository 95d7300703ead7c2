"""The environment, read once at the edge and frozen."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

SQLITE = "sqlite:///"
POSTGRES = re.compile(r"postgresql://[^/@]+@[^/@:]+(:\d+)?/[^/?#]+")
REDIS = re.compile(r"rediss?://[^/]+(/\d+)?")


class BadSettings(Exception):
    """A variable is missing or cannot be read; the message names it, and keeps its secrets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that an operator can set. An address may hold a password."""

    database: str = field(repr=False)
    read_database: str | None = field(repr=False)
    read_lag: float
    redis: str | None = field(repr=False)
    provider_url: str
    provider_key: str = field(repr=False)
    webhook_token: str = field(repr=False)
    relay_interval: float

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        database = _database(environ, "DATABASE_URL")
        read_database = _database(environ, "READ_DATABASE_URL")
        if database is None:
            raise BadSettings("DATABASE_URL is not set")
        if read_database is not None and (sqlite_path(database) is None) != (
            sqlite_path(read_database) is None
        ):
            raise BadSettings("DATABASE_URL and READ_DATABASE_URL must name the same kind of database")
        return cls(
            database=database,
            read_database=read_database,
            read_lag=_seconds(environ, "READ_LAG_MS", default=0),
            redis=_redis(environ),
            provider_url=environ.get("PROVIDER_URL", "http://127.0.0.1:9000"),
            provider_key=environ.get("PROVIDER_KEY", ""),
            webhook_token=environ.get("WEBHOOK_TOKEN", ""),
            relay_interval=_seconds(environ, "RELAY_INTERVAL_MS", default=20),
        )


def sqlite_path(url: str) -> str | None:
    """The file of a `sqlite:///` address, absolute with four slashes; None for a server's address."""
    return url.removeprefix(SQLITE) if url.startswith(SQLITE) else None


def _database(environ: Mapping[str, str], name: str) -> str | None:
    url = environ.get(name, "")
    if url and not sqlite_path(url) and not POSTGRES.fullmatch(url):
        raise BadSettings(
            f"{name} is no database address; write sqlite:////absolute/path.db "
            "or postgresql://user:password@host/name"
        )
    return url or None


def _redis(environ: Mapping[str, str]) -> str | None:
    url = environ.get("REDIS_URL", "")
    if url and not REDIS.fullmatch(url):
        raise BadSettings("REDIS_URL is no cache address; write redis://host:6379/0")
    return url or None


def _seconds(environ: Mapping[str, str], name: str, *, default: int) -> float:
    text = environ.get(name, "") or str(default)
    try:
        milliseconds = int(text)
    except ValueError:
        raise BadSettings(f"{name} is {text!r}; write whole milliseconds") from None
    if milliseconds < 0:
        raise BadSettings(f"{name} is {text!r}; it cannot be negative")
    return milliseconds / 1000
