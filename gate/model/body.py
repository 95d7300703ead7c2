"""Payloads, kept to the byte and yet readable.

A body in an event is one of: ``None`` (empty), ``{"json": document}`` where the document's compact rendering
*is* the payload, ``{"text": string}`` for any other UTF-8, ``{"base64": string}`` for the rest. So a reader sees
JSON as JSON, and replay sends the very bytes that were recorded.
"""

import base64
import binascii
import json
import re
from math import isfinite

import orjson

from gate.model.event import Json

_LONG_NUMBER = re.compile(rb"\d{17}")
_GROUP = 12


def encode(payload: bytes) -> Json:
    """Tag a payload; ``payload(encode(x)) == x`` for every x."""
    if not payload:
        return None
    if payload[0] in b'{["' or len(payload) < 32:
        document = _read(payload)
        if document is not None and _renders(document, payload):
            return {"json": document}
    try:
        return {"text": payload.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(payload).decode()}


def payload(body: Json) -> bytes:
    """The bytes of a tagged body. Raises ValueError where it is not one."""
    match body:
        case None:
            return b""
        case {"json": document}:
            return _dump(document)
        case {"text": str(text)}:
            return text.encode()
        case {"base64": str(text)}:
            try:
                return base64.b64decode(text, validate=True)
            except binascii.Error as error:
                raise ValueError(f"not base64: {error}") from None
    raise ValueError("a body is null or has one of the keys json, text, base64")


def document(body: Json) -> Json:
    """What a tagged body says: its JSON document where it is JSON, else its text, else its base64.

    A JSON string keeps its quotes, so that it is no text. Base64 comes in groups too short for any to pass for an id,
    so that it is compared to the letter.
    """
    match body:
        case {"json": str(content)}:
            return _dump(content).decode()
        case {"json": content}:
            return content
        case {"text": str(text)}:
            parsed = parse(text.encode()) if text.lstrip()[:1] in ("{", "[") else None
            return text if parsed is None else parsed
        case {"base64": str(text)}:
            return " ".join(["base64", *(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))])
    return None


def parse(payload: bytes) -> Json:
    """Read JSON without losing anything; None where it is none, or where an object names a field twice.

    NaN is none, since it would be written as null.
    """
    content = _read(payload)
    return None if isinstance(content, dict | list) and _repeats(content, payload) else content


def _read(payload: bytes) -> Json:
    try:
        if _LONG_NUMBER.search(payload):  # orjson turns what exceeds 64 bits into a float
            content: Json = json.loads(payload, parse_constant=_finite, parse_float=_finite)
        else:
            content = orjson.loads(payload)
    except (ValueError, RecursionError):
        return None
    return content


def _repeats(content: Json, payload: bytes) -> bool:
    """Whether an object names a field twice, of which one was lost: looked into only where a colon is missing."""
    try:
        if b"\\u003" not in payload and orjson.dumps(content).count(b":") == payload.count(b":"):
            return False
    except (TypeError, RecursionError):
        pass
    try:
        json.loads(payload, object_pairs_hook=_once)
    except ValueError:
        return True
    except RecursionError:
        return False
    return False


def _once(fields: list[tuple[str, Json]]) -> None:
    if len({name for name, _ in fields}) < len(fields):
        raise ValueError("a field is named twice")


def _finite(text: str) -> float:
    if not isfinite(value := float(text)):
        raise ValueError(f"{text} is no number of JSON")
    return value


def _renders(content: Json, payload: bytes) -> bool:
    """Whether the compact rendering is the payload, with room for the event around it: orjson goes 254 deep."""
    try:
        return orjson.dumps([[[[content]]]]) == b"[[[[" + payload + b"]]]]"
    except TypeError:
        if not _LONG_NUMBER.search(payload):
            return False
    try:
        return _dump(content) == payload
    except (ValueError, RecursionError):  # half a surrogate pair
        return False


def _dump(content: Json) -> bytes:
    try:
        return orjson.dumps(content)
    except (TypeError, RecursionError):  # an integer beyond 64 bits
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
