"""JSON inside a string, as outboxes and audit logs hold it."""

from collections.abc import Mapping

from gate.identity import deep
from gate.model import Json
from gate.model.body import parse


def expand(value: Json) -> Json:
    """A text that is a JSON object or array, as that document; anything else as it is."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        document = parse(value.encode(errors="replace"))
        if document is not None and not deep(document):
            return document
    return value


def columns(content: Mapping[str, Json]) -> dict[str, Json]:
    """The columns of a row or a message, JSON texts in them read."""
    return {column: expand(value) for column, value in content.items()}
