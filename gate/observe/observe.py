"""Everything seen of one live side, sorted into one recording a scenario."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from gate.config import Messages, Settings
from gate.errors import InconclusiveError
from gate.identity import expand, marks, parse, readable, telling
from gate.identity.forms import Mark
from gate.model import NOBODYS, Channel, Event, Header, Json, Recording, Table
from gate.observe.caches import cached
from gate.observe.logs import log_events
from gate.observe.owners import owners
from gate.observe.rows import Snapshot, changes
from gate.observe.stores import caches, databases, several
from gate.ports import LogText, PlayedCall


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was collected of one side: answers by scenario, calls, snapshots before and after, log texts."""

    answers: Mapping[str, Sequence[Event]]
    calls: Sequence[PlayedCall]
    before: Mapping[str, Snapshot]
    after: Mapping[str, Snapshot]
    logs: Sequence[LogText]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """One recording a scenario, and what belongs to none of them."""

    recordings: Mapping[str, Recording]
    unowned: Recording


def observe(headers: Mapping[str, Header], evidence: Evidence, settings: Settings) -> Observed:
    """Sort the evidence of one side by scenario; the events of each by channel, in order, the stimuli first."""
    events: dict[str, list[Event]] = {name: list(evidence.answers.get(name, ())) for name in headers}
    unowned: list[Event] = []
    for call in evidence.calls:
        events.get(call.scenario or "", unowned).append(call.event)
    shots = [shot for side in (evidence.before, evidence.after) for shot in side.values()]
    tables = {name: table for shot in shots for name, table in shot.tables.items()}
    traces = {
        event.lineage: name for name, sent in evidence.answers.items() for event in sent if event.lineage
    }
    changed = [_effect(event, traces) for event in _changes(evidence, settings)]
    for event, owner in zip(changed, owners(changed, events, tables), strict=True):
        (events[owner] if owner else unowned).append(event)
    for name, event in log_events(evidence.logs, traces):
        events[name].append(event)
    state = _state(evidence.before)
    return Observed(
        recordings={
            name: _recording(header, events[name], tables, state, settings)
            for name, header in headers.items()
        },
        unowned=_recording(NOBODYS, unowned, tables, state, settings),
    )


def _changes(evidence: Evidence, settings: Settings) -> Iterable[Event]:
    keyed = caches(settings)
    for store, after in evidence.after.items():
        if store in keyed:
            prefix = f"{store}." if len(keyed) > 1 else ""
            yield from (cached(event, prefix) for event in changes(store, evidence.before[store], after))
            continue
        prefix = f"{store}." if several(settings) else ""
        outboxes = {prefix + m.table: m for m in settings.observe.messages if m.store == store}
        for event in changes(store, evidence.before[store], after):
            yield event if event.operation not in outboxes else _message(event, outboxes[event.operation])


def _message(event: Event, outbox: Messages) -> Event:
    """An outbox row as the message that it is; its number in the outbox only says the order."""
    before = event.inputs.get("before")
    stood = before if isinstance(before, dict) else None
    row = event.output or stood or {}
    for column in (outbox.order_by, outbox.key):
        if row and column not in row:
            raise InconclusiveError(f"outbox {outbox.table} has no column {column}; check gate.yml")
    inputs: dict[str, Json] = {
        "key": _told(row, outbox).get(outbox.key),
        "position": row.get(outbox.order_by),
    }
    if stood is not None:
        inputs["before"] = _told(stood, outbox)
    said = None if event.output is None else _told(event.output, outbox)
    return replace(event, channel=Channel.MESSAGE, inputs=inputs, output=said)


def _told(row: Mapping[str, Json], outbox: Messages) -> dict[str, Json]:
    """The columns that say something to who reads the message."""
    return {
        column: value for column, value in row.items() if column not in (outbox.order_by, outbox.published)
    }


def _effect(event: Event, traces: Mapping[str, str]) -> Event:
    """A row or message with the stimulus that caused it, where it carries a trace id, and its first time."""
    lineage = next((mark.text for mark in _marks(event) if mark.text in traces), None)
    started_at = _first_time(event) if event.channel is Channel.MESSAGE else 0
    return replace(event, lineage=lineage, started_at=started_at)


