"""A case as files: two recordings in the format of bundles, and what comparing them gives."""

import json
from dataclasses import asdict, replace
from pathlib import Path

from gate.bundle import Shelf, Where, from_lines, to_lines
from gate.compare import compare, compare_schema, one_sided
from gate.config import Compare
from gate.explain import findings
from gate.model import Recording

SIDES = ("baseline", "candidate")
HEADERS = ("content-type", "location")


def save(folder: Path, *sides: Recording) -> None:
    """Write both recordings, large payloads beside them."""
    folder.mkdir(exist_ok=True)
    for name, recording in zip(SIDES, sides, strict=True):
        shelf = Shelf()
        (folder / f"{name}.ndjson").write_bytes(to_lines(recording, shelf, Where(bundle=folder.name)))
        for blob, content in shelf.payloads.items():
            (folder / "blobs").mkdir(exist_ok=True)
            (folder / "blobs" / blob).write_bytes(content)


def load(folder: Path) -> tuple[Recording, Recording]:
    """Read both recordings back."""
    shelf = Shelf({path.name: path.read_bytes() for path in folder.glob("blobs/*")})
    left, right = (
        from_lines((folder / f"{name}.ndjson").read_bytes(), shelf, Where(bundle=folder.name))
        for name in SIDES
    )
    return left, right


def expected(left: Recording, right: Recording) -> str:
    """What the comparison gives, and the findings, as a person reviews them."""
    tables = left.header.tables, right.header.tables
    comparison = compare(left, right, Compare(), HEADERS, one_sided(*tables))
    schema = compare_schema(*tables, Compare(), whole=False).differences
    comparison = replace(comparison, differences=schema + comparison.differences)
    found = [
        {"id": one.id, "title": one.title, "severity": one.severity, "rank": one.rank, "path": one.path}
        for one in findings([comparison])
    ]
    document = {"findings": found, **asdict(comparison)}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
