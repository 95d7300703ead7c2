"""Real recordings, spoilt in one place; and the same recordings under other ids and at another time."""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from gate.bundle import read
from gate.compare.paths import json_path
from gate.config import Compare
from gate.identity import given, ids, marks, readable, texts
from gate.model import Channel, Event, Json, Recording
from gate.model.body import encode

HEADERS = ("content-type", "location")
RULES = Compare()
COMPARED = (Channel.REQUEST, Channel.CALL, Channel.ROW, Channel.MESSAGE, Channel.CACHE)
Path_ = tuple[str | int, ...]
Edit = Callable[[Json], Json]


@cache
def billing() -> dict[str, Recording]:
    """The recordings of the example, by scenario."""
    return dict(read(Path("bundles/billing")).recordings)


def compared(event: Event) -> str | None:
    """Which side of an event is evidence; None where nothing of it is."""
    if event.channel not in COMPARED:
        return None
    return "inputs" if event.channel is Channel.CALL else "output"


def document(event: Event) -> dict[str, Json]:
    """The compared part of an event as something to edit: JSON texts read, headers that do not count left out."""
    side = compared(event)
    content = readable(getattr(event, side)) if side else None
    if not isinstance(content, dict):
        return {}
    if event.channel is Channel.REQUEST:
        sent = content.get("headers")
        kept = {name: sent[name] for name in HEADERS if name in sent} if isinstance(sent, dict) else {}
        return {"status": content.get("status"), "headers": kept, "body": content.get("body")}
    if event.channel is Channel.CALL:
        sent = content.get("headers")
        key = {k: v for k, v in sent.items() if k == "idempotency-key"} if isinstance(sent, dict) else {}
        return {name: content.get(name) for name in ("path", "query", "body")} | {"headers": key}
    return {name: _read(value) for name, value in content.items()}


def _read(value: Json) -> Json:
    return json.loads(value) if isinstance(value, str) and value[:1] in ("{", "[") else value


def with_document(event: Event, edited: dict[str, Json]) -> Event:
    """The event with its compared part as edited, in the form in which it was recorded."""
    side = compared(event) or "output"
    recorded = dict(getattr(event, side))
    for name in set(recorded) - set(edited):
        if name in document(event):
            del recorded[name]
    for name, value in edited.items():
        if name == "body":
            recorded[name] = encode(json.dumps(value).encode()) if value is not None else None
        elif name == "headers" and isinstance(value, dict):
            counted = document(event)["headers"]
            rest = {key: item for key, item in recorded["headers"].items() if key not in counted}
            recorded[name] = rest | value
        elif isinstance(value, dict | list):
            recorded[name] = json.dumps(value)
        else:
            recorded[name] = value
    return replace(event, **{side: recorded})


def paths(content: Json, path: Path_ = ()) -> Iterator[tuple[Path_, Json]]:
    """Every leaf with its path; an empty object or list is a leaf."""
    if isinstance(content, dict) and content:
        for key, value in content.items():
            yield from paths(value, (*path, key))
    elif isinstance(content, list) and content:
        for index, value in enumerate(content):
            yield from paths(value, (*path, index))
    else:
        yield path, content


def edit(content: Json, path: Path_, how: Edit | None) -> Json:
    """A copy with the leaf at the path edited, or dropped where there is no edit."""
    if not path:
        assert how is not None
        return how(content)
    head, rest = path[0], path[1:]
    if isinstance(content, dict) and isinstance(head, str):
        if not rest and how is None:
            return {key: value for key, value in content.items() if key != head}
        return {key: edit(value, rest, how) if key == head else value for key, value in content.items()}
    assert isinstance(content, list)
    if not rest and how is None:
        return [value for index, value in enumerate(content) if index != head]
    return [edit(value, rest, how) if index == head else value for index, value in enumerate(content)]


@dataclass(frozen=True)
class Spoilt:
    """A recording in which one thing is wrong."""

    what: str
    recording: Recording


def spoil(recording: Recording) -> Iterator[Spoilt]:
    """The recording once for each leaf of each compared event and each way to spoil it, and for each whole event."""
    known = sorted(
        {value for event in recording.events if compared(event) for value in _ids(document(event))}
    )
    for index, event in enumerate(recording.events):
        if compared(event) is None:
            continue
        before, after = recording.events[:index], recording.events[index + 1 :]
        name = f"{event.channel}#{event.seq} {event.operation}"
        for path, leaf in paths(document(event)):
            for how, change in _ways(leaf, known, path):
                edited = edit(document(event), path, change)
                assert isinstance(edited, dict)
                if edited == document(event) or _renumbers(recording, event, path, how):
                    continue
                events = (*before, with_document(event, edited), *after)
                yield Spoilt(f"{name} {json_path(path)} {how}", replace(recording, events=events))
        yield Spoilt(f"{name} lost", replace(recording, events=before + after))
        yield Spoilt(f"{name} repeated", replace(recording, events=(*before, event, again(event), *after)))


def _renumbers(recording: Recording, event: Event, path: Path_, how: str) -> bool:
    """A number that the database gave out, and that nothing refers to, may be another one."""
    table = recording.header.tables.get(event.operation)
    return (
        table is not None
        and table.sequence
        and path[0] in table.key
        and how in ("plus one", "minus a hundred")
    )


