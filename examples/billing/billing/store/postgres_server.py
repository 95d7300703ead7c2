"""The server behind a `postgresql://` address: connections to it, and databases on it."""

import time
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from billing.store.database import DatabaseUnavailable

Connection = psycopg.Connection[dict[str, Any]]
PAUSE_SECONDS = 0.1
CONNECT_SECONDS = 5
LOCKS = "-c lock_timeout=5000"
# The database that every server has; one that is to be made cannot be connected to.
MAINTENANCE = "/postgres"


def connect(url: str, patience: float = 0) -> Connection:
    """A connection in autocommit; a server that is not up yet is asked again while the patience lasts."""
    deadline = time.monotonic() + patience
    while True:
        try:
            return psycopg.connect(
                url,
                autocommit=True,
                row_factory=dict_row,
                connect_timeout=CONNECT_SECONDS,
                client_encoding="utf8",
                options=LOCKS,
            )
        except psycopg.OperationalError as error:
            if time.monotonic() >= deadline:
                raise DatabaseUnavailable(_told(url, error)) from error
        time.sleep(PAUSE_SECONDS)


def make_database(url: str, patience: float = 0) -> bool:
    """Create the database that an address names; False when the server has it already."""
    parts = urlsplit(url)
    name = unquote(parts.path.removeprefix("/"))
    with connect(urlunsplit(parts._replace(path=MAINTENANCE)), patience) as server:
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            return False
        try:
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            return False  # another process was quicker
    return True


def _told(url: str, error: psycopg.OperationalError) -> str:
    """One line without the password."""
    parts = urlsplit(url)
    return f"PostgreSQL at {parts.hostname}:{parts.port or 5432}{parts.path}: {' '.join(str(error).split())}"
