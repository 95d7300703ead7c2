"""A database, whichever kind: reads, and transactions whose statements a replica can repeat."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from typing import Any, Protocol

Value = str | int | None
Row = Mapping[str, Any]
Statement = tuple[str, tuple[Value, ...]]
Listener = Callable[[tuple[Statement, ...]], None]


class DatabaseUnavailable(Exception):
    """The server did not answer, or would not let us in."""


class Answer(Protocol):
    """What a driver's cursor has after a statement."""

    @property
    def rowcount(self) -> int: ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...


Run = Callable[[str, tuple[Value, ...]], Answer]


class Reader(Protocol):
    """What a query needs: the database itself, or a transaction on it."""

    def one(self, sql: str, *values: Value) -> Row | None: ...

    def all(self, sql: str, *values: Value) -> list[Row]: ...


class Transaction:
    """An open write transaction; it keeps what it executed."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.statements: list[Statement] = []

    def one(self, sql: str, *values: Value) -> Row | None:
        return _one(self._run, sql, values)

    def all(self, sql: str, *values: Value) -> list[Row]:
        return _all(self._run, sql, values)

    def execute(self, sql: str, *values: Value) -> int:
        """Run one statement; answers how many rows it changed."""
        changed = self._run(sql, values).rowcount
        self.statements.append((sql, values))
        return changed

    def insert(self, table: str, record: Any) -> None:
        """Insert a dataclass, a column for each of its fields."""
        self.execute(_insert(table, record), *_values(record))

    def insert_missing(self, table: str, record: Any) -> int:
        """Insert it unless its key is there already; answers how many rows that made."""
        return self.execute(f"{_insert(table, record)} ON CONFLICT DO NOTHING", *_values(record))


class Database(ABC):
    """One connection. Transactions hold no await, so within a process they never interleave.

    Every statement is written with `?` for its values and works on each kind of database.
    """

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def one(self, sql: str, *values: Value) -> Row | None:
        return _one(self._run, sql, values)

    def all(self, sql: str, *values: Value) -> list[Row]:
        return _all(self._run, sql, values)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Commit what is done inside, or, when it raises, nothing of it."""
        run = self._begin()
        transaction = Transaction(run)
        try:
            yield transaction
        except BaseException:
            self._rollback()
            raise
        run("COMMIT", ())
        for listener in self._listeners:
            listener(tuple(transaction.statements))

    def on_commit(self, listener: Listener) -> None:
        """Call the listener with the statements of each transaction, once it is committed."""
        self._listeners.append(listener)

    @abstractmethod
    def schema_version(self) -> int:
        """The number of the last migration that was run here; 0 before the first."""

    @abstractmethod
    def script(self, sql: str, version: int) -> None:
        """Run a migration and remember its number: both or neither."""

    @abstractmethod
    def copy_to(self, other: "Database") -> None:
        """Make the other database, of the same kind, equal to this one."""

    @abstractmethod
    def close(self) -> None: ...

    @abstractmethod
    def _run(self, sql: str, values: tuple[Value, ...]) -> Answer:
        """Run a statement outside of any transaction."""

    @abstractmethod
    def _begin(self) -> Run:
        """Open a transaction that no other writer is in; answers how its statements are run."""

    @abstractmethod
    def _rollback(self) -> None: ...


def _insert(table: str, record: Any) -> str:
    names = [field.name for field in fields(record)]
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' for _ in names)})"


def _values(record: Any) -> tuple[Value, ...]:
    return tuple(getattr(record, field.name) for field in fields(record))


def _one(run: Run, sql: str, values: tuple[Value, ...]) -> Row | None:
    row = run(sql, values).fetchone()
    return None if row is None else dict(row)


def _all(run: Run, sql: str, values: tuple[Value, ...]) -> list[Row]:
    return [dict(row) for row in run(sql, values).fetchall()]
