"""What a first gate.yml is to say, before it is a text."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from gate.provision.front import Front
from gate.provision.policy import Refusal


class Migration(NamedTuple):
    """A command that brings the schema up: whose it is, and where it stands in the compose file."""

    service: str
    words: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A value, and where it comes from."""

    text: str
    why: str


class Compared(NamedTuple):
    """A database that is compared: its name and kind, whose it is, and which one it is where that has to be said."""

    store: str
    kind: str
    service: str
    database: Known | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """A service under test as gate.yml is to have it."""

    name: str
    port: Known | None = None
    ready: Known | None = None
    build: Known | None = None
    env: Mapping[str, Known]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Everything that the file says; ``guessed`` and ``open`` are sentences for people."""

    file: str
    service: str
    front: Front
    tested: tuple[Tested, ...]
    others: tuple[str, ...]
    env: Mapping[str, Known]
    stores: tuple[Compared, ...]
    hosts: tuple[str, ...]
    migrate: Migration | None
    background: tuple[str, ...]
    """Services of this repository that seem to work without being asked."""
    refused: tuple[tuple[Refusal, str], ...]
    """What may not be, and where it is asked for."""
    bundles: tuple[str, ...]
    guessed: tuple[str, ...]
    open: tuple[str, ...]

    @property
    def target(self) -> Tested:
        """The service that gets the requests."""
        return next(one for one in self.tested if one.name == self.front.name)

    def with_ready(self, ready: Known | None, tried: str) -> "Draft":
        """The same with the path that was found by trying, or the sentence on why none was."""
        target = replace(self.target, ready=ready)
        tested = tuple(target if one.name == target.name else one for one in self.tested)
        return replace(self, tested=tested, open=self.open if ready else (*self.open, tried))
