"""The database that an address names."""

from billing.settings import sqlite_path
from billing.store.database import Database


def open_database(url: str) -> Database:
    """Open it; a driver is imported only where it is used, as imports are most of the time to start."""
    path = sqlite_path(url)
    if path is not None:
        from billing.store.sqlite import SqliteDatabase

        return SqliteDatabase(path)
    from billing.store.postgres import PostgresDatabase

    return PostgresDatabase(url)


def open_copy(url: str) -> Database:
    """Open the read store; as it is but a copy of the primary, it is made where it is not there."""
    make_database(url)
    return open_database(url)


def make_database(url: str) -> None:
    """Create the database if its server lacks it; a SQLite file comes into being when it is opened."""
    if sqlite_path(url) is None:
        from billing.store import postgres, postgres_server

        postgres_server.make_database(url, postgres.PATIENCE_SECONDS)
