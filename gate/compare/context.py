"""What all channels share while one scenario is compared."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gate.compare.documents import Documents, Leaf, Path, json_path, leaves
from gate.compare.ignore import Ignore
from gate.config import Compare
from gate.identity import Frame, Renaming, Which, given, marks, route
from gate.model import Channel, Difference, Event, Json, Kind, Recording


@dataclass(slots=True, kw_only=True)
class Tally:
    """How many values were equal, and how many there were."""

    equal: int = 0
    leaves: int = 0


class Context:
    """The two recordings of a scenario, the renaming between them, and the rules."""

    def __init__(self, left: Recording, right: Recording, rules: Compare, headers: Sequence[str]) -> None:
        self.left, self.right, self.headers = left, right, tuple(headers)
        self.ignore = Ignore(rules.ignore)
        self.suppressed: dict[str, int] = {}
        frame = Frame(
            left=[event.started_at for event in left.stimuli],
            right=[event.started_at for event in right.stimuli],
            tolerance=int(rules.time * 1e6),
        )
        self.renaming = Renaming(given=given(left) | given(right), frame=frame, number=rules.number)
        self.tables = {**left.header.tables, **right.header.tables}
        self.documents = Documents(self.renaming, self.tables)
        self.tally = Tally()
        self._first = {"left": _first_seqs(left), "right": _first_seqs(right)}
        self._triggers = {
            "left": {event.lineage: route(event.operation) for event in left.stimuli if event.lineage},
            "right": {event.lineage: route(event.operation) for event in right.stimuli if event.lineage},
        }

    def leaf_differences(
        self,
        found: Iterable[Leaf],
        documents: tuple[Json, Json],
        events: tuple[Event, Event],
        prefix: Path = (),
        entity: str | None = None,
    ) -> list[Difference]:
        """Turn the differing leaves of one pair of documents into differences, and count the leaves."""
        kept = []
        for leaf in found:
            path = prefix + leaf.path
            if rule := self.ignore.rule(path):
                self.suppressed[rule] = self.suppressed.get(rule, 0) + 1
                continue
            kept.append(self._difference(leaf, path, events, entity))
        total = leaves(documents[0]) + sum(difference.kind is Kind.EXTRA for difference in kept)
        self.tally.leaves += total
        self.tally.equal += max(total - len(kept), 0)
        return kept

    def _difference(
        self, leaf: Leaf, path: Path, events: tuple[Event, Event], entity: str | None
    ) -> Difference:
        left, right = events
        kind = Kind.STATUS if path == ("status",) and left.channel is Channel.REQUEST else leaf.kind
        return Difference(
            channel=left.channel,
            kind=kind,
            operation=route(left.operation),
            path=json_path(path),
            baseline=leaf.left,
            candidate=leaf.right,
            event={"baseline": self.name(left, "left"), "candidate": self.name(right, "right")},
            trace_id=left.lineage or right.lineage,
            entity=entity,
            triggers=self.triggers((left,), (right,)),
        )

    def one_sided(
        self,
        event: Event,
        kind: Kind,
        content: Json,
        *,
        of: Sequence[Event] = (),
        counts: tuple[int, int] | None = None,
        entity: str | None = None,
    ) -> Difference:
        """A difference for an event that has no counterpart; ``of`` are all events that count as its repeats."""
        absent = kind is Kind.MISSING
        self.tally.leaves += leaves(content)
        shown = self.renaming.symbolise(content, "left" if absent else "right")
        if event.channel is Channel.ROW and isinstance(shown, dict):
            shown |= self._row_numbers(event, "left" if absent else "right")
        return Difference(
            channel=event.channel,
            kind=kind,
            operation=route(event.operation),
            path="$",
            baseline=shown if absent else None,
            candidate=None if absent else shown,
            event={
                "baseline": self.name(event, "left") if absent else None,
                "candidate": None if absent else self.name(event, "right"),
            },
            trace_id=event.lineage,
            entity=entity or self.entity(content, "left" if absent else "right"),
            counts=counts,
            triggers=self.triggers((event,), ()) if absent else self.triggers((), of or (event,)),
        )

    def _row_numbers(self, event: Event, which: Which) -> dict[str, Json]:
        """The numbers that the database gave out, as symbols."""
        return {
            column: self.renaming.key_symbol(table, value, which)
            for column, table in self.tables_of(event.operation).items()
            if isinstance(value := (event.output or {}).get(column), int)
        }

    def name(self, event: Event, which: Which) -> str:
        """How reports call an event: ``call#0`` is the first call; rows have no order, so they go by their table."""
        if event.channel is Channel.ROW:
            return f"row:{event.operation}"
        return f"{event.channel}#{event.seq - self._first[which].get(event.channel, 0)}"

    def triggers(self, left: Iterable[Event], right: Iterable[Event]) -> tuple[str, ...]:
        """The stimuli that caused these events, each once, in order."""
        found = [self._trigger(event, "left", self.left) for event in left]
        found += [self._trigger(event, "right", self.right) for event in right]
        return tuple(dict.fromkeys(trigger for trigger in found if trigger))

    def _trigger(self, event: Event, which: str, recording: Recording) -> str | None:
        if event.channel is Channel.REQUEST:
            return route(event.operation)
        if event.lineage and (known := self._triggers[which].get(event.lineage)):
            return known
        if not event.started_at:
            return None
        around = [s for s in recording.stimuli if s.started_at <= event.started_at <= s.ended_at]
        return route(around[0].operation) if len(around) == 1 else None

    def entity(self, content: Json, which: str) -> str | None:
        """The symbol of what a document is about: the first generated id in it that both sides know."""
        for text in _strings(content):
            for mark in marks(text):
                symbol = self.renaming.symbol(mark.text, "left" if which == "left" else "right")
                if "#" in symbol:
                    return symbol
        return None

    def tables_of(self, table: str) -> Mapping[str, str]:
        """Which columns of a table name rows of a table that numbers its rows."""
        known = self.tables.get(table)
        if known is None:
            return {}
        found = {
            column: target
            for column, target in known.references.items()
            if target in self.tables and self.tables[target].sequence
        }
        if known.sequence:
            found.update(dict.fromkeys(known.key, table))
        return found


def _first_seqs(recording: Recording) -> dict[Channel, int]:
    return {event.channel: event.seq for event in reversed(recording.events)}


def _strings(content: Json) -> Iterable[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for value in content.values():
            yield from _strings(value)
    elif isinstance(content, list):
        for value in content:
            yield from _strings(value)
