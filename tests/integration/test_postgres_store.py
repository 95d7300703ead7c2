"""A real PostgreSQL as an observer reads it."""

import re
import time
from base64 import b64decode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from gate.adapters.postgres import PostgresStore, Server
from gate.config import Redactor
from gate.errors import InconclusiveError
from tests.integration.servers import PASSWORD, Running, postgres

pytestmark = pytest.mark.docker

SECRET = "very-secret-value"
REDACTOR = Redactor({"NAME": SECRET})
NUMBERS = count()

TYPES = [
    ("text", "'é\n''\"'", "é\n'\""),
    ("varchar(20)", "'a'", "a"),
    ("char(3)", "'a'", "a  "),
    ("smallint", "-1", -1),
    ("bigint", "9223372036854775807", 9223372036854775807),
    ("boolean", "true", True),
    ("numeric", "10.00", "10.00"),
    ("numeric", "10", "10"),
    ("numeric", "12345678901234567890.123456789", "12345678901234567890.123456789"),
    ("numeric", "'NaN'", "NaN"),
    ("real", "0.1", 0.1),
    ("double precision", "1e300", 1e300),
    ("double precision", "'NaN'", "nan"),
    ("double precision", "'-Infinity'", "-inf"),
    ("money", "12.5", "$12.50"),
    ("date", "'2026-11-21'", "2026-11-21"),
    ("time", "'10:00:00.5'", "10:00:00.5"),
    ("timestamp", "'2026-11-21 10:00:00.123456'", "2026-11-21T10:00:00.123456"),
    ("timestamptz", "'2026-11-21 10:00:00+02'", "2026-11-21T08:00:00+00:00"),
    ("timestamptz", "'infinity'", "infinity"),
    ("timestamp", "'0044-03-15 00:00:00 BC'", "0044-03-15 00:00:00 BC"),
    ("interval", "'1 month 2 days 03:04:05'", "1 mon 2 days 03:04:05"),
    ("uuid", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
    ("json", """'{"b": 1.00,  "a": [1]}'""", '{"b": 1.00,  "a": [1]}'),
    ("jsonb", """'{"b": 1.00,  "a": [1]}'""", '{"a": [1], "b": 1.00}'),
    ("inet", "'10.0.0.1/8'", "10.0.0.1/8"),
    ("cidr", "'10.0.0.0/8'", "10.0.0.0/8"),
    ("int4range", "'[1,5]'", "[1,6)"),
    ("tstzmultirange", "'{}'", "{}"),
    ("bit varying", "B'101'", "101"),
    ("xml", "'<a/>'", "<a/>"),
    ("point", "'(1,2)'", "(1,2)"),
    ("tsvector", "'a b'", "'a' 'b'"),
    ("text", "NULL", None),
    ("int[]", "'{{1,NULL},{3,4}}'", [[1, None], [3, 4]]),
    ("int[]", "'[0:1]={1,2}'", [1, 2]),
    ("text[]", """'{"a,b",NULL,"NULL","\\"{}"}'""", ["a,b", None, "NULL", '"{}']),
    ("numeric(9,2)[]", "'{10,1.5}'", ["10.00", "1.50"]),
    ("timestamptz[]", "'{2026-11-21 10:00:00+00}'", ["2026-11-21T10:00:00+00:00"]),
    ("float8[]", "'{NaN,1}'", ["nan", 1.0]),
    ("jsonb[]", """ARRAY['{"a": 1}'::jsonb]""", ['{"a": 1}']),
    ("mood", "'so so'", "so so"),
    ("mood[]", "'{ok,so so}'", ["ok", "so so"]),
    ("positive", "7", 7),
    ("pair", "'(1,x)'", "(1,x)"),
    ("bytea", r"'\x00ff'", "AP8="),
    ("bytea", r"'\x000102030405060708090a0b0c0d0e0f'", "000102030405060708090a0b0c0d0e0f"),
    ("bytea[]", r"'{\\x00ff}'", ["AP8="]),
]


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with postgres() as running:
        yield running


def connected(server: Running, database: str = "app") -> psycopg.Connection:
    return psycopg.connect(
        host=server.host, port=server.port, user="app", password=PASSWORD, dbname=database, autocommit=True
    )


@pytest.fixture
def service(server: Running) -> Iterator[psycopg.Connection]:
    """A database of the test's own, as the service writes it."""
    with connected(server) as first:
        database = f"app{next(NUMBERS)}"
        first.execute(SQL("CREATE DATABASE {}").format(Identifier(database)))
        with connected(server, database) as connection:
            yield connection
        first.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(database)))


