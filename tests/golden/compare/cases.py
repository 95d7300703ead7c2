"""The cases: real recordings of the example, and on the other side the same under other ids, with one change."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from gate.model import Channel, Event, Json, Recording
from tests.unit.compare.perturb import again, billing, document, elsewhere, with_document

Change = Callable[[list[Event]], list[Event]]


Whole = Callable[[Recording], Recording]


def _as_it_is(recording: Recording) -> Recording:
    return recording


class Case(NamedTuple):
    """Which scenario, what the candidate does to its events, and what both sides and the candidate have besides."""

    scenario: str
    change: Change
    both: Whole = _as_it_is
    candidate: Whole = _as_it_is

    def sides(self) -> tuple[Recording, Recording]:
        """Both recordings, without logs, which are never evidence."""
        recording = billing()[self.scenario]
        kept = replace(recording, events=tuple(e for e in recording.events if e.channel is not Channel.LOG))
        kept = self.both(kept)
        other = self.candidate(elsewhere(kept))
        events = self.change(list(other.events))
        numbered = tuple(replace(event, seq=seq) for seq, event in enumerate(events))
        return kept, replace(other, events=numbered)


def _where(channel: Channel, operation: str, **columns: Json) -> Callable[[Event], bool]:
    return lambda event: (
        event.channel is channel
        and operation in event.operation
        and all(document(event).get(name) == value for name, value in columns.items())
    )


def _each(which: Callable[[Event], bool], how: Callable[[Event], list[Event]], most: int = 99) -> Change:
    def change(events: list[Event]) -> list[Event]:
        chosen = [event.seq for event in events if which(event)][:most]
        assert chosen, "the case changes nothing"
        return [new for event in events for new in (how(event) if event.seq in chosen else [event])]

    return change


def _with(**columns: Json) -> Callable[[Event], list[Event]]:
    return lambda event: [with_document(event, {**document(event), **columns})]


def _body(edit: Callable[[dict[str, Json]], Json]) -> Callable[[Event], list[Event]]:
    def how(event: Event) -> list[Event]:
        body = document(event)["body"]
        assert isinstance(body, dict)
        return [with_document(event, {**document(event), "body": edit(body)})]

    return how


def _priced(body: dict[str, Json]) -> Json:
    plans = body["plans"]
    assert isinstance(plans, list)
    return {
        "plans": [{("price_cents" if k == "amount_cents" else k): v for k, v in p.items()} for p in plans]
    }  # type: ignore[union-attr]


def _turned(body: dict[str, Json]) -> Json:
    plans = body["plans"]
    assert isinstance(plans, list)
    return {"plans": plans[::-1]}


def _twice(event: Event) -> list[Event]:
    return [event, again(event)]


def _other_customer(events: list[Event]) -> list[Event]:
    customers = [str(e.output["id"]) for e in events if _where(Channel.ROW, "customers")(e) and e.output]
    payment = next(e for e in events if _where(Channel.ROW, "payments")(e))
    wrong = next(one for one in customers if one != document(payment)["customer_id"])
    return _each(_where(Channel.ROW, "payments"), _with(customer_id=wrong))(events)


def _swapped(events: list[Event]) -> list[Event]:
    at = [index for index, event in enumerate(events) if event.channel is Channel.MESSAGE]
    one, two = next(
        pair for pair in pairwise(at) if events[pair[0]].inputs["key"] == events[pair[1]].inputs["key"]
    )
    events[one], events[two] = events[two], events[one]
    return events


def _cent(event: Event) -> list[Event]:
    cents = document(event)["amount_cents"]
    assert isinstance(cents, int)
    return _with(amount_cents=cents + 1)(event)


def _cached(recording: Recording) -> Recording:
    """Each invoice also in a cache, under its id."""
    rows = [event for event in recording.on(Channel.ROW) if event.operation == "invoices" and event.output]
    cached = [
        Event(
            seq=len(recording.events) + place,
            channel=Channel.CACHE,
            operation="invoice:*",
            inputs={
                "store": "cache",
                "key": {"key": f"invoice:{document(row)['id']}"},
                "existed": False,
                "before": None,
            },
            output={"type": "string", "value": json.dumps(row.output), "expires": True},
            started_at=0,
        )
        for place, row in enumerate(rows)
    ]
    header = replace(recording.header, channels=(*recording.header.channels, Channel.CACHE))
    return Recording(header=header, events=(*recording.events, *cached))


def _stale(event: Event) -> list[Event]:
    value = document(event)["value"]
    assert isinstance(value, dict)
    return _with(value={**value, "status": "draft"})(event)


def _described(recording: Recording) -> Recording:
    """The tables of the recording with the columns that its rows have."""
    columns = {event.operation: event.output for event in recording.on(Channel.ROW) if event.output}
    tables = {
        name: replace(table, columns=dict.fromkeys(columns.get(name, {}), "TEXT"))
        for name, table in recording.header.tables.items()
    }
    return replace(recording, header=replace(recording.header, tables=tables))


def _noted(recording: Recording) -> Recording:
    """The same with a column more in invoices."""
    table = recording.header.tables["invoices"]
    noted = replace(table, columns={**table.columns, "note": "TEXT"})
    tables = {**recording.header.tables, "invoices": noted}
    return replace(recording, header=replace(recording.header, tables=tables))


CASES = {
    "other-ids": Case("plan-change", lambda events: events),
    "captured-twice": Case("confirm-reconcile-webhook", _each(_where(Channel.CALL, "/captures"), _twice, 1)),
    "lost-audit": Case("pause-and-resume", _each(_where(Channel.ROW, "audit_log"), lambda event: [], 1)),
    "double-event": Case(
        "void-invoice", _each(_where(Channel.MESSAGE, "", type="invoice.voided"), _twice, 1)
    ),
    "swapped-events": Case("plan-change", _swapped),
    "wrong-foreign-id": Case("employer-pays", _other_customer),
    "renamed-field": Case("catalogue-and-report", _each(_where(Channel.REQUEST, "/plans"), _body(_priced))),
    "turned-list": Case("catalogue-and-report", _each(_where(Channel.REQUEST, "/plans"), _body(_turned))),
    "cent-off": Case("cancel-across-dst", _each(_where(Channel.ROW, "adjustments"), _cent, 1)),
    "stale-cache": Case("void-invoice", _each(_where(Channel.CACHE, "invoice:"), _stale, 1), both=_cached),
    "added-column": Case(
        "void-invoice",
        _each(_where(Channel.ROW, "invoices"), _with(note="-")),
        both=_described,
        candidate=_noted,
    ),
    "other-status": Case("bad-requests", _each(_where(Channel.REQUEST, "POST"), _with(status=500), 1)),
}
