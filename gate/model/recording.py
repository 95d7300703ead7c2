"""The ordered events of one run, and the header that says what ran."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from gate.model.event import Channel, Event

SCHEMA_VERSION = 1
UNOWNED = "effects-of-no-scenario"
"""The name under which a recording keeps what belongs to no single scenario; it has no stimuli."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What the gate knows of a table: which columns are its key, and which name rows of other tables."""

    key: tuple[str, ...]
    references: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    sequence: bool = False
    """True where the database numbers the rows itself, so that a key is generated."""
    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The declared type of each column, in the order of the table; empty: unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What ran: the first line of a scenario's file."""

    scenario: str
    says: str = ""
    tags: tuple[str, ...] = ()
    started_at: int = 0
    """Microseconds since the epoch."""
    channels: tuple[Channel, ...] = ()
    """What was collected. Silence on a channel that was not collected is no evidence."""
    tables: Mapping[str, Table] = field(default_factory=lambda: MappingProxyType({}))
    given: tuple[str, ...] = ()
    """Ids in the events that stood in the state before; so the code did not generate them."""
    schema_version: int = SCHEMA_VERSION


NOBODYS = Header(scenario=UNOWNED, says="what belongs to no single scenario")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """The events of one scenario on one side, in order of their beginning."""

    header: Header
    events: tuple[Event, ...]

    def on(self, channel: Channel) -> tuple[Event, ...]:
        """The events of one channel, in order."""
        return tuple(event for event in self.events if event.channel is channel)

    @property
    def stimuli(self) -> tuple[Event, ...]:
        """The events that replay sends."""
        return self.on(Channel.REQUEST)