def place(service: psycopg.Connection, user: str = "app", password: str = PASSWORD) -> Server:
    info = service.info
    return Server(host=info.host, port=info.port, database=info.dbname, user=user, password=password)


@pytest.fixture
def opened(service: psycopg.Connection) -> Iterator[PostgresStore]:
    store = PostgresStore("db", place(service), REDACTOR)
    yield store
    store.close()


def written(service: psycopg.Connection, *statements: str) -> None:
    for statement in statements:
        service.execute(statement.encode())


def one_line(error: pytest.ExceptionInfo[InconclusiveError]) -> str:
    text = str(error.value)
    assert text.startswith("store db: ") and "\n" not in text and PASSWORD not in text
    return text


def test_tables_as_declared(service: psycopg.Connection, opened: PostgresStore) -> None:
    written(
        service,
        "CREATE TABLE invoices (id bigserial PRIMARY KEY, note varchar(20), due numeric(12,2))",
        "CREATE TABLE lines (n int, invoice int REFERENCES invoices, code text, also int REFERENCES invoices,"
        " PRIMARY KEY (invoice, n) INCLUDE (code), FOREIGN KEY (invoice, n) REFERENCES lines)",
        "ALTER TABLE lines ADD gone int, ADD tags text[]",
        "ALTER TABLE lines DROP gone",
        "CREATE TABLE identified (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY)",
        "CREATE TABLE named (id uuid DEFAULT gen_random_uuid() PRIMARY KEY, n serial)",
        "CREATE TABLE loose ()",
        "CREATE VIEW seen AS SELECT * FROM invoices",
        "CREATE TEMP TABLE passing (a int)",
    )
    tables = opened.tables()
    assert sorted(tables) == ["identified", "invoices", "lines", "loose", "named"]
    assert [name for name in sorted(tables) if tables[name].sequence] == ["identified", "invoices"]
    assert tables["lines"].key == ("invoice", "n") and tables["loose"].key == ()
    assert tables["lines"].references == {"invoice": "invoices", "also": "invoices"}
    assert list(tables["lines"].columns.items()) == [
        ("n", "integer"),
        ("invoice", "integer"),
        ("code", "text"),
        ("also", "integer"),
        ("tags", "text[]"),
    ]
    assert tables["invoices"].columns["due"] == "numeric(12,2)"


def test_a_table_outside_the_search_path_is_called_with_its_schema(
    service: psycopg.Connection, opened: PostgresStore
) -> None:
    written(
        service,
        "CREATE SCHEMA other",
        "CREATE TABLE other.things (id int PRIMARY KEY)",
        "CREATE TABLE things (id int REFERENCES other.things)",
        "INSERT INTO other.things VALUES (7)",
    )
    assert opened.tables()["things"].references == {"id": "other.things"}
    assert (opened.rows("other.things"), opened.rows("things")) == ([{"id": 7}], [])
    written(service, 'CREATE TABLE "other.things" ()')
    with pytest.raises(InconclusiveError, match="two tables have one name") as error:
        opened.tables()
    one_line(error)


def test_partitions_and_heirs_are_read_once(service: psycopg.Connection, opened: PostgresStore) -> None:
    written(
        service,
        "CREATE TABLE parted (id int PRIMARY KEY) PARTITION BY RANGE (id)",
        "CREATE TABLE low PARTITION OF parted FOR VALUES FROM (0) TO (10)",
        "CREATE TABLE high PARTITION OF parted FOR VALUES FROM (10) TO (20)",
        "CREATE TABLE uses (id int CONSTRAINT zz REFERENCES parted)",
        "CREATE TABLE parent (a int)",
        "CREATE TABLE heir () INHERITS (parent)",
        "INSERT INTO parted VALUES (11), (1)",
        "INSERT INTO heir VALUES (5)",
    )
    assert sorted(opened.tables()) == ["heir", "parent", "parted", "uses"]
    assert opened.tables()["uses"].references == {"id": "parted"}
    assert opened.rows("parted") == [{"id": 1}, {"id": 11}]
    assert (opened.rows("parent"), opened.rows("heir")) == ([], [{"a": 5}])


