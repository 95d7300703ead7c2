"""Final rows and cache keys: what a scenario left in a database, by primary key, or in a cache."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import cast

from gate.compare.align import Alignment, alignment, by_key, by_keys, by_likeness
from gate.compare.context import Context
from gate.compare.nested import said
from gate.identity import Which, singular
from gate.identity.renaming import BLANK, NEW, TIME
from gate.model import Channel, Difference, Event, Json, Kind, canonical


def compare_rows(context: Context) -> list[Difference]:
    """Compare each table, those that others refer to first, so that keys are known before they are used."""
    return _compare(context, context.left.on(Channel.ROW), context.right.on(Channel.ROW))


def compare_cache(context: Context) -> list[Difference]:
    """Compare the cache keys of each family as if they were the rows of a table."""
    context.renaming.settle()  # the rows tell which number is which
    right = [_as_on_left(context, event) for event in context.right.on(Channel.CACHE)]
    return _compare(context, context.left.on(Channel.CACHE), right)


def _as_on_left(context: Context, event: Event) -> Event:
    """A cache key of the right with the numbers of rows in it as the left has them: ``order:7`` for ``order:9``."""
    key = event.inputs["key"]
    if not isinstance(key, dict):
        return event
    words = str(key.get("key")).split(":")
    for place, (thing, word) in enumerate(pairwise(list(words)), start=1):
        table = context.documents.numbered(singular(thing)) if word.isdecimal() else None
        if table and (known := context.renaming.bound(f"{table}#{word}", "right")):
            words[place] = known.rpartition("#")[2]
        elif table and context.renaming.bound(f"{table}#{word}", "left"):
            words[place] = NEW  # the number of another row on the left
    return replace(event, inputs={**event.inputs, "key": {"key": ":".join(words)}})


def _compare(context: Context, left: Sequence[Event], right: Sequence[Event]) -> list[Difference]:
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
    references, noun = context.documents.references(table), singular(table.removesuffix(":*"))
    context.renaming.settle()  # what is bound is asked below, before any document is compared
    left, right = _arranged(context, left, right)
    aligned = _align(context, left, right, references)
    found: list[Difference] = []
    pairs = [(left[a], right[b]) for a, b in aligned.pairs]
    pairs += [(left[a], _untouched(left[a])) for a in aligned.left if _known_before(left[a])]
    pairs += [(_untouched(right[b]), right[b]) for b in aligned.right if _known_before(right[b])]
    counts = (len(left), len(right))
    for one, other in pairs:
        if (one.output is None) == (other.output is None):
            found += context.pair((content(one), content(other)), (one, other), noun, references)
        elif one.output is None:  # the baseline deleted it, the candidate kept it
            found.append(context.one_sided(other, Kind.EXTRA, content(other)))
        else:
            found.append(context.one_sided(one, Kind.MISSING, content(one)))
    for a in aligned.left:
        if not _known_before(left[a]):
            found.append(context.one_sided(left[a], Kind.MISSING, content(left[a]), counts=counts))
    new = [b for b in aligned.right if not _known_before(right[b])]
    known = [_masked(context, event, references, "right") for event in right] if new else []
    for b in new:
        again = sum(other == known[b] for other in known) > 1
        kind = Kind.DUPLICATE if again else Kind.EXTRA
        found.append(context.one_sided(right[b], kind, content(right[b]), counts=counts))
    return found


def _known_before(event: Event) -> bool:
    """True where it is known what the row was on the other side, which did not touch it."""
    return isinstance(event.inputs.get("before"), dict)


def _untouched(event: Event) -> Event:
    """The row as the other side has it, which did not touch it: as it was before."""
    return replace(event, output=cast("dict[str, Json]", event.inputs["before"]))


def _arranged(
    context: Context, left: Sequence[Event], right: Sequence[Event]
) -> tuple[list[Event], list[Event]]:
    """Rows whose keys are random by what they say, the others first; such keys stand in another order in each run."""
    ours = [event for event in left if _random(context, event, "left")]
    theirs = [event for event in right if _random(context, event, "right")]
    if max(len(ours), len(theirs)) < 2:
        return list(left), list(right)
    mine = [context.neighbours.says(event, "left") for event in ours]
    yours = [context.neighbours.says(event, "right") for event in theirs]
    apart = context.neighbours.tell_apart(ours, theirs, mine, yours)
    ranks = {
        id(event): said if TIME.encode() in said else strict  # those with a time are in its order
        for event, said, strict in zip((*ours, *theirs), mine + yours, apart[0] + apart[1], strict=True)
    }

    def rank(event: Event) -> bytes:
        return ranks.get(id(event), b"")

    return sorted(left, key=rank), sorted(right, key=rank)


def _random(context: Context, event: Event, which: Which) -> bool:
    """True where the key of a row is a generated id by its form."""
    key = event.inputs["key"]
    return context.renaming.symbolise(key, which) != key


def _align(
    context: Context, left: Sequence[Event], right: Sequence[Event], references: Mapping[str, str]
) -> Alignment:
    """By key where both sides know it; new rows by what they and their neighbours say, then by likeness."""
    ours = [_key(context, event, references, "left") for event in left]
    theirs = [_key(context, event, references, "right") for event in right]
    first = by_key(ours, theirs)
    fresh_left = [a for a in first.left if ours[a][0] == "new"]
    fresh_right = [b for b in first.right if theirs[b][0] == "new"]
    mine = {a: _masked(context, left[a], references, "left") for a in fresh_left}
    yours = {b: _masked(context, right[b], references, "right") for b in fresh_right}
    keys = [canonical(mine[a]) for a in fresh_left], [canonical(yours[b]) for b in fresh_right]
    strict = context.neighbours.tell_apart(
        [left[a] for a in fresh_left], [right[b] for b in fresh_right], *keys
    )
    second = by_keys(strict, keys)
    pairs = [*first.pairs, *((fresh_left[a], fresh_right[b]) for a, b in second.pairs)]
    rest = Alignment(
        tuple(pairs),
        tuple(fresh_left[a] for a in second.left),
        tuple(fresh_right[b] for b in second.right),
    )
    return alignment(by_likeness(rest, mine, yours).pairs, len(left), len(right))


def _key(
    context: Context, event: Event, references: Mapping[str, str], which: Which
) -> tuple[str, bytes | int]:
    """A comparable key, or one that equals no other where the key is a new, still unknown id."""
    key = event.inputs["key"]
    masked = _mask_columns(context, key, references, which, existed=bool(event.inputs.get("existed")))
    text = canonical(masked)
    blank = BLANK.encode() in text
    return ("new", event.seq if which == "left" else -1 - event.seq) if blank else ("known", text)


def _mask_columns(
    context: Context, row: Json, references: Mapping[str, str], which: Which, *, existed: bool
) -> Json:
    if not isinstance(row, dict):
        return context.renaming.mask(row, which)
    masked: dict[str, Json] = {}
    for column, value in row.items():
        if column in references and isinstance(value, int) and not existed:
            name = f"{references[column]}#{value}"
            if which == "left":
                masked[column] = name if context.renaming.bound(name, "left") else BLANK
            else:
                masked[column] = context.renaming.bound(name, "right") or BLANK
        else:
            masked[column] = context.renaming.mask(value, which)
    return masked


def _masked(context: Context, event: Event, references: Mapping[str, str], which: Which) -> Json:
    return _mask_columns(
        context, content(event), references, which, existed=bool(event.inputs.get("existed"))
    )


def content(event: Event) -> Json:
    """What a row or cache key says, JSON texts in it read; None where it was deleted."""
    return None if event.output is None else said(event)