def _first_time(event: Event) -> int:
    """The earliest time that a row holds, which is when it was made; 0 where it holds none."""
    moments = [parse(mark.text) for mark in _marks(event) if mark.is_time]
    return min((moment for moment in moments if moment), default=0)


def _marks(event: Event) -> Iterator[Mark]:
    """The ids and times in the columns of a row or message; in a cache, also those in the key and further down."""
    if event.channel is Channel.CACHE:
        for text in telling([event.inputs.get("key"), dict(event.output or {})]):
            yield from marks(text)
        return
    for value in (event.output or {}).values():
        if isinstance(value, str):
            yield from marks(value)


class _State(NamedTuple):
    """What stood there before: the ids and times in it, and the numbers of its rows by table."""

    ids: set[str]
    numbers: Mapping[str, set[int]]


def _state(before: Mapping[str, Snapshot]) -> _State:
    found: set[str] = set()
    numbers: dict[str, set[int]] = {}
    for shot in before.values():
        for name, rows in shot.rows.items():
            for row in rows.values():
                found.update(mark.text for text in telling(dict(row)) for mark in marks(text))
            table = shot.tables[name]
            if table.sequence:
                keys = (row.get(column) for row in rows.values() for column in table.key)
                numbers[name] = {key for key in keys if isinstance(key, int)}
    return _State(found, numbers)


def _recording(
    header: Header,
    events: Sequence[Event],
    tables: Mapping[str, Table],
    state: _State,
    settings: Settings,
) -> Recording:
    numbered: list[Event] = []
    for channel in Channel:
        mine = [event for event in events if event.channel is channel]
        mine.sort(key=_order)
        numbered += [replace(event, seq=seq) for seq, event in enumerate(mine, start=len(numbered))]
    written = {event.operation for event in numbered if event.channel is Channel.ROW}
    named = written | {target for table in written for target in tables[table].references.values()}
    used = {table: tables[table] for table in sorted(named & tables.keys())}
    for outbox in sorted({event.operation for event in numbered if event.channel is Channel.MESSAGE}):
        if outbox not in used and tables[outbox].columns:  # its numbers name nothing outside of it
            used[outbox] = Table(key=tables[outbox].key, columns=tables[outbox].columns)
    return Recording(
        header=replace(
            header,
            started_at=min((event.started_at for event in numbered if event.started_at), default=0),
            channels=_channels(settings),
            tables=used,
            given=_given(numbered, used, state),
        ),
        events=tuple(numbered),
    )


def _given(events: Sequence[Event], used: Mapping[str, Table], state: _State) -> tuple[str, ...]:
    """Every id and time of the state that the events name, and every row whose number stands in them."""
    stood = {table: found for table in used if (found := state.numbers.get(table))}
    named: set[str] = set()
    numbers: set[int] = set()
    for event in events:
        for content in (readable(event.inputs), readable(event.output)):
            named.update(mark.text for text in telling(content) for mark in marks(text))
            if stood:
                numbers.update(_numbers(content))
    rows = {f"{table}#{number}" for table, found in stood.items() for number in numbers & found}
    return tuple(sorted(state.ids & named | rows))


def _numbers(content: Json) -> Iterator[int]:
    """Every whole number in a document, also in JSON inside a string."""
    content = expand(content)
    if isinstance(content, dict | list):
        for value in content.values() if isinstance(content, dict) else content:
            yield from _numbers(value)
    elif isinstance(content, int) and not isinstance(content, bool):
        yield content


def _order(event: Event) -> tuple[int, int, str]:
    """Stimuli as recorded, messages by position, rows and cache keys by their first time, all else by time."""
    match event.channel:
        case Channel.REQUEST:
            return event.seq, 0, ""
        case Channel.MESSAGE:
            position: Json = event.inputs.get("position")
            return (position if isinstance(position, int) else 0), 0, str(position)
        case Channel.ROW | Channel.CACHE:
            return _first_time(event), 0, event.operation
        case _:
            return event.started_at, 0, event.operation


def _channels(settings: Settings) -> tuple[Channel, ...]:
    """What is collected of a live side under these settings; calls always, since the outside world is played back."""
    found = [Channel.REQUEST, Channel.CALL, Channel.LOG]
    if databases(settings):
        found.append(Channel.ROW)
    if settings.observe.messages:
        found.append(Channel.MESSAGE)
    if caches(settings):
        found.append(Channel.CACHE)
    return tuple(found)
