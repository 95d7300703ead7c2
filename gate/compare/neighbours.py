"""What else of a scenario holds the ids of an event: it tells apart what says the same while ids are unknown."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from gate.compare.documents import Documents
from gate.compare.nested import said
from gate.identity import Which, ids, route
from gate.identity.provenance import Reader
from gate.model import Channel, Event, Json, Recording, canonical

Keys = Sequence[bytes]
_ROUNDS = 2
"""How far to look: at the events that share an id with this one, and at those that share one with them."""
_CHANNELS = (Channel.CALL, Channel.ROW, Channel.MESSAGE, Channel.CACHE)


class Neighbours:
    """The events of both sides by the ids in them; looked up only where there are twins."""

    def __init__(self, left: Recording, right: Recording, documents: Documents, read: Reader) -> None:
        self._events: dict[Which, Sequence[Event]] = {"left": left.events, "right": right.events}
        self._documents, self._read = documents, read
        self._held: dict[Which, dict[str, list[tuple[str, Event]]]] = {}
        self._known: dict[tuple[int | str, Which, int], bytes] = {}

    def tell_apart(
        self, left: Sequence[Event], right: Sequence[Event], ours: Keys, theirs: Keys
    ) -> tuple[list[bytes], list[bytes]]:
        """The keys of events, those that several have made stricter by what is around each of them."""
        twins = {key for side in (ours, theirs) for key, count in Counter(side).items() if count > 1}
        self._known.clear()  # more ids may be known by now
        return self._strict(left, ours, twins, "left"), self._strict(right, theirs, twins, "right")

    def says(self, event: Event, which: Which) -> bytes:
        """All that an event says, in symbols, so that it is the same in every run."""
        return canonical(self._said(event, which))

    def _strict(self, events: Sequence[Event], keys: Keys, twins: set[bytes], which: Which) -> list[bytes]:
        return [
            key + self._around(event, which, _ROUNDS) if key in twins else key
            for event, key in zip(events, keys, strict=True)
        ]

    def _around(self, event: Event, which: Which, rounds: int) -> bytes:
        """What an event says and, so many rounds on, what all that hold one of its unknown ids say."""
        place = (id(event), which, rounds)
        if place not in self._known:
            shared = [
                (where, self._around_id(name, which, rounds))
                for where, name in (self._names(event) if rounds else ())
                if self._unknown(name, which)
            ]
            self._known[place] = _digest(self._said(event, which), shared)
        return self._known[place]

    def _around_id(self, name: str, which: Which, rounds: int) -> bytes:
        """What all that hold an id say and, so many rounds on, what is around them."""
        place = (name, which, rounds)
        if place not in self._known:
            holders = self._holders(which).get(name, ())
            said = [(where, self._around(event, which, rounds - 1)) for where, event in holders]
            self._known[place] = _digest(None, said)
        return self._known[place]

    def _unknown(self, name: str, which: Which) -> bool:
        renaming = self._documents.renaming
        return name not in renaming.given and renaming.bound(name, which) is None

    def _said(self, event: Event, which: Which) -> Json:
        return self._documents.shown(self._content(event), which, event.operation)

    def _holders(self, which: Which) -> Mapping[str, Sequence[tuple[str, Event]]]:
        if which not in self._held:
            held: dict[str, list[tuple[str, Event]]] = {}
            for event in self._events[which]:
                for where, name in self._names(event) if event.channel in _CHANNELS else ():
                    held.setdefault(name, []).append((where, event))
            self._held[which] = held
        return self._held[which]

    def _names(self, event: Event) -> Iterator[tuple[str, str]]:
        """The ids in an event and where they stand."""
        where = f"{event.channel} {route(event.operation)}"
        return _ids(self._content(event), where, self._documents.references(event.operation))

    def _content(self, event: Event) -> Json:
        if event.channel is Channel.CALL:
            sent = self._read(event.inputs)
            names = ("path", "query", "body")
            return {name: sent.get(name) for name in names} if isinstance(sent, dict) else sent
        return said(event)


def _ids(content: Json, where: str, references: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if isinstance(content, str):
        yield from ((where, name) for name in ids(content))
    elif isinstance(content, list):
        for value in content:
            yield from _ids(value, where, {})
    elif isinstance(content, dict):
        for column, value in content.items():
            named = ids(column)
            yield from ((where, name) for name in named)
            if column in references and isinstance(value, int):
                yield f"{where}.{column}", f"{references[column]}#{value}"
            else:
                yield from _ids(value, where if named else f"{where}.{column}", {})


def _digest(content: Json, around: Sequence[tuple[str, bytes]]) -> bytes:
    places: list[Json] = [[where, found.hex()] for where, found in sorted(around)]
    return hashlib.sha256(canonical([content, places])).digest()
