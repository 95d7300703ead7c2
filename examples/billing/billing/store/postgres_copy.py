"""All rows of one PostgreSQL database into another with the same schema."""

from graphlib import TopologicalSorter

from billing.store.postgres_server import Connection

TABLES = "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
REFERENCES = (
    "SELECT conrelid::regclass::text AS child, confrelid::regclass::text AS parent FROM pg_constraint "
    "WHERE contype = 'f' AND conrelid <> confrelid AND connamespace = current_schema()::regnamespace"
)
IDENTITIES = (
    "SELECT table_name AS table, column_name AS column FROM information_schema.columns "
    "WHERE table_schema = current_schema() AND is_identity = 'YES'"
)


def copy_rows(source: Connection, target: Connection) -> None:
    """Replace what the target has, inside of the transactions that are open on both."""
    tables = _parents_first(source)
    if not tables:
        return
    target.execute(f"TRUNCATE {', '.join(tables)}")
    for table in tables:
        with (
            source.cursor().copy(f"COPY {table} TO STDOUT (FORMAT binary)") as rows,
            target.cursor().copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copied,
        ):
            for block in rows:
                copied.write(block)
    follow_rows(target)


def follow_rows(connection: Connection) -> None:
    """Let each identity column count on from the last row that is there."""
    for identity in connection.execute(IDENTITIES).fetchall():
        table, column = identity["table"], identity["column"]
        connection.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), "
            f"COALESCE(MAX({column}), 1), MAX({column}) IS NOT NULL) FROM {table}"
        )


def _parents_first(connection: Connection) -> list[str]:
    tables = TopologicalSorter({row["name"]: set() for row in connection.execute(TABLES)})
    for row in connection.execute(REFERENCES):
        tables.add(row["child"], row["parent"])
    return list(tables.static_order())
