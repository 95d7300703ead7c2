"""A PostgreSQL database, read only, from beside the service that writes it."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import groupby
from math import isfinite
from types import MappingProxyType
from typing import Any

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.rows import DictRow, dict_row
from psycopg.sql import SQL, Composed, Identifier
from psycopg.types import TypeInfo
from psycopg.types.string import TextLoader

from gate.adapters.values import blob
from gate.config import Redactor
from gate.errors import InconclusiveError
from gate.model import Json, Table

_CONNECT_SECONDS = 10
_CHUNK = 500
"""Rows that are in memory as the server sent them."""
_MOST_ROWS = 1_000_000
_MOST_CHARACTERS = 256 * 1024 * 1024
_NATIVE = ("bool", "int2", "int4", "int8", "float4", "float8", "bytea")
"""The types whose values psycopg reads; those of all others stay as PostgreSQL writes them, to the digit."""
_PLAIN = frozenset((str, int, bool, type(None)))
_SESSION = MappingProxyType(
    {
        "default_transaction_read_only": "on",
        "statement_timeout": "60s",
        "row_security": "off",  # rows that this user may not see are an error, not silence
        "client_encoding": "UTF8",
        # how values are written, whatever the service made the default of its user
        "DateStyle": "ISO",
        "IntervalStyle": "postgres",
        "TimeZone": "UTC",
        "extra_float_digits": "1",
    }
)
_CATALOGUE = """
SELECT c.oid::int8 AS oid, n.nspname, c.relname, c.relkind = 'p' AS parted, pg_table_is_visible(c.oid) AS visible,
       a.attname, format_type(a.atttypid, a.atttypmod) AS type, array_position(p.conkey, a.attnum) AS position,
       a.atttypid IN (20, 21, 23)
           AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) LIKE '%nextval(%') AS numbered,
       e.oid::int8 AS element, a.atttypid::int8 AS array_type,
       (SELECT f.confrelid::int8 FROM pg_constraint f WHERE f.conrelid = c.oid AND f.contype = 'f'
           AND f.conparentid = 0 AND f.conkey = ARRAY[a.attnum] ORDER BY f.conname LIMIT 1) AS target
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
LEFT JOIN pg_constraint p ON p.conrelid = c.oid AND p.contype = 'p'
LEFT JOIN pg_type e ON e.typarray = a.atttypid
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.relname, a.attnum
"""
_OTHERS = """
SELECT datname FROM pg_database
WHERE NOT datistemplate AND datname NOT IN (current_database(), 'postgres') ORDER BY datname
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where a database is, and who reads it."""

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Relation:
    table: Table
    source: Composed  # what follows FROM


class PostgresStore:
    """Implements :class:`gate.ports.Store`."""

    def __init__(self, name: str, server: Server, redactor: Redactor) -> None:
        self._name, self._server, self._redactor = name, server, redactor
        self._relations: Mapping[str, _Relation] = {}
        try:
            self._connection = _connected(server)
        except psycopg.Error as error:
            raise self._error("cannot be opened", error) from None
        _read_as_written(self._connection)

    def tables(self) -> Mapping[str, Table]:
        """Keys, references and columns as the catalogue has them; a table outside the search path has its schema."""
        columns = self._query(SQL(_CATALOGUE))
        for column in columns:
            array, element = column["array_type"], column["element"]
            if element is not None and self._connection.adapters.types.get(array) is None:
                # of a type that the service made, such as an enum; it is a list as any other
                TypeInfo(str(element), element, array).register(self._connection)
        found = {oid: list(rows) for oid, rows in groupby(columns, key=lambda row: row["oid"])}
        names = {oid: _called(rows[0]) for oid, rows in found.items()}
        self._relations = {names[oid]: _relation(rows, names) for oid, rows in found.items()}
        if len(self._relations) < len(found):
            raise InconclusiveError(f"store {self._name}: two tables have one name; rename that with the dot")
        return {name: relation.table for name, relation in self._relations.items()}

    def rows(self, table: str) -> Sequence[Mapping[str, Json]]:
        """All rows, in order of their key or of where they lie."""
        relation = self._relation(table)
        order = [Identifier(column) for column in relation.table.key or ("tableoid", "ctid")]
        query = SQL("SELECT * FROM {} ORDER BY {}").format(relation.source, SQL(", ").join(order))
        found: list[Mapping[str, Json]] = []
        characters = 0
        with closing(self._stream(query)) as stream:
            for raw in stream:
                row = self._row(raw)
                characters += sum(map(len, map(str, row.values())))
                if len(found) == _MOST_ROWS or characters > _MOST_CHARACTERS:
                    raise InconclusiveError(
                        f"store {self._name}: table {table} has more than {_MOST_ROWS:,} rows or"
                        f" {_MOST_CHARACTERS >> 20} MiB; list the tables to compare in observe.rows of gate.yml"
                    )
                found.append(row)
        return found

    def _row(self, raw: DictRow) -> Mapping[str, Json]:
        """Most rows are fit as they are, which one look at all of their texts tells."""
        texts = "\n".join([value for value in raw.values() if type(value) is str])
        if _PLAIN.issuperset(map(type, raw.values())) and self._redactor.redact_text(texts) == texts:
            return raw
        return {column: self._value(value) for column, value in raw.items()}

    def _value(self, value: object) -> Json:
        if isinstance(value, str):
            return self._redactor.redact_text(value)
        if value is None or isinstance(value, int):
            return value
        if isinstance(value, float):
            return value if isfinite(value) else str(value)  # as JSON it would be null
        if isinstance(value, bytes):
            return blob(self._redactor.redact(value))
        if isinstance(value, list):
            return [self._value(item) for item in value]
        raise TypeError(f"PostgreSQL gave a {type(value).__name__}")

    def elsewhere(self) -> Sequence[str]:
        """Those that someone has created."""
        return [row["datname"] for row in self._query(SQL(_OTHERS))]

    def version(self) -> Json:
        """Changes with the end of every transaction that wrote, on the whole server."""
        return str(self._query(SQL("SELECT pg_current_snapshot() AS now"))[0]["now"])

    def undrained(self, table: str, published: str) -> int:
        """Rows that wait for their relay."""
        source, column = self._relation(table).source, Identifier(published)
        query = SQL("SELECT count(*) AS waiting FROM {} WHERE {} IS NULL").format(source, column)
        return int(self._query(query)[0]["waiting"])

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()

    def _relation(self, table: str) -> _Relation:
        if table not in self._relations:
            self.tables()
        if table not in self._relations:
            raise InconclusiveError(
                f"store {self._name}: {self._server.database} has no table {table}; check 'observe' in gate.yml"
            )
        return self._relations[table]

    def _query(self, query: SQL | Composed) -> list[DictRow]:
        try:
            return self._connection.execute(query).fetchall()
        except psycopg.Error as error:
            raise self._error("cannot be read", error) from None

    def _stream(self, query: Composed) -> Generator[DictRow]:
        size = _CHUNK if psycopg.capabilities.has_stream_chunked() else 1
        try:
            yield from self._connection.cursor().stream(query, size=size)
        except psycopg.Error as error:
            raise self._error("cannot be read", error) from None

    def _error(self, what: str, error: psycopg.Error) -> InconclusiveError:
        at = f"{self._server.database} at {self._server.host}:{self._server.port}"
        seen = error.diag.message_primary or str(error)
        return InconclusiveError(
            f"store {self._name}: {at} {what}: {self._redactor.redact_text(seen.partition(chr(10))[0])};"
            " check 'state' and 'observe' in gate.yml"
        )


class _Moment(Loader):
    """ISO 8601 to the letter, as everything else writes times; a time before Christ has no such form."""

    def load(self, data: Buffer) -> str:
        text = str(data, "utf-8")
        if text.endswith("BC"):
            return text
        return text.replace(" ", "T") + (":00" if text.endswith("+00") else "")


def _connected(server: Server) -> psycopg.Connection[DictRow]:
    return psycopg.connect(
        host=server.host,
        port=server.port,
        dbname=server.database,
        user=server.user,
        password=server.password,
        options=" ".join(f"-c {setting}={value}" for setting, value in _SESSION.items()),
        application_name="replay-gate",
        connect_timeout=_CONNECT_SECONDS,
        tcp_user_timeout=_CONNECT_SECONDS * 1000,
        sslmode="prefer",
        gssencmode="disable",
        autocommit=True,
        row_factory=dict_row,
    )


def _read_as_written(connection: psycopg.Connection[Any]) -> None:
    adapters = connection.adapters
    for known in adapters.types:
        if known.name not in _NATIVE:
            adapters.register_loader(known.oid, _Moment if known.name.startswith("timestamp") else TextLoader)
    adapters.register_loader(0, TextLoader)  # all others


def _called(column: DictRow) -> str:
    return str(column["relname"] if column["visible"] else f"{column['nspname']}.{column['relname']}")


def _relation(rows: Sequence[DictRow], names: Mapping[int, str]) -> _Relation:
    first = rows[0]
    columns = [row for row in rows if row["attname"] is not None]
    key = sorted((row for row in columns if row["position"] is not None), key=lambda row: row["position"])
    table = Table(
        key=tuple(row["attname"] for row in key),
        references=MappingProxyType(
            {row["attname"]: names[row["target"]] for row in columns if row["target"] in names}
        ),
        sequence=len(key) == 1 and bool(key[0]["numbered"]),
        columns=MappingProxyType({row["attname"]: row["type"] for row in columns}),
    )
    # The rows of tables that inherit from it are theirs; a partitioned table has none of its own.
    only = SQL("" if first["parted"] else "ONLY ")
    return _Relation(table=table, source=only + Identifier(first["nspname"], first["relname"]))
