"""JSON inside a string, as outboxes and audit logs hold it."""

from collections.abc import Mapping

from gate.identity import expand
from gate.model import Json


def columns(content: Mapping[str, Json]) -> dict[str, Json]:
    """The columns of a row or a message, JSON texts in them read."""
    return {column: expand(value) for column, value in content.items()}
