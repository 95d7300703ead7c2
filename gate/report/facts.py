"""Open mappings of a result (sealing, determinism, noise) as rows of text."""

from collections.abc import Iterator, Mapping, Sequence

from gate.model import Json, Result
from gate.report.inert import clip
from gate.report.plain import compact

_ROWS = 100
_COLUMNS = 8
_TEXT = 300
_ALLOWED = "allowed"
_OPPOSITE = {"sealed": "unsealed", "unsealed": "sealed"}


def facts(mapping: Mapping[str, Json]) -> list[tuple[str, str]]:
    """A row a value, nested names joined by dots."""
    found: list[tuple[str, str]] = []
    for row in _flat(mapping, ""):
        if len(found) == _ROWS:
            return [*found, ("…", "the rest is in result.json")]
        found.append(row)
    return found


def table(items: Sequence[Json]) -> tuple[list[str], list[list[str]]]:
    """Items as a table: columns as first met, at most so many of both."""
    columns: dict[str, None] = {}
    for item in items[:_ROWS]:
        columns.update(dict.fromkeys(item if isinstance(item, Mapping) else ("what",)))
    chosen = list(columns)[:_COLUMNS]
    rows = [
        [_value(item.get(name)) if isinstance(item, Mapping) else _value(item) for name in chosen]
        for item in items[:_ROWS]
    ]
    return chosen, rows


def sealing(result: Result) -> str:
    """``unsealed`` wherever anything says so; ``sealed`` only where something does; else why it is neither."""
    words = set(_sealing_words(result.sealing))
    for word in ("unsealed", "sealed"):
        if word in words:
            return word
    return "not applicable" if result.sealing.get("status") == "not applicable" else "not stated"


def unsealed_because(result: Result) -> str:
    """Why a run is unsealed, in a line."""
    why = result.sealing.get("why")
    return why if isinstance(why, str) and why else "the environment could reach the outside while it ran"


def allowed(result: Result) -> list[str]:
    """What gate.yml lets through the seal."""
    found = result.sealing.get(_ALLOWED)
    return [str(item) for item in found] if isinstance(found, list | tuple) else []


def _sealing_words(value: Json | Mapping[str, Json]) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            if name == _ALLOWED:
                continue  # words of gate.yml, which say nothing of the state
            if name in _OPPOSITE and isinstance(item, bool):
                yield name if item else _OPPOSITE[name]
            elif name == "unsealed" and item:
                yield name
            yield from _sealing_words(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _sealing_words(item)
    elif isinstance(value, str):
        yield value.strip().casefold().partition(" ")[0].rstrip(":,;.")


def _flat(value: Json | Mapping[str, Json], name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value and name.count(".") < 4:
        for key, item in value.items():
            yield from _flat(item, f"{name}.{key}" if name else str(key))
    else:
        yield name, _value(value)


def _value(value: Json | Mapping[str, Json]) -> str:
    if value is None or value in ([], {}, ""):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple) and all(isinstance(item, str | int) for item in value):
        return clip(", ".join(str(item) for item in value), _TEXT)
    return clip(value if isinstance(value, str) else compact(value), _TEXT)
