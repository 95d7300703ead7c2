"""``manifest.json``: what a bundle says of itself, and the checksum of every other file."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gate.bundle import text
from gate.bundle.fields import Fields
from gate.bundle.limits import check_path
from gate.bundle.migrations import migrate
from gate.bundle.where import Where, quoted
from gate.model import BUNDLE_VERSION, Json, Manifest, Recording, StateKind, StatePart

_OPEN = ("service", "runtime", "entropy", "time", "provenance")
_REQUIRED = ("schema_version", "name", "scenarios", "checksums")
_OPTIONAL = (*_OPEN, "sensitivity", "retention", "state")
_KINDS = tuple(kind.value for kind in StateKind)
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the manifest says of one scenario."""

    name: str
    tags: tuple[str, ...]
    says: str
    stimuli: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A manifest as it was read, with what ties it to the files."""

    manifest: Manifest
    scenarios: tuple[Entry, ...]
    checksums: Mapping[str, str]


def entries(recordings: Iterable[Recording]) -> tuple[Entry, ...]:
    """What the manifest has to say of these recordings."""
    return tuple(
        Entry(
            name=recording.header.scenario,
            tags=recording.header.tags,
            says=recording.header.says,
            stimuli=len(recording.stimuli),
        )
        for recording in recordings
    )


def to_json(sealed: Sealed, where: Where) -> bytes:
    """Render a manifest; equal ones give equal bytes."""
    manifest = sealed.manifest
    document: dict[str, Json] = {
        "schema_version": manifest.schema_version,
        "name": manifest.name,
        **{key: dict(getattr(manifest, key)) for key in _OPEN},
        "sensitivity": manifest.sensitivity,
        "retention": manifest.retention,
        "state": [
            {"store": part.store, "kind": part.kind, "path": part.path}
            for part in check_state(manifest.state, where)
        ],
        "scenarios": [
            {"name": entry.name, "tags": list(entry.tags), "says": entry.says, "stimuli": entry.stimuli}
            for entry in sealed.scenarios
        ],
        "checksums": dict(sealed.checksums),
    }
    return text.render_pretty(document, where)


def from_json(content: bytes, where: Where) -> Sealed:
    """Read a manifest of any version up to this one's."""
    document = text.load(content, where)
    if isinstance(document, dict):  # else Fields says so
        document = migrate(document, where)
    fields = Fields(document, where, "the manifest", _REQUIRED, _OPTIONAL)
    return Sealed(
        manifest=Manifest(
            name=fields.text("name"),
            service=fields.mapping("service"),
            runtime=fields.mapping("runtime"),
            entropy=fields.mapping("entropy"),
            time=fields.mapping("time"),
            provenance=fields.mapping("provenance"),
            sensitivity=fields.text("sensitivity", Manifest(name="-").sensitivity),
            retention=fields.text("retention", Manifest(name="-").retention),
            state=check_state([_part(item, where) for item in fields.items("state")], where),
            schema_version=BUNDLE_VERSION,
        ),
        scenarios=tuple(_entry(item, where) for item in fields.items("scenarios")),
        checksums=_checksums(fields.texts("checksums"), where),
    )


def check_state(parts: Sequence[StatePart], where: Where) -> tuple[StatePart, ...]:
    """The parts, no two of them of one kind for one store: nobody could say which to load."""
    seen: set[tuple[str, str]] = set()
    for part in parts:
        if (part.store, part.kind) in seen:
            raise where.error(
                f"the state of {quoted(part.store, 40)} is there twice as {part.kind}", "keep one"
            )
        seen.add((part.store, part.kind))
    return tuple(parts)


def _part(document: Json, where: Where) -> StatePart:
    fields = Fields(document, where, "a state part", ("store", "kind", "path"))
    path = fields.text("path")
    check_path(path, where.into(path))
    if not path.startswith("state/"):
        raise where.error(f"the state part {quoted(path)} lies outside state/")
    if (kind := fields.text("kind")) not in _KINDS:
        raise where.error(
            f"the state part {quoted(path)} is of kind {quoted(kind, 40)}, none of {', '.join(_KINDS)}",
            "use a newer gate",
        )
    return StatePart(store=fields.text("store"), kind=kind, path=path)


def _entry(document: Json, where: Where) -> Entry:
    fields = Fields(document, where, "a scenario", ("name", "tags", "says", "stimuli"))
    return Entry(
        name=fields.text("name"),
        tags=fields.words("tags"),
        says=fields.text("says", ""),
        stimuli=fields.count("stimuli"),
    )


def _checksums(found: dict[str, str], where: Where) -> dict[str, str]:
    for path, checksum in found.items():
        if not _SHA256.fullmatch(checksum):
            raise where.error(f"the checksum of {quoted(path)} is no SHA-256 in lowercase hexadecimal")
    return found
