"""A SQLite file, read only, from beside the service that writes it."""

import sqlite3
from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from types import MappingProxyType

from gate.adapters.values import blob
from gate.config import Redactor
from gate.errors import InconclusiveError
from gate.model import Json, Table

_BUSY_SECONDS = 5.0


class SqliteStore:
    """Implements :class:`gate.ports.Store`."""

    def __init__(self, name: str, path: Path, redactor: Redactor) -> None:
        self._name, self._path, self._redactor = name, path, redactor
        try:
            self._connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro",
                uri=True,
                timeout=_BUSY_SECONDS,
                check_same_thread=False,
            )
            self._connection.row_factory = sqlite3.Row
            self._connection.text_factory = lambda raw: raw.decode(errors="backslashreplace")
            self._connection.execute("SELECT 1 FROM sqlite_master LIMIT 1")
        except sqlite3.Error as error:
            raise self._error("cannot be opened", error) from None

    def tables(self) -> Mapping[str, Table]:
        """Keys and references as the schema declares them."""
        listed = self._query("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name")
        return {
            row["name"]: self._table(row["name"], row["sql"] or "")
            for row in listed
            if not row["name"].startswith("sqlite_")
        }

    def _table(self, name: str, sql: str) -> Table:
        columns = self._query(f"PRAGMA table_info({_quoted(name)})")
        key = [row for row in sorted(columns, key=lambda row: row["pk"]) if row["pk"]]
        sequence = (
            len(key) == 1 and str(key[0]["type"]).upper() == "INTEGER" and "WITHOUT ROWID" not in sql.upper()
        )
        references = {
            row["from"]: row["table"] for row in self._query(f"PRAGMA foreign_key_list({_quoted(name)})")
        }
        return Table(
            key=tuple(row["name"] for row in key),
            references=MappingProxyType(references),
            sequence=sequence,
            columns=MappingProxyType({row["name"]: row["type"] for row in columns}),
        )

    def rows(self, table: str) -> Sequence[Mapping[str, Json]]:
        """All rows, in order of their rowid or key."""
        found = self._query(f"SELECT * FROM {_quoted(table)}")  # noqa: S608 - quoted
        return [{column: self._value(row[column]) for column in row.keys()} for row in found]  # noqa: SIM118

    def _value(self, value: object) -> Json:
        if isinstance(value, bytes):
            return blob(self._redactor.redact(value))
        if isinstance(value, str):
            return self._redactor.redact_text(value)
        if isinstance(value, float) and not isfinite(value):
            return str(value)  # as JSON it would be null
        if value is None or isinstance(value, int | float):
            return value
        raise TypeError(f"SQLite gave a {type(value).__name__}")

    def elsewhere(self) -> Sequence[str]:
        """A file holds one."""
        return ()

    def version(self) -> Json:
        """Changes with every commit of another connection."""
        return int(self._query("PRAGMA data_version")[0][0])

    def undrained(self, table: str, published: str) -> int:
        """Rows that wait for their relay."""
        sql = f"SELECT count(*) FROM {_quoted(table)} WHERE {_column(published)} IS NULL"  # noqa: S608 - quoted
        return int(self._query(sql)[0][0])

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()

    def _query(self, sql: str) -> list[sqlite3.Row]:
        try:
            return self._connection.execute(sql).fetchall()
        except sqlite3.Error as error:
            raise self._error("cannot be read", error) from None

    def _error(self, what: str, error: sqlite3.Error) -> InconclusiveError:
        return InconclusiveError(
            f"store {self._name}: {self._path.name} {what}: {error}; check 'state' and 'observe' in gate.yml"
        )


def _column(name: str) -> str:
    """In backticks: SQLite takes what stands in double quotes and is no column for a text, and says nothing."""
    return "`" + name.replace("`", "``") + "`"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
