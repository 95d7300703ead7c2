"""The two sides of a comparison, each recorded or live."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from gate.model.recording import Recording


class SideName(StrEnum):
    """Which of the two."""

    BASELINE = "baseline"
    CANDIDATE = "candidate"


class SideKind(StrEnum):
    """Where its behaviour comes from."""

    RECORDED = "recorded"
    LIVE = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What a side is: ``ref`` as it was asked for, ``commit`` where git knows one."""

    name: SideName
    kind: SideKind
    ref: str
    commit: str | None = None
    image_digest: str | None = None
    images: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The digest of the image of each service, where a side is made of several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Everything seen of one side in one scenario.

    ``problems`` says what evidence is missing; an observation with a problem is never judged as good.
    """

    side: SideName
    recording: Recording
    problems: tuple[str, ...] = ()
