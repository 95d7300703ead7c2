"""Which ids and times of a recording were given to the code, and which it generated itself.

Given is what stood in a stimulus, in the state or in the outside world's answer before the code had said it; all else
the code generated. Only the generated may be renamed.
"""

from collections.abc import Callable, Iterator, Mapping

from gate.identity.encoded import DEEPEST, may_be_deep
from gate.identity.forms import SHORTEST, is_opaque, marks
from gate.identity.times import LEAST
from gate.model import Channel, Event, Json, Recording
from gate.model.body import document, parse, payload

Reader = Callable[[Mapping[str, Json] | None], Json]


def readable(content: Mapping[str, Json] | None) -> Json:
    """An event's inputs or output with the body as the document that it says."""
    if content is None:
        return None
    body = content.get("body")
    if body is None:
        return dict(content)
    said = document(body)
    if isinstance(said, dict | list) and _may_be_deep(body) and deep(said):
        said = payload(body).decode(errors="replace")
    return {**content, "body": said}


def _may_be_deep(body: Json) -> bool:
    text = body.get("text") if isinstance(body, dict) else None
    return not isinstance(text, str) or may_be_deep(text)


def deep(content: Json) -> bool:
    """True where a document has too many levels to walk through."""
    level: list[Json] = [content]
    for _ in range(DEEPEST):
        below: list[Json] = []
        for item in level:
            if isinstance(item, dict):
                below += [value for value in item.values() if isinstance(value, dict | list)]
            elif isinstance(item, list):
                below += [value for value in item if isinstance(value, dict | list)]
        if not below:
            return False
        level = below
    return True


def expand(value: Json) -> Json:
    """A text that is a JSON object or list, such as outboxes and audit logs hold, as that; anything else as it is."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        document = parse(value.encode(errors="replace"))
        if document is not None and not deep(document):
            return document
    return value


def given(recording: Recording, read: Reader = readable) -> frozenset[str]:
    """The ids and times that were inputs of the code in this recording, a number as its text.

    ``read`` may remember what it read.
    """
    known = set(recording.header.given)
    generated: set[str] = set()
    for _, is_input, side in sorted(_crossings(recording.events), key=lambda item: item[:2]):
        mine, other = (known, generated) if is_input else (generated, known)
        numbers: list[float] = []
        found = _telling(read(side), [], numbers)
        for text in found:
            for mark in marks(text):
                if mark.text not in other:
                    mine.add(mark.text)
                if mark.said is not None:
                    _telling(mark.said, found, numbers)  # and so this loop goes on
            if text not in other and is_opaque(text):
                mine.add(text)
        if numbers:
            mine.update(name for name in map(str, numbers) if name not in other)
    return frozenset(known)


def _crossings(events: tuple[Event, ...]) -> Iterator[tuple[int, bool, Mapping[str, Json] | None]]:
    """Each time something went in or out: when, whether in, and what."""
    for event in events:
        if event.channel is Channel.REQUEST:
            yield event.started_at, True, event.inputs
            yield event.ended_at, False, event.output
        elif event.channel is Channel.CALL:
            yield event.started_at, False, event.inputs
            yield event.ended_at, True, event.output


def _telling(content: Json, found: list[str], numbers: list[float]) -> list[str]:
    """The strings of a document that may hold an id, and the numbers that may be times.

    Plain lists, since every event goes through here.
    """
    if isinstance(content, dict):
        for key, value in content.items():
            if len(key) >= SHORTEST:
                found.append(key)
            if isinstance(value, str):
                if len(value) >= SHORTEST:
                    found.append(value)
            elif isinstance(value, int | float):
                if value >= LEAST:
                    numbers.append(value)
            elif value is not None:
                _telling(value, found, numbers)
    elif isinstance(content, list):
        for item in content:
            _telling(item, found, numbers)
    elif isinstance(content, str):
        if len(content) >= SHORTEST:
            found.append(content)
    elif isinstance(content, int | float) and content >= LEAST:
        numbers.append(content)
    return found


def telling(content: Json) -> list[str]:
    """The strings of a document that are long enough to hold an id, keys included."""
    return _telling(content, [], [])


def texts(content: Json) -> Iterator[str]:
    """Every string in a document, keys included."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for key, value in content.items():
            yield key
            if isinstance(value, str):
                yield value
            elif isinstance(value, dict | list):
                yield from texts(value)
    elif isinstance(content, list):
        for value in content:
            yield from texts(value)
