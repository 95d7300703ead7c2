"""Whose is a row or a cache key: scenarios run one after another on one state, each on entities of its own.

A value that stands in the events of one scenario only is a mark of it. A row belongs to the scenario whose marks it
carries; its own ids then mark further rows, until nothing changes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gate.identity import expand, marks, readable, singular, telling
from gate.model import Channel, Event, Json, Table

_SHORTEST = 3
"""Characters of a part of a path, or of a cache key, that may be the mark of a scenario."""


def owners(
    rows: Sequence[Event], events: Mapping[str, Sequence[Event]], tables: Mapping[str, Table]
) -> list[str | None]:
    """The scenario of each row, message or cache key; None where nothing ties it to one."""
    seen: dict[str, set[str]] = {}
    for scenario, crossed in events.items():
        for event in crossed:
            for value in _event_values(event):
                seen.setdefault(value, set()).add(scenario)
    known = {value: next(iter(names)) for value, names in seen.items() if len(names) == 1}
    shared = {value for value, names in seen.items() if len(names) > 1}
    values = [
        set(_cache_values(row, tables) if row.channel is Channel.CACHE else _row_values(row, tables))
        for row in rows
    ]
    found: list[str | None] = [None] * len(rows)
    while True:
        changed = False
        for index, mine in enumerate(values):
            if found[index] is None and (owner := _vote(known[value] for value in mine if value in known)):
                found[index] = owner
                changed = True
        if not changed:
            return found
        for index, mine in enumerate(values):
            owner = found[index]
            if owner is not None and rows[index].channel is not Channel.CACHE:  # its words are anyone's
                for value in mine - shared:
                    if known.setdefault(value, owner) != owner:
                        shared.add(value)
        for value in shared & known.keys():
            del known[value]


def _vote(candidates: Iterable[str]) -> str | None:
    counted = Counter(candidates).most_common(2)
    if not counted or (len(counted) == 2 and counted[0][1] == counted[1][1]):
        return None
    return counted[0][0]


def _event_values(event: Event) -> Iterable[str]:
    if event.lineage:
        yield event.lineage
    for content in (readable(event.inputs), readable(event.output)):
        for text in _values(content):
            yield from _pieces(text)


def _values(content: Json) -> Iterator[str]:
    """Every string in a document; of the names of fields only the ids, since any scenario may use the others."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for key, value in content.items():
            yield from (mark.text for mark in marks(key))
            yield from _values(value)
    elif isinstance(content, list):
        for value in content:
            yield from _values(value)


def _pieces(text: str) -> Iterable[str]:
    yield text
    if "/" in text:
        yield from (piece for piece in text.split("/") if len(piece) >= _SHORTEST)
    for mark in marks(text):
        yield mark.text


def _row_values(row: Event, tables: Mapping[str, Table]) -> Iterable[str]:
    table = tables[row.operation]
    for text in _values(row.inputs.get("key")):
        yield from _pieces(text)
    before = row.inputs.get("before")
    for column, value in (row.output or (before if isinstance(before, dict) else {})).items():
        if isinstance(value, str):
            yield from _pieces(value)
            if (nested := expand(value)) is not value:
                for text in _values(nested):
                    yield from _pieces(text)
        elif isinstance(value, int) and not isinstance(value, bool):
            target = table.references.get(column)
            if target is None and table.sequence and column in table.key:
                target = row.operation
            if target is not None and target in tables and tables[target].sequence:
                yield f"{target}#{value}"


def _cache_values(event: Event, tables: Mapping[str, Table]) -> Iterable[str]:
    """The words of a cache key behind its first, and the ids in it and in what lies under it."""
    key, before = event.inputs.get("key"), event.inputs.get("before")
    name = str(key.get("key")) if isinstance(key, dict) else ""
    yield name
    yield from (mark.text for mark in marks(name))
    words = name.split(":")
    for word, thing in zip(words[1:], words, strict=False):
        if len(word) >= _SHORTEST:
            yield word
        if word.isdecimal():  # invoice:7, as its table numbers it
            numbered = (table for table, known in tables.items() if known.sequence)
            yield from (f"{table}#{word}" for table in numbered if singular(table) == singular(thing))
    held = event.output or (before if isinstance(before, dict) else {})
    yield from (mark.text for text in telling(held.get("value")) for mark in marks(text))
