"""A PostgreSQL database, over one connection."""

from functools import partial

import psycopg

from billing.store import schema
from billing.store.database import Answer, Database, Run, Value
from billing.store.dialect import with_identity_columns, with_percent_marks
from billing.store.postgres_copy import copy_rows, follow_rows
from billing.store.postgres_server import Connection, connect

PATIENCE_SECONDS = 10
# One writer at a time, in any process, as SQLite has it: a check and the write after it cannot be split.
BEGIN = "BEGIN; SELECT pg_advisory_xact_lock(1651469421)"


class PostgresDatabase(Database):
    """A server's database; a connection that is lost is made again at its next use."""

    def __init__(self, url: str, patience: float = PATIENCE_SECONDS) -> None:
        super().__init__()
        self._url = url
        self._connection = connect(url, patience)
        # A sequence does not roll back. A replica repeats only what was committed, so its ids would differ.
        self._ids_may_have_gaps = True

    def schema_version(self) -> int:
        found = self.one("SELECT to_regclass('schema_version') IS NOT NULL AS there")
        if found is None or not found["there"]:
            return 0
        row = self.one("SELECT version FROM schema_version")
        return 0 if row is None else int(row["version"])

    def script(self, sql: str, version: int) -> None:
        with self.transaction():
            if self.schema_version() >= version:
                return  # another process was here first
            self._connection.execute(with_identity_columns(sql))
            self._connection.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)")
            self._connection.execute("DELETE FROM schema_version")
            self._connection.execute("INSERT INTO schema_version (version) VALUES (%s)", (version,))

    def copy_to(self, other: Database) -> None:
        assert isinstance(other, PostgresDatabase), "the settings allow one kind only"
        schema.upgrade(other, self.schema_version())
        with self.transaction(), other.transaction():
            copy_rows(self._connection, other._connection)

    def close(self) -> None:
        self._connection.close()

    def _run(self, sql: str, values: tuple[Value, ...]) -> Answer:
        try:
            return _execute(self._connection, sql, values)
        except psycopg.OperationalError:
            if not self._connection.closed:
                raise
        # Outside of a transaction nothing was lost with the connection: begin anew, once.
        self._connection = connect(self._url)
        self._ids_may_have_gaps = True
        return _execute(self._connection, sql, values)

    def _begin(self) -> Run:
        try:
            self._run(BEGIN, ())
            if self._ids_may_have_gaps:
                follow_rows(self._connection)
                self._ids_may_have_gaps = False
        except BaseException:
            self._rollback()
            raise
        return partial(_execute, self._connection)

    def _rollback(self) -> None:
        self._ids_may_have_gaps = True
        if not self._connection.closed:
            self._connection.execute("ROLLBACK")


def _execute(connection: Connection, sql: str, values: tuple[Value, ...]) -> Answer:
    return connection.execute(with_percent_marks(sql), values) if values else connection.execute(sql)
