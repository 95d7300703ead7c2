"""Tables and columns: what one side has and the other lacks, said once for a run and not in every row."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from gate.compare.ignore import Ignore
from gate.compare.paths import Path, json_path
from gate.config import Compare
from gate.model import UNOWNED, Channel, Comparison, Difference, Event, Json, Kind, Recording, Table

Tables = Mapping[str, Table]
OneSided = Mapping[str, Collection[str]]
"""The columns that one side has and the other lacks, by table."""


def compare_schema(left: Tables, right: Tables, rules: Compare, *, whole: bool) -> Comparison:
    """What differs in the tables of both sides.

    ``whole`` where all observed tables of either side are known, as they are of two live ones: then a table which the
    other lacks counts, and so do types. A recording may come from another kind of database, with other words for them.
    """
    ignore = Ignore(rules.ignore)
    suppressed: dict[str, int] = {}
    found: list[Difference] = []
    leaves = 0
    for name in sorted({*left, *right}):
        if name in left and name in right:
            columns = _columns(left[name], right[name])
            leaves += 1 + len(columns)
            for column, (ours, theirs) in columns.items():
                if _same(ours, theirs) or (not whole and ours and theirs):
                    continue
                if rule := ignore.rule((column,)):
                    suppressed[rule] = suppressed.get(rule, 0) + 1
                    leaves -= 1
                else:
                    found.append(_difference(name, (column,), ours, theirs))
        elif whole:
            leaves += 1
            found.append(_difference(name, (), _shown(left.get(name)), _shown(right.get(name))))
    return Comparison(
        scenario=UNOWNED,
        differences=tuple(found),
        equal=leaves - len(found),
        leaves=leaves,
        renamed=0,
        suppressed=suppressed,
    )


def one_sided(left: Tables, right: Tables) -> dict[str, frozenset[str]]:
    """The columns of each table that one side lacks; none where it is not known which columns both have."""
    found = {
        name: frozenset(
            column for column, types in _columns(left[name], right[name]).items() if None in types
        )
        for name in left.keys() & right.keys()
    }
    return {name: columns for name, columns in found.items() if columns}


def without(recording: Recording, columns: OneSided) -> Recording:
    """The recording with rows and messages that lack these columns; the schema says that they differ."""
    if not columns:
        return recording
    events = (
        _stripped(event, columns[event.operation])
        if event.channel in (Channel.ROW, Channel.MESSAGE) and event.operation in columns
        else event
        for event in recording.events
    )
    return replace(recording, events=tuple(events))


def _stripped(event: Event, columns: Collection[str]) -> Event:
    def kept(row: Mapping[str, Json]) -> dict[str, Json]:
        return {name: value for name, value in row.items() if name not in columns}

    inputs = dict(event.inputs)
    before, key = inputs.get("before"), inputs.get("key")
    if isinstance(before, dict):
        inputs["before"] = before = kept(before)
    output = None if event.output is None else kept(event.output)
    if isinstance(key, dict):  # of a row whose key is gone, as of one that never had any, all that it says
        inputs["key"] = kept(key) or output or before or {}
    return replace(event, inputs=inputs, output=output)


def _columns(left: Table, right: Table) -> dict[str, tuple[str | None, str | None]]:
    """The declared types of each column on both sides, in order of the table; nothing where one is unknown."""
    if not left.columns or not right.columns:
        return {}
    names = dict.fromkeys((*left.columns, *right.columns))
    return {name: (left.columns.get(name), right.columns.get(name)) for name in names}


def _same(left: str | None, right: str | None) -> bool:
    """Types are words of SQL, in which case does not matter."""
    return left is not None and right is not None and left.casefold() == right.casefold()


def _shown(table: Table | None) -> Json:
    return None if table is None else dict(table.columns)


def _difference(table: str, path: Path, left: Json, right: Json) -> Difference:
    return Difference(
        channel=Channel.ROW,
        kind=Kind.SCHEMA,
        operation=table,
        path=json_path(path),
        baseline=left,
        candidate=right,
        event={"baseline": None, "candidate": None},
        entity=f"table {table}",
    )
