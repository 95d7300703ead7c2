"""One event as a line of a scenario's file."""

from collections.abc import Mapping

from gate.bundle import text
from gate.bundle.blobs import Shelf, outsource, restore
from gate.bundle.fields import Fields, kind
from gate.bundle.where import Where, quoted
from gate.model import Channel, Event, Json

_KEYS = (
    "seq",
    "channel",
    "operation",
    "inputs",
    "output",
    "started_at",
    "duration",
    "lineage",
    "digest",
)
_WITH_BODIES = (Channel.REQUEST, Channel.CALL)
_CHANNELS = {channel.value: channel for channel in Channel}


def to_line(event: Event, shelf: Shelf, where: Where) -> bytes:
    """The line of an event, its large bodies moved to the shelf."""
    inputs, output = dict(event.inputs), None if event.output is None else dict(event.output)
    if event.duration < 0 or event.started_at < 0:
        raise where.error("'duration' or 'started_at' is negative")
    if event.channel in _WITH_BODIES:
        for side in (inputs, output):
            if side is not None and "body" in side:
                side["body"] = outsource(side["body"], shelf, where)
    document: Json = {
        "seq": event.seq,
        "channel": event.channel,
        "operation": event.operation,
        "inputs": inputs,
        "output": output,
        "started_at": event.started_at,
        "duration": event.duration,
        "lineage": event.lineage,
        "digest": _digest(event, where),
    }
    check_shape(event, where)
    return text.render(document, where)


def from_line(content: bytes, shelf: Shelf, where: Where) -> Event:
    """The event of a line. Raises RequestError where it is malformed or not what was recorded."""
    fields = Fields(text.load(content, where), where, "an event", _KEYS)
    channel = channel_of(fields.text("channel"), where)
    inputs, output = dict(fields.mapping("inputs")), fields.mapping_or_none("output")
    if channel in _WITH_BODIES:
        for side in (inputs, output):
            if side is not None and "body" in side:
                side["body"] = restore(side["body"], shelf, where)
    event = Event(
        seq=fields.count("seq"),
        channel=channel,
        operation=fields.text("operation"),
        inputs=inputs,
        output=output,
        started_at=fields.count("started_at"),
        duration=fields.count("duration"),
        lineage=fields.text_or_none("lineage"),
    )
    check_shape(event, where)
    if (digest := _digest(event, where)) != fields.text("digest"):
        raise where.error(f"the digest of what was read is {digest[:12]}…, not the one recorded")
    return event


def _digest(event: Event, where: Where) -> str:
    try:
        return event.digest
    except RecursionError:
        raise where.error("is nested too deep") from None


def channel_of(name: str, where: Where) -> Channel:
    """The channel of that name."""
    channel = _CHANNELS.get(name)
    if channel is None:
        raise where.error(f"the channel {quoted(name, 40)} is none of {', '.join(_CHANNELS)}")
    return channel


def check_shape(event: Event, where: Where) -> None:
    """Refuse inputs and outputs that the channel does not have; replay and compare rely on them."""
    inputs = event.inputs
    match event.channel:
        case Channel.REQUEST | Channel.CALL:
            _check_exchange(event, where)
        case Channel.ROW:
            if not isinstance(inputs.get("key"), dict):
                raise where.error(f"'key' of a row is {kind(inputs.get('key'))}, not an object")
        case Channel.CACHE:
            _check_cache_key(inputs.get("key"), where)
        case Channel.MESSAGE | Channel.LOG:
            pass


def _check_cache_key(key: Json, where: Where) -> None:
    if not isinstance(key, dict):
        raise where.error(f"'key' of a cache key is {kind(key)}, not an object")
    if not isinstance(key.get("key"), str):
        raise where.error(f"'key' in 'key' of a cache key is {kind(key.get('key'))}, not a string")


def _check_exchange(event: Event, where: Where) -> None:
    what, inputs, output = event.channel, event.inputs, event.output
    for key in ("method", "path"):
        if not isinstance(inputs.get(key), str) or not inputs[key]:
            raise where.error(f"{key!r} of a {what} is {kind(inputs.get(key))}, not a string")
    if not isinstance(inputs.get("query"), str | None):
        raise where.error(f"'query' of a {what} is {kind(inputs['query'])}, not a string")
    check_headers(inputs, what, where)
    if output is not None and not isinstance(output.get("error"), str):
        if type(output.get("status")) is not int:
            raise where.error(f"the output of a {what} has neither a 'status' nor an 'error'")
        check_headers(output, what, where)


def check_headers(side: Mapping[str, Json], what: str, where: Where) -> None:
    """Refuse headers that are not names with a string, or a list of strings, each."""
    headers = side.get("headers")
    if headers is None:
        return
    if not isinstance(headers, dict):
        raise where.error(f"'headers' of a {what} is {kind(headers)}, not an object")
    for name, value in headers.items():
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(item, str) for item in values):
            raise where.error(f"the header {quoted(name, 40)} of a {what} is {kind(value)}, not a string")