def test_values_of_every_type(service: psycopg.Connection, opened: PostgresStore) -> None:
    written(
        service,
        "CREATE TYPE mood AS ENUM ('ok', 'so so')",
        "CREATE DOMAIN positive AS int CHECK (VALUE > 0)",
        "CREATE TYPE pair AS (a int, b text)",
        "CREATE TABLE kinds (" + ", ".join(f"c{n} {kind}" for n, (kind, _, _) in enumerate(TYPES)) + ")",
        "INSERT INTO kinds VALUES (" + ", ".join(value for _, value, _ in TYPES) + ")",
    )
    (row,) = opened.rows("kinds")
    seen = [(kind, value, row[f"c{n}"]) for n, (kind, value, _) in enumerate(TYPES)]
    assert seen == TYPES and [type(value) for *_, value in seen] == [type(value) for *_, value in TYPES]


def test_what_the_service_makes_the_default_of_its_user_changes_no_value(service: psycopg.Connection) -> None:
    written(
        service,
        "CREATE ROLE german LOGIN PASSWORD 'secret'",
        "GRANT pg_read_all_data TO german",
        "ALTER ROLE german SET DateStyle = 'German'",
        "ALTER ROLE german SET TimeZone = 'Europe/Berlin'",
        "ALTER ROLE german SET bytea_output = 'escape'",
        "ALTER ROLE german SET extra_float_digits = -5",
        "ALTER ROLE german SET client_encoding = 'LATIN1'",
        "ALTER ROLE german SET default_transaction_read_only = off",
        "CREATE TABLE t (a timestamptz, b bytea, c float8, d text)",
        r"INSERT INTO t VALUES ('2026-11-21 10:00:00Z', '\x00ff', 0.1::float8 + 0.2, '€')",
    )
    try:
        store = PostgresStore("db", place(service, "german", "secret"), REDACTOR)
        (row,) = store.rows("t")
        store.close()
    finally:
        written(service, "DROP OWNED BY german", "DROP ROLE german")
    assert row == {"a": "2026-11-21T10:00:00+00:00", "b": "AP8=", "c": 0.1 + 0.2, "d": "€"}


def test_bytes_that_are_no_text_are_said(server: Running) -> None:
    with connected(server) as first:
        first.execute("CREATE DATABASE raw ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
        with connected(server, "raw") as service:
            written(service, "CREATE TABLE t (a text)", r"INSERT INTO t VALUES (E'\xff' || 'A')")
            store = PostgresStore("db", place(service), REDACTOR)
            with pytest.raises(InconclusiveError, match="cannot be read: invalid byte sequence") as error:
                store.rows("t")
            one_line(error)
            store.close()
        first.execute("DROP DATABASE raw")


def test_rows_in_order_of_the_key_or_of_where_they_lie(
    service: psycopg.Connection, opened: PostgresStore
) -> None:
    written(
        service,
        "CREATE TABLE keyed (a int, b int, PRIMARY KEY (b, a))",
        "INSERT INTO keyed VALUES (2, 9), (10, 9), (3, 1)",
        "CREATE TABLE loose (a int)",
        "INSERT INTO loose VALUES (3), (1), (2)",
    )
    assert opened.rows("keyed") == [{"a": 3, "b": 1}, {"a": 2, "b": 9}, {"a": 10, "b": 9}]
    assert [row["a"] for row in opened.rows("loose")] == [3, 1, 2]


@pytest.mark.parametrize(
    "name", ["select", 'a"b', "x; DROP TABLE x; --", "100%s %(a)s %", "{}{0}", "ÜÑ ", "a.b", "$1", "\\"]
)
def test_hostile_names(service: psycopg.Connection, opened: PostgresStore, name: str) -> None:
    quoted = Identifier(name)
    service.execute(
        SQL("CREATE TABLE {} ({} int PRIMARY KEY, {} text)").format(quoted, quoted, Identifier("é'"))
    )
    service.execute(SQL("INSERT INTO {} VALUES (1, NULL), (2, 'x')").format(quoted))
    assert opened.tables()[name].key == (name,)
    assert opened.rows(name) == [{name: 1, "é'": None}, {name: 2, "é'": "x"}]
    assert (opened.undrained(name, "é'"), opened.undrained(name, name)) == (1, 0)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM t",
        "CREATE TABLE u ()",
        "SELECT nextval('t_id_seq')",
        "TRUNCATE t",
        "CREATE TEMP TABLE u ()",
    ],
)
def test_it_writes_nothing(service: psycopg.Connection, opened: PostgresStore, statement: str) -> None:
    written(service, "CREATE TABLE t (id serial)")
    with pytest.raises(InconclusiveError, match="read-only transaction") as error:
        opened._query(SQL(statement))
    one_line(error)


