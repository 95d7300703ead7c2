"""gate.yml after it was read: frozen, checked, with its defaults filled in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A process of the service under test.

    ``command`` is an argument list whose words may hold ``{port}``, ``{python}``, ``{state}``, ``{outward.HOST}``,
    ``{NAME.port}`` and ``{NAME.url}``; so may the values of ``env``. ``ready`` is a path that answers 2xx.
    """

    name: str
    command: tuple[str, ...] = field(repr=False)
    ready: str = "/"
    env: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    cwd: str = "."
    start_timeout: float = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A service of the compose file that is under test; ``port`` is the one inside, ``build`` a folder.

    The values of ``env`` may hold ``{outward.HOST}``, ``{NAME.port}`` and ``{NAME.url}``.
    """

    name: str
    port: int | None = None
    ready: str | None = None
    env: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    build: str | None = None
    start_timeout: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Compose:
    """The user's compose file; ``env`` is all that ``${NAME}`` in it is filled in from.

    ``allow`` holds (service, what) of the refusals that are let through; ``reach`` is ``auto``, ``address`` or
    ``loopback``.
    """

    file: str
    services: Mapping[str, Container]
    env: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    allow: tuple[tuple[str, str], ...] = ()
    reach: str = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """A command that brings a side's schema up to its code, after the state is restored."""

    service: str
    run: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stimuli:
    """Where and how the recorded stimuli are sent."""

    to: str
    order: str = "causal"
    """``causal``: what began after another ended is sent after it; ``serial``: one after the other."""
    pace: str = "fast"
    """``fast`` collapses the gaps between race groups; ``recorded`` keeps them."""
    timeout: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """When a side has finished, in seconds."""

    quiet: float = 0.005
    timeout: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A database or cache of the service.

    ``sqlite``: the file ``path``, which may hold ``{state}``. ``postgres`` and ``redis``: ``service`` of the compose
    file; ``keys`` are the key patterns of a cache that are observed, none: all.
    """

    store: str
    kind: str
    path: str = ""
    service: str = ""
    database: str = ""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Warmup:
    """A request that is sent before the replay, so that no cold start is taken for a difference."""

    method: str
    path: str
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A table whose final rows are compared; ``key`` empty: the table's own primary key."""

    store: str
    table: str
    key: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """A transactional outbox: rows in ``order_by``, per ``key``, drained when ``published`` is not null."""

    store: str
    table: str
    order_by: str
    key: str
    published: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observe:
    """What is looked at. ``rows`` None: every table of every store but the outboxes."""

    headers: tuple[str, ...] = ("content-type", "location")
    rows: tuple[Rows, ...] | None = None
    messages: tuple[Messages, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """What does not count: JSONPaths to leave out, and how far times (s) and numbers may be apart."""

    ignore: tuple[str, ...] = ()
    time: float = 2.0
    number: float = 0.0
    highlight: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All of gate.yml for one environment: ``compose`` where that is set, else the processes of ``services``.

    ``root`` is the folder it lies in; ``secrets`` maps names to what ``${NAME}`` gave.

    ``credentials`` are values of the file itself, by names that say so: no secrets, yet told apart in outward calls.
    """

    root: Path
    service: str
    services: Mapping[str, Service]
    stimuli: Stimuli
    bundles: tuple[str, ...]
    compose: Compose | None = None
    migrate: tuple[Migration, ...] = ()
    settle: Settle = Settle()
    stores: tuple[Store, ...] = ()
    warmup: tuple[Warmup, ...] = ()
    outward: tuple[str, ...] = ()
    observe: Observe = Observe()
    compare: Compare = Compare()
    secrets: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    credentials: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
