"""A store and an environment that are what a test says."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from gate.model import Json, Table
from gate.ports import Facts, LogText, Store


@dataclass
class FakeStore:
    """Implements :class:`gate.ports.Store`."""

    content: dict[str, list[dict[str, Json]]] = field(default_factory=dict)
    known: dict[str, Table] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    versions: Callable[[], Json] = lambda: 1
    waiting: list[int] = field(default_factory=list)
    """Undrained messages, one for each time it is asked; the last stands."""

    def tables(self) -> Mapping[str, Table]:
        """As given; a table of which nothing is said has the key ``id``."""
        return {name: self.known.get(name, Table(key=("id",))) for name in self.content}

    def rows(self, table: str) -> Sequence[Mapping[str, Json]]:
        """As they are now."""
        return [dict(row) for row in self.content[table]]

    def elsewhere(self) -> Sequence[str]:
        """As given."""
        return self.others

    def version(self) -> Json:
        """Whatever the test says."""
        return self.versions()

    def close(self) -> None:
        """Nothing to let go."""

    def undrained(self, table: str, published: str) -> int:
        """The next count."""
        if len(self.waiting) > 1:
            return self.waiting.pop(0)
        return self.waiting[0] if self.waiting else 0


@dataclass
class FakeEnvironment:
    """Implements :class:`gate.ports.Environment`; ``fails`` maps a step to what it raises."""

    fails: Mapping[str, BaseException] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)
    dead: str | None = None
    known_after: float = 0.0
    """Seconds after the first question for which nobody knows that it is."""
    holds: Mapping[str, Store] = field(default_factory=dict)
    said: Sequence[LogText] = ()
    runs: Mapping[str, str] = field(default_factory=dict)
    _asked: float | None = None

    def _step(self, name: str) -> None:
        self.steps.append(name)
        if name in self.fails:
            raise self.fails[name]

    def prepare(self) -> None:
        """A step."""
        self._step("prepare")

    def restore(self, payloads: Mapping[str, bytes]) -> None:
        """Keep what was restored."""
        self._step("restore")

    def migrate(self) -> None:
        """A step."""
        self._step("migrate")

    def start(self) -> None:
        """A step."""
        self._step("start")

    def stop(self) -> None:
        """A step that never fails."""
        self.steps.append("stop")

    def stores(self) -> Mapping[str, Store]:
        """As given."""
        return self.holds

    def alive(self) -> str | None:
        """As given, once it is known."""
        if self._asked is None:
            self._asked = time.monotonic()
        return self.dead if time.monotonic() - self._asked >= self.known_after else None

    def facts(self) -> Facts:
        """As given."""
        return Facts(unsealed="plain processes can reach the network", images=self.runs)

    def logs(self) -> Sequence[LogText]:
        """As given."""
        return self.said
