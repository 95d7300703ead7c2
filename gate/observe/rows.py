"""What changed in a database since the replay began."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gate.errors import InconclusiveError
from gate.model import Channel, Event, Json, Table, canonical
from gate.ports import Store

Row = Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The rows of one store, by table and canonical key."""

    tables: Mapping[str, Table]
    rows: Mapping[str, Mapping[bytes, Row]]


def snapshot(store: Store, keys: Mapping[str, Sequence[str]]) -> Snapshot:
    """Read the named tables whole; ``keys`` gives the key columns of each, none: the table's own key.

    Raises InconclusiveError where a table or a key column is not there.
    """
    known = store.tables()
    for name in keys:
        if name not in known:
            raise InconclusiveError(f"no table {name} in the database; check 'observe' in gate.yml")
    tables = {
        name: replace(known[name], key=tuple(columns) or known[name].key) for name, columns in keys.items()
    }
    return Snapshot(
        tables=tables,
        rows={name: _by_key(name, store.rows(name), table.key) for name, table in tables.items()},
    )


def qualified(shot: Snapshot, store: str) -> Snapshot:
    """The same with every table called ``store.table``, also where another refers to it."""
    return Snapshot(
        tables={
            f"{store}.{name}": replace(
                table,
                references={column: f"{store}.{target}" for column, target in table.references.items()},
            )
            for name, table in shot.tables.items()
        },
        rows={f"{store}.{name}": rows for name, rows in shot.rows.items()},
    )


def _by_key(table: str, rows: Sequence[Row], key: tuple[str, ...]) -> dict[bytes, Row]:
    found: dict[bytes, Row] = {}
    if rows and (unknown := [column for column in key if column not in rows[0]]):
        raise InconclusiveError(f"table {table} has no column {unknown[0]}; check 'observe' in gate.yml")
    for row in rows:
        identity = canonical([row.get(column) for column in key] if key else row)
        while identity in found:  # no key, and the row stands there twice
            identity += b"+"
        found[identity] = row
    return found


def _place(key: Sequence[str], row: Row, identity: bytes) -> tuple[list[int], bytes]:
    """Where a row stands in order of its key: 9 before 10."""
    values = [row.get(column) for column in key]
    return [value for value in values if isinstance(value, int)], identity


def changes(store: str, before: Snapshot, after: Snapshot) -> Iterator[Event]:
    """One event for each row that was added, changed or deleted, in order of table and key."""
    for name, table in {**before.tables, **after.tables}.items():
        old, new = before.rows.get(name, {}), after.rows.get(name, {})
        rows = {**old, **new}
        for identity in sorted(rows, key=lambda identity: _place(table.key, rows[identity], identity)):
            if identity in old and identity in new and canonical(old[identity]) == canonical(new[identity]):
                continue
            row, shown = new.get(identity), rows[identity]
            yield Event(
                seq=0,
                channel=Channel.ROW,
                operation=name,
                inputs={
                    "store": store,
                    "key": {column: shown.get(column) for column in table.key} or dict(shown),
                    "existed": identity in old,
                    "before": dict(old[identity]) if identity in old else None,
                },
                output=dict(row) if row is not None else None,
                started_at=0,
            )
