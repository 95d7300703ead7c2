"""The words of the house as data: frozen, and free of I/O."""

from gate.model.bundle import BUNDLE_VERSION, Bundle, Manifest, StateKind, StatePart
from gate.model.difference import Comparison, Difference, Kind
from gate.model.event import Channel, Event, Json, canonical, identical
from gate.model.recording import NOBODYS, SCHEMA_VERSION, UNOWNED, Header, Recording, Table
from gate.model.result import (
    RESULT_VERSION,
    Finding,
    LogLine,
    Result,
    ScenarioResult,
    ScenarioVerdict,
    Severity,
    TimelineEntry,
    Verdict,
)
from gate.model.side import Observation, Side, SideKind, SideName

__all__ = [
    "BUNDLE_VERSION",
    "NOBODYS",
    "RESULT_VERSION",
    "SCHEMA_VERSION",
    "UNOWNED",
    "Bundle",
    "Channel",
    "Comparison",
    "Difference",
    "Event",
    "Finding",
    "Header",
    "Json",
    "Kind",
    "LogLine",
    "Manifest",
    "Observation",
    "Recording",
    "Result",
    "ScenarioResult",
    "ScenarioVerdict",
    "Severity",
    "Side",
    "SideKind",
    "SideName",
    "StateKind",
    "StatePart",
    "Table",
    "TimelineEntry",
    "Verdict",
    "canonical",
    "identical",
]
