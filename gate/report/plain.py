"""Model data as plain JSON data that any encoder takes."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass

from gate.model import Json

# orjson stops at 254 levels; what is recorded may be nested deeper, on purpose.
_DEPTH = 100


def plain(value: object, depth: int = 0) -> Json:
    """Dictionaries, lists and scalars for any model value; mappings in order of their keys."""
    match value:
        case None | bool():
            return value
        case str():
            return _text(value)
        case int():
            return int(value)
        case float():
            return value if math.isfinite(value) else str(value)
    if depth >= _DEPTH:
        return f"(nested deeper than {_DEPTH} levels)"
    if is_dataclass(value):
        # A trailing underscore only keeps a name clear of a Python keyword.
        return {item.name.rstrip("_"): plain(getattr(value, item.name), depth + 1) for item in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(value[raw], depth + 1) for key, raw in sorted((_text(str(k)), k) for k in value)}
    if isinstance(value, Sequence):
        return [plain(item, depth + 1) for item in value]
    raise TypeError(f"{type(value).__name__} has no place in a result")


def pretty(value: object) -> str:
    """JSON text for people: strings in quotes, so that 1 and "1" look different."""
    return json.dumps(plain(value), ensure_ascii=False, indent=2)


def compact(value: object) -> str:
    """JSON text on one line."""
    return json.dumps(plain(value), ensure_ascii=False)


def _text(value: str) -> str:
    # A JSON escape may have left half a surrogate pair, which UTF-8 cannot say; also drops enum classes.
    return str.__str__(value).encode("utf-8", "backslashreplace").decode()
