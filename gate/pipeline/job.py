"""What a run is asked, and what it knows while it runs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from gate.config import Redactor, Settings
from gate.judge import Judgement
from gate.model import UNOWNED, Comparison, Observation, Recording, ScenarioResult, Side, SideName, Table
from gate.ports import Facts, LiveSide


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to run: the scenarios with the state they need, and the sides; a side that is not live is the recording."""

    run_id: str
    settings: Settings
    recordings: Mapping[str, Recording]
    bundles: Sequence[Mapping[str, str]]
    payloads: Mapping[str, bytes]
    sides: Mapping[SideName, Side]
    live: Mapping[SideName, LiveSide]
    recorded: Mapping[SideName, Mapping[str, Recording]]
    """The recordings of each side that is not live, by scenario."""
    command: tuple[str, ...]
    """The words that asked for this, for reports to repeat."""
    clock: Callable[[], float]
    """Seconds since the epoch."""
    redactor: Redactor = field(default_factory=lambda: Redactor({}))
    """For what goes wrong: a message may repeat what something was filled in with."""
    notices: tuple[str, ...] = ()
    """What a person should know before anything runs, such as a leftover that was removed."""

    @property
    def scenarios(self) -> dict[str, Recording]:
        """What is replayed and judged by itself: all but the effects of no scenario."""
        return {name: recording for name, recording in self.recordings.items() if name != UNOWNED}


@dataclass(slots=True)
class State:
    """What a run knows so far; afterwards, what it observed."""

    began: float = 0.0
    observations: dict[SideName, dict[str, Observation]] = field(default_factory=dict)
    unowned: dict[SideName, Observation] = field(default_factory=dict)
    """What each live side did that nothing ties to one scenario."""
    tables: dict[SideName, Mapping[str, Table]] = field(default_factory=dict)
    """The observed tables of each live side, as they stood before the replay."""
    facts: dict[SideName, Facts] = field(default_factory=dict)
    """What is to be known of where each live side ran."""
    unsettled: dict[SideName, dict[str, str]] = field(default_factory=dict)
    """What was still going on when a scenario should have ended, by side and scenario."""
    phases: dict[str, float] = field(default_factory=dict)
    results: list[ScenarioResult] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    judgement: Judgement | None = None
    died: str | None = None
    """What became of a service of the candidate that ended while the baseline's went on."""
    stopped: str | None = None
    """Why the run ended before anything could be compared."""