def test_the_version_changes_with_each_commit_only(
    service: psycopg.Connection, opened: PostgresStore
) -> None:
    written(service, "CREATE TABLE t (id serial)")
    settled(opened)
    before = opened.version()
    opened.tables(), opened.rows("t"), opened.undrained("t", "id"), service.execute("SELECT count(*) FROM t")
    assert opened.version() == before
    seen = [before]
    with connected_again(service) as other, service.transaction():
        written(service, "INSERT INTO t DEFAULT VALUES")
        assert opened.version() == before
        written(other, "INSERT INTO t DEFAULT VALUES")
        seen.append(opened.version())
    seen.append(opened.version())
    written(service, "UPDATE t SET id = 5")
    seen.append(opened.version())
    assert len({str(version) for version in seen}) == 4


def connected_again(service: psycopg.Connection) -> psycopg.Connection:
    info = service.info
    return psycopg.connect(
        host=info.host, port=info.port, user="app", password=PASSWORD, dbname=info.dbname, autocommit=True
    )


def settled(store: PostgresStore) -> None:
    """Wait for the server's own transactions, such as those of an automatic ANALYZE."""
    end = time.monotonic() + 30
    while (before := store.version()) != (time.sleep(0.2) or store.version()):
        assert time.monotonic() < end, before


def test_where_else_there_may_be_tables(service: psycopg.Connection, opened: PostgresStore) -> None:
    before = opened.elsewhere()
    service.execute('CREATE DATABASE "the shop"')
    try:
        assert sorted({*opened.elsewhere()} - {*before}) == ["the shop"] and "postgres" not in before
    finally:
        service.execute('DROP DATABASE "the shop"')


def test_undrained(service: psycopg.Connection, opened: PostgresStore) -> None:
    written(service, "CREATE TABLE outbox (id int, published_at timestamptz)")
    written(service, "INSERT INTO outbox VALUES (1, NULL), (2, now())")
    assert opened.undrained("outbox", "published_at") == 1
    with pytest.raises(InconclusiveError, match='column "published_att" does not exist') as error:
        opened.undrained("outbox", "published_att")
    one_line(error)


def test_a_migration_while_it_reads(service: psycopg.Connection, opened: PostgresStore) -> None:
    written(service, "CREATE TABLE t (id int)", "INSERT INTO t VALUES (1)")
    for _ in range(10):
        opened.rows("t")
    written(service, "ALTER TABLE t ADD late text DEFAULT 'x'", "CREATE TABLE later ()")
    assert opened.rows("t") == [{"id": 1, "late": "x"}]
    assert opened.rows("later") == []
    written(service, "DROP TABLE t")
    with pytest.raises(InconclusiveError, match=r'relation "public\.t" does not exist') as error:
        opened.rows("t")
    one_line(error)


@pytest.mark.parametrize("asked", ["none", "pg_class", "pg_catalog.pg_class", 'x"y'])
def test_a_table_that_is_not_there(opened: PostgresStore, asked: str) -> None:
    with pytest.raises(InconclusiveError, match=f"has no table {asked}; check 'observe'") as error:
        opened.rows(asked)
    one_line(error)


def test_secrets_are_redacted(service: psycopg.Connection, opened: PostgresStore) -> None:
    written(service, "CREATE TABLE t (a text, b text[], c jsonb, d bytea, e text)")
    service.execute(
        "INSERT INTO t VALUES (%s, %s, %s, %s, 'plain')",
        (f"x{SECRET}y", [[SECRET], ["b"]], f'{{"a": "{SECRET}"}}', SECRET.encode()),
    )
    (row,) = opened.rows("t")
    assert b64decode(str(row.pop("d"))) == b"[redacted:NAME]"
    assert row == {
        "a": "x[redacted:NAME]y",
        "b": [["[redacted:NAME]"], ["b"]],
        "c": '{"a": "[redacted:NAME]"}',
        "e": "plain",
    }
    with pytest.raises(InconclusiveError, match=r'column "\[redacted:NAME\]" does not exist') as error:
        opened.undrained("t", SECRET)
    one_line(error)


