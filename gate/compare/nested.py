"""What a row, a message or a cache key says; JSON inside a string is read, as outboxes and audit logs hold it."""

from collections.abc import Mapping

from gate.identity import expand
from gate.model import Channel, Event, Json


def said(event: Event) -> dict[str, Json]:
    """The columns of a row or a message; of a cache key also the key, since the ids in it are compared too."""
    output = event.output or {}
    if event.channel is not Channel.CACHE:
        return columns(output)
    key = event.inputs["key"]
    name = key.get("key") if isinstance(key, dict) else key
    return {"key": name, **output, "value": _value(output.get("type"), output.get("value"))}


def columns(content: Mapping[str, Json]) -> dict[str, Json]:
    """The columns of a row or a message, JSON texts in them read."""
    return {column: expand(value) for column, value in content.items()}


def _value(kind: Json, value: Json) -> Json:
    """What lies under a cache key; what has no order, such as a set of generated ids, as an object, which has none."""
    match kind, value:
        case "hash", dict():
            return columns(value)
        case "list", list():
            return [expand(item) for item in value]
        case "set", list():
            return _unordered([(item, True) for item in value]) or value
        case "zset", list():
            pairs = [(item[0], item[1]) for item in value if isinstance(item, list) and len(item) == 2]
            return (_unordered(pairs) if len(pairs) == len(value) else None) or value
        case "stream", list():  # the ids of its entries are times, by the clock of the server
            return [columns(fields) if (fields := _fields(item)) is not None else item for item in value]
    return expand(value)


def _unordered(pairs: list[tuple[Json, Json]]) -> Json:
    """An object of these; None where it would lose one, since two are the same or one is no text."""
    found: dict[str, Json] = {name: value for name, value in pairs if isinstance(name, str)}
    return found if len(found) == len(pairs) else None


def _fields(entry: Json) -> dict[str, Json] | None:
    fields = entry.get("fields") if isinstance(entry, dict) else None
    return fields if isinstance(fields, dict) else None
