"""A SQLite file as the database."""

import sqlite3

from billing.store.database import Answer, Database, Run, Value


class SqliteDatabase(Database):
    """A file; others may read it, and wait up to five seconds to write."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=5)
        self._connection.row_factory = sqlite3.Row
        for pragma in (
            "journal_mode = WAL",
            "synchronous = NORMAL",
            "busy_timeout = 5000",
            "foreign_keys = ON",
        ):
            self._connection.execute(f"PRAGMA {pragma}")

    def schema_version(self) -> int:
        row = self.one("PRAGMA user_version")
        return 0 if row is None else int(row["user_version"])

    def script(self, sql: str, version: int) -> None:
        self._connection.executescript(f"BEGIN;\n{sql}\nPRAGMA user_version = {version};\nCOMMIT;")

    def copy_to(self, other: Database) -> None:
        assert isinstance(other, SqliteDatabase), "the settings allow one kind only"
        self._connection.backup(other._connection)

    def close(self) -> None:
        self._connection.close()

    def _run(self, sql: str, values: tuple[Value, ...]) -> Answer:
        return self._connection.execute(sql, values)

    def _begin(self) -> Run:
        self._connection.execute("BEGIN IMMEDIATE")
        return self._run

    def _rollback(self) -> None:
        self._connection.execute("ROLLBACK")
