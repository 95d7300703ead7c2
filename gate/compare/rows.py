"""Final rows: what a scenario left in the database, by primary key."""

from collections.abc import Mapping, Sequence

from gate.compare.align import Alignment, by_key, by_likeness, likeness
from gate.compare.context import Context
from gate.compare.nested import expand
from gate.identity import Which, ids, singular
from gate.model import Channel, Difference, Event, Json, Kind, canonical


def compare_rows(context: Context) -> list[Difference]:
    """Compare each table, those that others refer to first, so that keys are known before they are used."""
    left, right = context.left.on(Channel.ROW), context.right.on(Channel.ROW)
    tables = dict.fromkeys(event.operation for event in (*left, *right))
    found: list[Difference] = []
    for table in _parents_first(context, sorted(tables)):
        found += _table(
            context,
            table,
            [event for event in left if event.operation == table],
            [event for event in right if event.operation == table],
        )
    return found


def _parents_first(context: Context, tables: Sequence[str]) -> list[str]:
    ordered: list[str] = []

    def visit(table: str, path: frozenset[str]) -> None:
        if table in ordered or table in path:
            return
        known = context.tables.get(table)
        for target in sorted(set(known.references.values())) if known else ():
            if target in tables:
                visit(target, path | {table})
        ordered.append(table)

    for table in tables:
        visit(table, frozenset())
    return ordered


def _table(context: Context, table: str, left: Sequence[Event], right: Sequence[Event]) -> list[Difference]:
    references = context.tables_of(table)
    aligned = _align(context, table, left, right, references)
    found: list[Difference] = []
    entity = singular(table)
    for a, b in aligned.pairs:
        documents = content(left[a]), content(right[b])
        if canonical(documents[0]) == canonical(documents[1]):
            context.renaming.skip(documents[0])
            found += context.leaf_differences((), documents, (left[a], right[b]))
            continue
        leaves = context.documents.differ(*documents, entity, references)
        name = _name(context, table, left[a], "left") if leaves else None
        found += context.leaf_differences(leaves, documents, (left[a], right[b]), entity=name)
    for a in aligned.left:
        counts = (len(left), len(right))
        name = _name(context, table, left[a], "left")
        found.append(context.one_sided(left[a], Kind.MISSING, content(left[a]), counts=counts, entity=name))
    known = [_masked(context, event, references, "right") for event in right]
    for b in aligned.right:
        again = sum(other == known[b] for other in known) > 1
        kind = Kind.DUPLICATE if again else Kind.EXTRA
        counts = (len(left), len(right))
        found.append(context.one_sided(right[b], kind, content(right[b]), counts=counts))
    return found


def _align(
    context: Context, table: str, left: Sequence[Event], right: Sequence[Event], references: Mapping[str, str]
) -> Alignment:
    """By key where both sides know it; new rows by what they say, then by likeness."""
    ours = [_key(context, table, event, references, "left") for event in left]
    theirs = [_key(context, table, event, references, "right") for event in right]
    first = by_key(ours, theirs)
    known = {a for a, _ in first.pairs}
    mine = [_masked(context, event, references, "left") for event in left]
    yours = [_masked(context, event, references, "right") for event in right]
    new_left = [a for a in range(len(left)) if a not in known]
    taken = {b for _, b in first.pairs}
    new_right = [b for b in range(len(right)) if b not in taken]
    second = by_key(
        [canonical(mine[a]) for a in new_left if ours[a][0] == "new"],
        [canonical(yours[b]) for b in new_right if theirs[b][0] == "new"],
    )
    fresh_left = [a for a in new_left if ours[a][0] == "new"]
    fresh_right = [b for b in new_right if theirs[b][0] == "new"]
    pairs = first.pairs + tuple((fresh_left[a], fresh_right[b]) for a, b in second.pairs)
    used_left, used_right = {a for a, _ in pairs}, {b for _, b in pairs}
    rest = Alignment(
        pairs,
        tuple(a for a in fresh_left if a not in used_left),
        tuple(b for b in fresh_right if b not in used_right),
    )
    best = by_likeness(rest, lambda a, b: likeness(mine[a], yours[b]))
    done_left, done_right = {a for a, _ in best.pairs}, {b for _, b in best.pairs}
    return Alignment(
        best.pairs,
        tuple(a for a in range(len(left)) if a not in done_left),
        tuple(b for b in range(len(right)) if b not in done_right),
    )


def _key(
    context: Context, table: str, event: Event, references: Mapping[str, str], which: Which
) -> tuple[str, bytes | int]:
    """A comparable key, or one that equals no other where the key is a new, still unknown id."""
    key = event.inputs["key"]
    masked = _mask_columns(context, key, references, which, existed=bool(event.inputs.get("existed")))
    text = canonical(masked)
    blank = "‹id›".encode() in text
    return ("new", event.seq if which == "left" else -1 - event.seq) if blank else ("known", text)


def _mask_columns(
    context: Context, columns: Json, references: Mapping[str, str], which: Which, *, existed: bool
) -> Json:
    if not isinstance(columns, dict):
        return context.renaming.mask(columns, which)
    masked: dict[str, Json] = {}
    for column, value in columns.items():
        if column in references and isinstance(value, int) and not existed:
            name = f"{references[column]}#{value}"
            if which == "left":
                masked[column] = name if context.renaming.bound(name, "left") else "‹id›"
            else:
                masked[column] = context.renaming.bound(name, "right") or "‹id›"
        else:
            masked[column] = context.renaming.mask(value, which)
    return masked


def _masked(context: Context, event: Event, references: Mapping[str, str], which: Which) -> Json:
    return _mask_columns(
        context, content(event), references, which, existed=bool(event.inputs.get("existed"))
    )


def content(event: Event) -> Json:
    """The columns of a row, JSON texts in them read; None where the row was deleted."""
    if event.output is None:
        return None
    return {column: expand(value) for column, value in event.output.items()}


def _name(context: Context, table: str, event: Event, which: Which) -> str:
    """What to call a row: the symbol of its key, or the key itself where it was given."""
    key = event.inputs["key"]
    values = list(key.values()) if isinstance(key, dict) else [key]
    references = context.tables_of(table)
    pieces = []
    for column, value in zip(key if isinstance(key, dict) else [""], values, strict=True):
        if column in references and isinstance(value, int):
            pieces.append(context.renaming.key_symbol(references[column], value, which))
        elif isinstance(value, str):
            symbol = context.renaming.symbol(value, which)
            pieces.append(symbol if ids(value) and "#" in symbol else f"{singular(table)} {symbol}")
        else:
            pieces.append(f"{singular(table)} {value}")
    return ", ".join(pieces)
