"""The one document that a run leaves; every report is drawn from it alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from gate.model.difference import Difference
from gate.model.event import Channel, Json
from gate.model.recording import UNOWNED
from gate.model.side import Side, SideName

RESULT_VERSION = 1


class Verdict(StrEnum):
    """Of the whole run."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"

    @property
    def exit_code(self) -> int:
        """The exit code that says the same."""
        return {Verdict.PASS: 0, Verdict.FAIL: 1, Verdict.INCONCLUSIVE: 3}[self]


class ScenarioVerdict(StrEnum):
    """Of one scenario."""

    IDENTICAL = "IDENTICAL"
    DIFFERENT = "DIFFERENT"
    NOT_RUN = "NOT_RUN"


class Severity(IntEnum):
    """How much a finding matters, worst first when sorted."""

    CRITICAL = 0
    HIGH = 1
    MEDIUM = 2
    LOW = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Differences that share one cause. ``id`` is stable across runs."""

    id: str
    title: str
    severity: str
    rank: int
    class_: str
    channel: Channel
    kind: str
    operation: str
    path: str
    scenarios: tuple[str, ...]
    trace_ids: tuple[str, ...]
    evidence: tuple[Difference, ...]
    cause: str | None = None
    approved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One event of one side as the report draws it; times are microseconds since the scenario began there."""

    side: SideName
    channel: Channel
    label: str
    at: int
    duration: int
    detail: str
    trace_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One log line of one side, as context for a person; never evidence."""

    side: SideName
    at: int
    level: str
    text: str
    trace_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioResult:
    """What became of one scenario."""

    name: str
    says: str
    verdict: ScenarioVerdict
    similarity: float | None
    """Equal leaves over all leaves after renaming; None where it was not run."""
    stimuli: int
    differences: tuple[Difference, ...] = ()
    problems: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    uncompared: tuple[Channel, ...] = ()
    """What was collected of the candidate, and of the baseline never; logs aside, which are no evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Everything a run found. What differs between two runs of the same input stands under ``timing``."""

    run_id: str
    service: str
    verdict: Verdict
    reasons: tuple[str, ...]
    tier: Mapping[str, str]
    sides: Mapping[SideName, Side]
    bundles: tuple[Mapping[str, str], ...]
    scenarios: tuple[ScenarioResult, ...]
    findings: tuple[Finding, ...]
    renamed: Mapping[str, int]
    sealing: Mapping[str, Json]
    determinism: Mapping[str, Json]
    timing: Mapping[str, Json]
    invariants: tuple[Json, ...] = ()
    noise: tuple[Json, ...] = ()
    kpi: Mapping[str, Json] = field(default_factory=dict)
    command: tuple[str, ...] = ("gate", "run")
    """The words of the command that was given; with ``--scenario NAME`` after it, it reproduces one scenario."""
    schema_version: int = RESULT_VERSION

    @property
    def replayed(self) -> tuple[ScenarioResult, ...]:
        """The scenarios without the effects of none, which are judged like one and are none."""
        return tuple(one for one in self.scenarios if one.name != UNOWNED)
