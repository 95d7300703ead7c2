"""What a run tells while it runs; the console, and later other handlers, draw it."""

from dataclasses import dataclass
from typing import TypeAlias

from gate.model import Result, ScenarioResult


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseStarted:
    """A phase began: ``provision``, ``replay``, ``settle``, ``compare``, ``report``."""

    phase: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioSent:
    """All stimuli of a scenario were sent to every live side."""

    scenario: str
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioJudged:
    """A scenario has its verdict."""

    result: ScenarioResult
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something a person should know, such as a leftover that was removed."""

    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The last thing a run tells."""

    result: Result


Progress: TypeAlias = PhaseStarted | ScenarioSent | ScenarioJudged | Notice | Finished
