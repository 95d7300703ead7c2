"""Curated scenarios with what they need, sealed by checksums."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from gate.model.event import Json
from gate.model.recording import Recording

BUNDLE_VERSION = 1


class StateKind(StrEnum):
    """What a store is, and so what a snapshot of it can be loaded into."""

    SQLITE = "sqlite"
    POSTGRES = "postgres"
    REDIS = "redis"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatePart:
    """A snapshot inside the bundle: ``path`` is relative to it, ``kind`` is a :class:`StateKind`.

    One store may have several, each of another kind: an environment takes the one that it can load.
    """

    store: str
    kind: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a bundle says of itself; the open mappings are shown and sealed, not interpreted."""

    name: str
    service: Mapping[str, Json] = field(default_factory=lambda: MappingProxyType({}))
    runtime: Mapping[str, Json] = field(default_factory=lambda: MappingProxyType({}))
    entropy: Mapping[str, Json] = field(default_factory=lambda: MappingProxyType({}))
    time: Mapping[str, Json] = field(default_factory=lambda: MappingProxyType({}))
    provenance: Mapping[str, Json] = field(default_factory=lambda: MappingProxyType({}))
    sensitivity: str = "internal"
    retention: str = "keep"
    state: tuple[StatePart, ...] = ()
    schema_version: int = BUNDLE_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A bundle in memory: recordings by scenario in order of name, state payloads by path.

    ``digest`` is the SHA-256 of the manifest, which holds the checksum of every other file; so it names the
    content, packed or not.
    """

    manifest: Manifest
    recordings: Mapping[str, Recording]
    payloads: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    digest: str = ""
