"""Cache keys: what a cache holds after the replay that it did not hold before."""

from collections.abc import Mapping
from dataclasses import replace

from gate.identity import marks
from gate.identity.forms import is_opaque
from gate.model import Channel, Event, Json

_COLUMNS = ("type", "value", "expires")


def cached(event: Event, prefix: str = "") -> Event:
    """A changed row of a cache's one table as the change of a cache key; ``prefix`` tells caches apart."""
    before, key = event.inputs.get("before"), _key(event)
    return replace(
        event,
        channel=Channel.CACHE,
        operation=prefix + family(key),
        inputs={
            **event.inputs,
            "key": {"key": key},
            "before": _held(before) if isinstance(before, dict) else None,
        },
        output=None if event.output is None else _held(event.output),
    )


def family(key: str) -> str:
    """What keys have in common that hold the same kind of thing: ``merchant:*`` of ``merchant:m_7``."""
    first, colon, _ = key.partition(":")
    name = "{key}" if _generated(first) else first
    return f"{name}:*" if colon else name


def _generated(text: str) -> bool:
    return text.isdigit() or is_opaque(text) or bool(marks(text))


def _key(event: Event) -> str:
    key = event.inputs.get("key")
    return str(key.get("key")) if isinstance(key, dict) else ""


def _held(row: Mapping[str, Json]) -> dict[str, Json]:
    return {column: row.get(column) for column in _COLUMNS}
