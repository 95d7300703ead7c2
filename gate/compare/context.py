"""What all channels share while one scenario is compared."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType

from gate.compare.documents import Documents, Leaf, leaves
from gate.compare.ignore import Ignore
from gate.compare.neighbours import Neighbours
from gate.compare.paths import Path, json_path
from gate.compare.races import racing
from gate.compare.reader import reader
from gate.compare.sequence import out_of_order
from gate.config import Compare
from gate.identity import Frame, Renaming, Which, given, marks, route, singular
from gate.model import Channel, Difference, Event, Json, Kind, Recording, canonical

_KEYED = (Channel.ROW, Channel.CACHE)
"""Channels whose events have a key and no order."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """How many values were equal, and how many there were."""

    equal: int = 0
    leaves: int = 0


class Context:
    """The two recordings of a scenario, the renaming between them, and the rules."""

    def __init__(
        self,
        left: Recording,
        right: Recording,
        rules: Compare,
        headers: Sequence[str],
        numbers: Mapping[tuple[int, int], frozenset[str]] = MappingProxyType({}),
    ) -> None:
        self.left, self.right, self.headers = left, right, tuple(headers)
        self.ignore = Ignore(rules.ignore)
        self.suppressed: dict[str, int] = {}
        frame = Frame(
            left=[event.started_at for event in left.stimuli],
            right=[event.started_at for event in right.stimuli],
            tolerance=int(rules.time * 1e6),
        )
        self.read = reader()
        known = given(left, self.read) | given(right, self.read)
        self.renaming = Renaming(given=known, frame=frame, number=rules.number, numbers=numbers)
        self.tables = {**left.header.tables, **right.header.tables}
        self.documents = Documents(self.renaming, self.tables)
        self.neighbours = Neighbours(left, right, self.documents, self.read)
        self.tally = Tally()
        self.races = racing(left.stimuli, right.stimuli)
        self._first = {"left": _first_seqs(left), "right": _first_seqs(right)}
        self._stimuli = {"left": left.stimuli, "right": right.stimuli}
        self._traces = {
            which: {event.lineage: place for place, event in enumerate(stimuli) if event.lineage}
            for which, stimuli in self._stimuli.items()
        }

    def pair(
        self,
        documents: tuple[Json, Json],
        events: tuple[Event, Event],
        noun: str,
        references: Mapping[str, str] | None = None,
    ) -> list[Difference]:
        """Compare the documents of two events that belong together, and count their leaves."""
        left, right = documents
        if self.ignore:
            left, right = self._without_ignored(left, right)
        found = list(self.documents.differ(left, right, noun, references))
        if left != right and not self._raced(events[0]):
            differing = {leaf.path for leaf in found}
            found += out_of_order(left, right, self.renaming.given, differing)
        kept: list[Leaf] = []
        for leaf in found:
            if rule := self.ignore.rule(leaf.path):
                self._suppress(rule)
            else:
                kept.append(leaf)
        total = leaves(left) + sum(leaf.kind is Kind.EXTRA for leaf in kept)
        self.tally.leaves += total
        self.tally.equal += max(total - len(kept), 0)
        if not kept:
            return []
        entity = self._entity_of(documents[0], events[0], "left")
        return [self._difference(leaf, events, entity) for leaf in kept]

    def _without_ignored(self, left: Json, right: Json) -> tuple[Json, Json]:
        """Both documents without what the rules leave out; what differs in that is counted as suppressed."""
        ours: dict[Path, tuple[str, Json]] = {}
        theirs: dict[Path, tuple[str, Json]] = {}
        kept = self.ignore.without(left, (), ours), self.ignore.without(right, (), theirs)
        for path in ours.keys() | theirs.keys():
            sides = [side[path][1] if path in side else ... for side in (ours, theirs)]
            if ... in sides or canonical(sides[0]) != canonical(sides[1]):
                self._suppress((ours.get(path) or theirs[path])[0])
        return kept

    def _suppress(self, rule: str) -> None:
        self.suppressed[rule] = self.suppressed.get(rule, 0) + 1

    def _difference(self, leaf: Leaf, events: tuple[Event, Event], entity: str | None) -> Difference:
        left, right = events
        status = leaf.path == ("status",) and left.channel is Channel.REQUEST
        kind = Kind.STATUS if status and leaf.kind is not Kind.TYPE else leaf.kind
        return Difference(
            channel=left.channel,
            kind=kind,
            operation=route(left.operation),
            path=json_path(leaf.path),
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
    ) -> Difference:
        """A difference for an event that has no counterpart; ``of`` are all events that count as its repeats."""
        absent = kind is Kind.MISSING
        which: Which = "left" if absent else "right"
        self.tally.leaves += leaves(content)
        shown = self.documents.shown(content, which, event.operation)
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
            entity=self.entity(content, which) or self._entity_of(content, event, which),
            counts=counts,
            triggers=self.triggers((event,), ()) if absent else self.triggers((), of or (event,)),
        )

    def name(self, event: Event, which: Which) -> str:
        """How reports call an event: ``call#0`` is the first call; rows have no order, so they go by their table."""
        if event.channel in _KEYED:
            return f"{event.channel}:{event.operation}"
        return f"{event.channel}#{event.seq - self._first[which].get(event.channel, 0)}"

    def triggers(self, left: Iterable[Event], right: Iterable[Event]) -> tuple[str, ...]:
        """The stimuli that caused these events, each once, in order."""
        found = [self._trigger(event, "left") for event in left]
        found += [self._trigger(event, "right") for event in right]
        return tuple(dict.fromkeys(trigger for trigger in found if trigger))

    def _trigger(self, event: Event, which: Which) -> str | None:
        if event.channel is Channel.REQUEST:
            return route(event.operation)
        place = self.cause(event, which)
        return None if place is None else route(self._stimuli[which][place].operation)

    def cause(self, event: Event, which: Which) -> int | None:
        """The place of the stimulus that an effect belongs to: by its trace, else where only one was under way."""
        if (place := self.traced(event, which)) is not None or not event.started_at:
            return place
        around = [
            place
            for place, stimulus in enumerate(self._stimuli[which])
            if stimulus.started_at <= event.started_at <= stimulus.ended_at
        ]
        return around[0] if len(around) == 1 else None

    def traced(self, event: Event, which: Which) -> int | None:
        """The place of the stimulus whose trace an event carries."""
        return self._traces[which].get(event.lineage) if event.lineage else None

    def race_together(self, *places: int) -> bool:
        """True where the stimuli at these places overlapped."""
        return any(race.members.issuperset(places) for race in self.races)

    def _raced(self, event: Event) -> bool:
        """True where an event may come of a stimulus that raced: what it did may be done in either order."""
        if not self.races:
            return False
        place = self.cause(event, "left")
        return place is None or self.race_together(place)

    def entity(self, content: Json, which: Which) -> str | None:
        """The symbol of what a document is about: the first generated id in it that both sides know, a body first."""
        body = content.get("body") if isinstance(content, dict) else None
        for text in chain(_strings(body), _strings(content)):
            for mark in marks(text):
                if mark.said is not None:
                    continue  # what is read inside it is about many things
                symbol = self.renaming.symbol(mark.text, which)
                if "#" in symbol and symbol != mark.text:
                    return symbol
        return None

    def _entity_of(self, content: Json, event: Event, which: Which) -> str | None:
        return self._row(event, which) if event.channel in _KEYED else self.entity(content, which)

    def _row(self, event: Event, which: Which) -> str:
        """What to call a row: the symbol of its key, or the key itself where it was given."""
        key, table = event.inputs["key"], event.operation
        if event.channel is Channel.CACHE and isinstance(key, dict):
            return f"cache key {self.renaming.symbolise(key.get('key'), which)}"
        pieces = []
        for column, value in key.items() if isinstance(key, dict) else [("", key)]:
            target = self.documents.references(table).get(column)
            if target and isinstance(value, int):
                pieces.append(self.renaming.key_symbol(target, value, which))
                continue
            symbol = self.renaming.symbolise(value, which, column)
            named = isinstance(value, str) and symbol != value and "#" in str(symbol)
            pieces.append(str(symbol) if named else f"{singular(table)} {symbol}")
        return ", ".join(pieces)


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
