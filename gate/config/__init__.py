"""gate.yml as settings, and what keeps secrets out of texts; ``gate.config.load`` reads it, and needs pydantic."""

from gate.config.placeholders import fill
from gate.config.redaction import Redactor
from gate.config.settings import (
    Compare,
    Compose,
    Container,
    Messages,
    Migration,
    Observe,
    Rows,
    Service,
    Settings,
    Settle,
    Stimuli,
    Store,
    Warmup,
)

__all__ = [
    "Compare",
    "Compose",
    "Container",
    "Messages",
    "Migration",
    "Observe",
    "Redactor",
    "Rows",
    "Service",
    "Settings",
    "Settle",
    "Stimuli",
    "Store",
    "Warmup",
    "fill",
]
