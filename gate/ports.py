"""The edges of the house: what the stages ask of the world, each as narrow as it is used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from gate.model import Event, Json, Side, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An HTTP request to send; ``target`` is path and query, already encoded."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What came back: ``output`` as in an event; times in microseconds since the epoch."""

    output: Mapping[str, Json]
    started_at: int
    duration: int


class Sender(Protocol):
    """Sends stimuli to one side."""

    async def send(self, request: Request) -> Response:
        """Send, and answer always: a connection that fails is an output with ``error``."""
        ...

    async def close(self) -> None:
        """Let the connections go."""
        ...


class Played(StrEnum):
    """How a call was answered."""

    RECORDED = "recorded"
    CHANGED = "changed"
    """Its operation was recorded, its payload was not: the nearest recorded answer was given."""
    BEYOND = "beyond"
    """It was recorded less often than it came: the last recorded answer was given again."""
    UNEXPECTED = "unexpected"
    """Nothing like it was recorded: 599."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the outside world says: ``output`` as in an event, ``latency`` in microseconds."""

    how: Played
    scenario: str | None
    output: Mapping[str, Json]
    latency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedCall:
    """One outward call that a live side made, whose scenario it was, and how it was answered."""

    scenario: str | None
    how: Played
    event: Event


class Matcher(Protocol):
    """Knows which recorded answer an outward call gets; the playback server asks it."""

    current: str | None

    def learn(self, scenario: str, pairs: Mapping[str, str]) -> None:
        """Take what recorded ids are called on this side."""
        ...

    def learned(self, scenario: str) -> dict[str, str]:
        """What the calls of a scenario taught since this was last asked."""
        ...

    def play(self, call: Event) -> Answer:
        """The answer to a live call."""
        ...

    def scenario_of(self, call: Event) -> str | None:
        """Whose call it is, if that is known."""
        ...


class Playback(Protocol):
    """The playback server that stands in for the outside world of one side."""

    async def exchange(self, scenario: str, learned: Mapping[str, str]) -> Mapping[str, str]:
        """Say which scenario is at hand and what recorded ids are called now; hear what its calls taught."""
        ...

    async def in_flight(self) -> int:
        """How many calls are being answered now."""
        ...

    async def collect(self) -> Sequence[PlayedCall]:
        """All calls so far, in order of their beginning."""
        ...

    async def close(self) -> None:
        """Let the connection go."""
        ...


class Store(Protocol):
    """A database of one side, read only."""

    def tables(self) -> Mapping[str, Table]:
        """What is known of each table."""
        ...

    def rows(self, table: str) -> Sequence[Mapping[str, Json]]:
        """All rows of a table. Raises InconclusiveError where it cannot be read."""
        ...

    def elsewhere(self) -> Sequence[str]:
        """Other databases of the same server that may hold what is looked for here, by name."""
        ...

    def version(self) -> Json:
        """Something that changes whenever anyone commits a change."""
        ...

    def close(self) -> None:
        """Let it go."""
        ...

    def undrained(self, table: str, published: str) -> int:
        """How many rows have null in the column ``published``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LogText:
    """What a service wrote, redacted."""

    service: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A process to run: arguments, its whole environment, where; ``ready`` is a URL that must answer 2xx."""

    name: str
    argv: tuple[str, ...] = field(repr=False)
    env: Mapping[str, str] = field(repr=False)
    cwd: Path
    port: int | None = None
    ready: str | None = None
    timeout: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SidePlan:
    """Everything about one side before anything of it runs."""

    migrations: tuple[Command, ...]
    services: tuple[Command, ...]
    stores: Mapping[str, Path]
    target: str
    """Base URL of the service that the stimuli go to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorePlan:
    """A server that a side's state is in, and who is allowed in."""

    store: str
    kind: str
    service: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerPlan:
    """A service under test: its port inside, the path that says that it is ready, the seconds it may take."""

    service: str
    port: int | None
    ready: str | None
    timeout: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposePlan:
    """Everything about one side in containers before anything of it runs.

    ``built`` are the images built from the side's code and ``images`` the others, by service; ``playback`` is the
    service of the playback server and ``control`` its port; ``migrations`` are (service, words).
    """

    project: str
    target: str
    services: Mapping[str, ContainerPlan]
    built: Mapping[str, str]
    images: Mapping[str, str]
    stores: tuple[StorePlan, ...]
    migrations: tuple[tuple[str, tuple[str, ...]], ...]
    ready_at_once: tuple[str, ...]
    """All services but those of stores, where none of them waits for anything but stores; else none."""
    allowed: tuple[str, ...]
    """What gate.yml lets through of what is refused, in words."""
    internal: bool
    """Whether the containers have no way out but to this machine."""
    playback: str
    control: int
    overlay: Mapping[str, object] = field(repr=False)
    """What the template of the overlay is filled in with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Where a side ran: why it is not sealed, what was let through by name, the digest of each service's image."""

    unsealed: str
    allowed: tuple[str, ...] = ()
    images: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


class Environment(Protocol):
    """Where one live side runs. Every method but ``stop`` raises GateError subclasses with one line."""

    def prepare(self) -> None:
        """Look at what is asked for, before anything of it runs. Raises StartError where it cannot run."""
        ...

    def restore(self, payloads: Mapping[str, bytes]) -> None:
        """Put the state of each store in place, by store name."""
        ...

    def migrate(self) -> None:
        """Run the side's migrations. Raises StartError where one fails."""
        ...

    def start(self) -> None:
        """Start every service and wait until each is ready. Raises StartError where one does not."""
        ...

    def stop(self) -> None:
        """End and remove everything of this side, whatever state it is in."""
        ...

    def stores(self) -> Mapping[str, Store]:
        """The side's databases, once it is up. Raises InconclusiveError where one cannot be opened."""
        ...

    def alive(self) -> str | None:
        """None while every service runs; else what became of one."""
        ...

    def facts(self) -> Facts:
        """What a reader of the result should know of where the side ran, once it is up."""
        ...

    def logs(self) -> Sequence[LogText]:
        """What the services wrote so far."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSide:
    """A side that runs: what it is, and how the stages reach it."""

    side: Side
    environment: Environment
    sender: Sender
    playback: Playback


class StartError(Exception):
    """A side does not migrate or start; whose fault that is, the caller decides by the side."""
