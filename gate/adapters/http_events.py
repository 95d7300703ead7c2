"""HTTP messages as they stand in events."""

from collections.abc import Iterable, Mapping

from gate.model import Json

HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
)


def header_map(lines: Iterable[tuple[str, str]]) -> dict[str, Json]:
    """Headers by lower-case name; a list where a name came more than once."""
    found: dict[str, Json] = {}
    for name, value in lines:
        lower, value = text(name).lower(), text(value)
        if lower not in found:
            found[lower] = value
            continue
        known = found[lower]
        found[lower] = [*known, value] if isinstance(known, list) else [known, value]
    return found


def text(raw: str) -> str:
    """What came over the wire, as a text that JSON can hold: bytes that are no UTF-8 are read as Latin-1."""
    try:
        raw.encode()
    except UnicodeEncodeError:
        return raw.encode("utf-8", "surrogateescape").decode("latin-1")
    return raw


def header_lines(headers: Mapping[str, Json]) -> list[tuple[str, str]]:
    """The other way round."""
    return [
        (name, str(item))
        for name, value in headers.items()
        for item in (value if isinstance(value, list) else [value])
    ]


def trace_id(headers: Mapping[str, Json]) -> str | None:
    """The trace id of a W3C ``traceparent``, if there is a well-formed one."""
    value = headers.get("traceparent")
    pieces = value.split("-") if isinstance(value, str) else []
    return pieces[1] if len(pieces) >= 4 and len(pieces[1]) == 32 else None