def again(event: Event) -> Event:
    """The event a second time, just after; a row or a cache key under a key of its own."""
    changes: dict[str, object] = {"started_at": event.ended_at + 1 if event.started_at else 0}
    if event.channel in (Channel.ROW, Channel.CACHE):
        assert event.output is not None and isinstance(event.inputs["key"], dict)
        key = {column: _next(value) for column, value in event.inputs["key"].items()}
        held = key if event.channel is Channel.ROW else {}
        changes |= {"inputs": {**event.inputs, "key": key}, "output": {**event.output, **held}}
    return replace(event, **changes)  # type: ignore[arg-type]


def _next(value: Json) -> Json:
    return (
        value + 1_000_000 if isinstance(value, int) else fresh(str(value)) if ids(str(value)) else f"{value}2"
    )


def _ids(content: Json) -> Iterator[str]:
    for text in texts(content):
        yield from ids(text)


def _ways(leaf: Json, known: list[str], path: Path_) -> Iterator[tuple[str, Edit | None]]:
    if path not in (("status",), ("body",), ("path",), ("query",), ("headers",)):
        yield "dropped", None
    if isinstance(leaf, bool):
        yield "flipped", lambda value: not value
        yield "as a number", lambda value: int(bool(value))
    elif isinstance(leaf, int | float):
        yield "plus one", lambda value: value + 1  # type: ignore[operator]
        yield "minus a hundred", lambda value: value - 100  # type: ignore[operator]
        if path != ("status",):
            yield "as a text", str
            yield "as a float", lambda value: value + 0.5  # type: ignore[operator]
    elif isinstance(leaf, str):
        yield from _ways_of_text(leaf, known)
    elif leaf is None:
        yield "filled", lambda value: "something"
        yield "as false", lambda value: False
    else:
        yield "as null", lambda value: None
        yield "filled", lambda value: {"a": 1} if isinstance(value, dict) else [1]


def _ways_of_text(leaf: str, known: list[str]) -> Iterator[tuple[str, Edit]]:
    yield "emptied", lambda value: ""
    yield "longer", lambda value: f"{value}x"
    yield "another word", lambda value: "another"
    for mark in marks(leaf):
        if mark.is_time:
            yield "an hour later", lambda value, m=mark: _with(value, m, later(m.text, 3600_000_000))
            yield (
                "a second more than allowed",
                lambda value, m=mark: _with(value, m, later(m.text, 3_000_000)),
            )
        else:
            others = [value for value in known if value != mark.text]
            for other in {others[0], others[-1], others[len(others) // 2]} if others else ():
                yield f"another id {other}", lambda value, m=mark, o=other: _with(value, m, o)


def _with(text: Json, mark: object, new: str) -> str:
    return str(text)[: mark.start] + new + str(text)[mark.end :]  # type: ignore[attr-defined]


def later(text: str, by: int) -> str:
    """An ISO time, moved by some microseconds, in its own notation."""
    moved = datetime.fromisoformat(text) + timedelta(microseconds=by)
    seconds = "microseconds" if "." in text else "seconds"
    return moved.isoformat(text[10], seconds).replace("+00:00", "Z" if text.endswith("Z") else "+00:00")


def fresh(value: str, salt: str = "") -> str:
    """Another id of the same form."""
    for attempt in range(100):
        digest = hashlib.sha512(f"{salt}{attempt}{value}".encode())
        digits = digest.hexdigest()[: len(value.replace("-", ""))]
        if len(value) == 36 and value.count("-") == 4:
            new = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
        elif set(value) <= set("0123456789abcdef"):
            new = digits
        else:
            new = urlsafe_b64encode(digest.digest()).decode()[: len(value)]
        if ids(new) == (new,):
            return new
    raise AssertionError(f"no form for {value}")


def elsewhere(recording: Recording, by: int = 86_400_000_000 * 3 + 1234, shift: int = 50) -> Recording:
    """The same behaviour in another run: every generated id another, every time and every row number later."""
    known = given(recording)
    numbered = {name for name, table in recording.header.tables.items() if table.sequence}

    def text(value: str) -> str:
        for mark in reversed(marks(value)):
            if mark.text not in known:
                new = later(mark.text, by) if mark.is_time and mark.text[:1].isdigit() else mark.text
                value = value[: mark.start] + (new if mark.is_time else fresh(mark.text)) + value[mark.end :]
        return value

    def walk(content: Json) -> Json:
        if isinstance(content, dict):
            return {text(key): walk(value) for key, value in content.items()}
        if isinstance(content, list):
            return [walk(value) for value in content]
        return text(content) if isinstance(content, str) else content

    def rebody(side: dict[str, Json] | None) -> Json:
        return walk(dict(side)) if side is not None else None

    def one(event: Event) -> Event:
        inputs, output = rebody(dict(event.inputs)), rebody(dict(event.output) if event.output else None)
        if event.operation in numbered and not event.inputs.get("existed"):
            inputs["key"] = {"id": inputs["key"]["id"] + shift}  # type: ignore[index, call-overload, operator]
            output["id"] += shift  # type: ignore[index, call-overload, operator]
        return replace(
            event,
            operation=text(event.operation),
            inputs=inputs,  # type: ignore[arg-type]
            output=output,  # type: ignore[arg-type]
            started_at=event.started_at + by if event.started_at else 0,
        )

    return replace(recording, events=tuple(one(event) for event in recording.events))