def test_rows_that_the_user_may_not_see_are_no_empty_table(service: psycopg.Connection) -> None:
    written(
        service,
        "CREATE ROLE plain LOGIN PASSWORD 'secret'",
        "CREATE TABLE t (id int)",
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
        "GRANT SELECT ON t TO plain",
        "CREATE TABLE closed (id int)",
    )
    store = PostgresStore("db", place(service, "plain", "secret"), REDACTOR)
    with pytest.raises(InconclusiveError, match="row-level security"):
        store.rows("t")
    with pytest.raises(InconclusiveError, match="permission denied for table closed"):
        store.rows("closed")
    store.close()
    written(service, "DROP OWNED BY plain", "DROP ROLE plain")


@pytest.mark.parametrize(
    "fill",
    [
        "SELECT FROM generate_series(1, 1000001)",
        "SELECT repeat('x', 1 << 20) AS a FROM generate_series(1, 260)",
    ],
    ids=["rows", "bytes"],
)
def test_a_table_too_big_is_named(service: psycopg.Connection, opened: PostgresStore, fill: str) -> None:
    written(service, f"CREATE TABLE big AS {fill}", "CREATE TABLE small ()")
    with pytest.raises(
        InconclusiveError, match=r"table big has more than 1,000,000 rows or 256 MiB; list"
    ) as error:
        opened.rows("big")
    assert "observe.rows" in one_line(error) and opened.rows("small") == []


def test_any_thread_may_ask(service: psycopg.Connection, opened: PostgresStore) -> None:
    written(service, "CREATE TABLE t (id int)", "INSERT INTO t SELECT generate_series(1, 2000)")
    for _ in range(3):
        with ThreadPoolExecutor(1) as thread:
            assert len(thread.submit(opened.rows, "t").result()) == 2000


def test_a_wrong_password(service: psycopg.Connection) -> None:
    wrong = place(service, password="wrong-pass-word")
    assert "wrong-pass-word" not in repr(wrong)
    with pytest.raises(
        InconclusiveError, match=r"cannot be opened: .*password authentication failed"
    ) as error:
        PostgresStore("db", wrong, REDACTOR)
    assert "wrong-pass-word" not in one_line(error) and error.value.__cause__ is None


def test_a_session_that_is_ended(service: psycopg.Connection, opened: PostgresStore) -> None:
    written(
        service,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'replay-gate' AND datname = current_database()",
    )
    for ask in (opened.version, opened.tables):
        with pytest.raises(InconclusiveError, match="cannot be read: ") as error:
            ask()
        one_line(error)


def test_a_server_that_stops_while_it_is_read() -> None:
    with postgres() as server, closing(connected(server)) as service:
        store = PostgresStore("db", place(service), REDACTOR)
        written(service, "CREATE TABLE t (id int)")
        assert store.rows("t") == []
        written(service, "BEGIN", "LOCK TABLE t")  # so that the reader is in the middle
        with ThreadPoolExecutor(1) as thread:
            reading = thread.submit(store.rows, "t")
            wait_for_lock(server)
            server.container.kill()
            with pytest.raises(InconclusiveError, match=re.escape(f"app at {server.host}:5432")) as error:
                reading.result(30)
        assert "cannot be read: " in one_line(error)
        with pytest.raises(InconclusiveError, match="cannot be read: ") as error:
            store.rows("t")
        one_line(error)
        store.close()
        with pytest.raises(InconclusiveError, match="cannot be opened") as error:
            PostgresStore("db", place(service), REDACTOR)
        one_line(error)


def wait_for_lock(server: Running) -> None:
    end = time.monotonic() + 30
    with connected(server) as watching:
        waiting = (
            "SELECT FROM pg_stat_activity WHERE application_name = 'replay-gate' AND wait_event_type = 'Lock'"
        )
        while not watching.execute(waiting).fetchall():
            assert time.monotonic() < end
            time.sleep(0.02)
