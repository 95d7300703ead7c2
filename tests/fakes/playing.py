"""A playback server of which a test says what is in flight and what its calls have taught."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gate.ports import PlayedCall


@dataclass
class FakePlayback:
    """Implements :class:`gate.ports.Playback`."""

    in_flights: list[int] = field(default_factory=list)
    """One for each time it is asked; the last stands."""
    teaches: list[Mapping[str, str]] = field(default_factory=list)
    told: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    calls: Sequence[PlayedCall] = ()

    async def exchange(self, scenario: str, learned: Mapping[str, str]) -> Mapping[str, str]:
        """Keep what is told, and teach the next."""
        self.told.append((scenario, dict(learned)))
        return self.teaches.pop(0) if self.teaches else {}

    async def in_flight(self) -> int:
        """The next count."""
        if len(self.in_flights) > 1:
            return self.in_flights.pop(0)
        return self.in_flights[0] if self.in_flights else 0

    async def collect(self) -> Sequence[PlayedCall]:
        """All calls."""
        return self.calls

    async def close(self) -> None:
        """Nothing to let go."""
