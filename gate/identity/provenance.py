"""Which ids of a recording were given to the code, and which it generated itself.

Given is what stood in a stimulus, in the state or in the outside world's answer before the code had said it; all else
the code generated. Only the generated may be renamed.
"""

from collections.abc import Iterator, Mapping

from gate.identity.forms import ids, marks
from gate.model import Channel, Event, Json, Recording
from gate.model.body import document


def given(recording: Recording) -> frozenset[str]:
    """The ids and times that were inputs of the code in this recording."""
    known = set(recording.header.given)
    generated: set[str] = set()
    for _, is_input, content in sorted(_crossings(recording.events), key=lambda item: item[:2]):
        for text in texts(content):
            for mark in marks(text):
                if is_input and mark.text not in generated:
                    known.add(mark.text)
                elif not is_input and mark.text not in known:
                    generated.add(mark.text)
    return frozenset(known)


def _crossings(events: tuple[Event, ...]) -> Iterator[tuple[int, bool, Json]]:
    """Each time something went in or out: when, whether in, and what."""
    for event in events:
        if event.channel is Channel.REQUEST:
            yield event.started_at, True, readable(event.inputs)
            yield event.ended_at, False, readable(event.output)
        elif event.channel is Channel.CALL:
            yield event.started_at, False, readable(event.inputs)
            yield event.ended_at, True, readable(event.output)


def readable(content: Mapping[str, Json] | None) -> Json:
    """An event's inputs or output with the body as the document that it says."""
    if content is None:
        return None
    if content.get("body") is None:
        return dict(content)
    return {**content, "body": document(content["body"])}


def texts(content: Json) -> Iterator[str]:
    """Every string in a document, keys included."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for key, value in content.items():
            yield key
            yield from texts(value)
    elif isinstance(content, list):
        for value in content:
            yield from texts(value)


def ids_in(content: Json) -> set[str]:
    """Every id in a document."""
    return {value for text in texts(content) for value in ids(text)}
