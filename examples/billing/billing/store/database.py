"""A SQLite file: reads, and transactions whose statements a replica can repeat."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from typing import Any, Protocol

Value = str | int | None
Row = Mapping[str, Any]
Statement = tuple[str, tuple[Value, ...]]
Listener = Callable[[tuple[Statement, ...]], None]


class Reader(Protocol):
    """What a query needs: the database itself, or a transaction on it."""

    def one(self, sql: str, *values: Value) -> Row | None: ...

    def all(self, sql: str, *values: Value) -> list[Row]: ...


class Transaction:
    """An open write transaction; it keeps what it executed."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.statements: list[Statement] = []

    def one(self, sql: str, *values: Value) -> Row | None:
        return _one(self._connection, sql, values)

    def all(self, sql: str, *values: Value) -> list[Row]:
        return _all(self._connection, sql, values)

    def execute(self, sql: str, *values: Value) -> int:
        """Run one statement; answers how many rows it changed."""
        changed = self._connection.execute(sql, values).rowcount
        self.statements.append((sql, values))
        return changed

    def insert(self, table: str, record: Any) -> None:
        """Insert a dataclass, a column for each of its fields."""
        self.execute(_insert(table, record), *_values(record))

    def insert_missing(self, table: str, record: Any) -> int:
        """Insert it unless its key is there already; answers how many rows that made."""
        return self.execute(f"{_insert(table, record)} ON CONFLICT DO NOTHING", *_values(record))


class Database:
    """One connection. Transactions hold no await, so within a process they never interleave."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=5)
        self._connection.row_factory = sqlite3.Row
        for pragma in (
            "journal_mode = WAL",
            "synchronous = NORMAL",
            "busy_timeout = 5000",
            "foreign_keys = ON",
        ):
            self._connection.execute(f"PRAGMA {pragma}")
        self._listeners: list[Listener] = []

    def one(self, sql: str, *values: Value) -> Row | None:
        return _one(self._connection, sql, values)

    def all(self, sql: str, *values: Value) -> list[Row]:
        return _all(self._connection, sql, values)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Commit what is done inside, or, when it raises, nothing of it."""
        self._connection.execute("BEGIN IMMEDIATE")
        transaction = Transaction(self._connection)
        try:
            yield transaction
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
        for listener in self._listeners:
            listener(tuple(transaction.statements))

    def on_commit(self, listener: Listener) -> None:
        """Call the listener with the statements of each transaction, once it is committed."""
        self._listeners.append(listener)

    def script(self, sql: str) -> None:
        """Run a migration."""
        self._connection.executescript(sql)

    def copy_to(self, other: "Database") -> None:
        """Make the other database equal to this one."""
        self._connection.backup(other._connection)

    def close(self) -> None:
        self._connection.close()


def _insert(table: str, record: Any) -> str:
    names = [field.name for field in fields(record)]
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' for _ in names)})"


def _values(record: Any) -> tuple[Value, ...]:
    return tuple(getattr(record, field.name) for field in fields(record))


def _one(connection: sqlite3.Connection, sql: str, values: tuple[Value, ...]) -> Row | None:
    row = connection.execute(sql, values).fetchone()
    return None if row is None else dict(row)


def _all(connection: sqlite3.Connection, sql: str, values: tuple[Value, ...]) -> list[Row]:
    return [dict(row) for row in connection.execute(sql, values)]
