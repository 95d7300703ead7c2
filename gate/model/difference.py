"""One thing that is not the same on both sides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gate.model.event import Channel, Json


class Kind(StrEnum):
    """How two sides differ."""

    MISSING = "missing"
    EXTRA = "extra"
    CHANGED = "changed"
    TYPE = "type"
    ORDER = "order"
    DUPLICATE = "duplicate"
    STATUS = "status"
    SCHEMA = "schema"
    TIMING = "timing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is not the same, its evidence in symbols instead of raw ids.

    ``operation`` has its ids replaced by ``{id}``; ``path`` is an RFC 9535 JSONPath into the response, row, message
    or call; ``event`` names the event on each side, such as ``request#3``; ``entity`` is the symbol of what it is
    about (``invoice#1``); ``triggers`` are the stimuli that caused it, by side.
    """

    channel: Channel
    kind: Kind
    operation: str
    path: str
    baseline: Json
    candidate: Json
    event: Mapping[str, str | None]
    trace_id: str | None = None
    entity: str | None = None
    counts: tuple[int, int] | None = None
    """How often it happened on baseline and candidate, where that is what differs."""
    triggers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What comparing one scenario gave: ``equal`` of ``leaves`` values are the same after renaming."""

    scenario: str
    differences: tuple[Difference, ...]
    equal: int
    leaves: int
    renamed: int
    """How many generated values stand under another name on the other side."""
    suppressed: Mapping[str, int] = field(default_factory=dict)
    """How many differences each rule of ``compare.ignore`` left out."""
