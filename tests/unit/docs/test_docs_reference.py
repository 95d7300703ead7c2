"""The reference pages say what the code has: exit codes, result.json, bundles, layers."""

import json
import re
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from gate import errors
from gate.bundle import limits, read, write
from gate.model import (
    Bundle,
    Channel,
    Difference,
    Event,
    Finding,
    Header,
    Json,
    Manifest,
    Recording,
    Result,
    ScenarioResult,
    StatePart,
    Table,
    Verdict,
)
from gate.report import schema
from tests.unit.docs.manual import REFERENCE, ROOT, first_column, indented, rows, sections

CODES = {0: "pass", 1: "fail", 2: "the request is wrong", 3: "inconclusive", 4: "internal error"}
"""What people script against."""


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", REFERENCE / "exit-codes.md"], ids=lambda page: page.name
)
def test_exit_codes(page: Path) -> None:
    found = {int(cells[0]): cells[1] for cells in rows(page.read_text()) if cells[0].isdigit()}
    assert {code: says.partition(":")[0] for code, says in found.items()} == CODES


def test_exit_codes_are_those_of_the_code() -> None:
    assert {verdict: verdict.exit_code for verdict in Verdict} == {
        Verdict.PASS: 0,
        Verdict.FAIL: 1,
        Verdict.INCONCLUSIVE: 3,
    }
    kinds = (errors.CandidateError, errors.RequestError, errors.InconclusiveError)
    assert [kind.exit_code for kind in kinds] == [1, 2, 3]
    main = (ROOT / "gate" / "cli" / "main.py").read_text()
    assert "_USAGE, _INTERNAL = 2, 4" in main


RESULT = sections((REFERENCE / "result.md").read_text())
SHAPES: dict[str, tuple[type, dict[str, Any]]] = {
    "Top level": (Result, schema()),
    "A scenario": (ScenarioResult, schema()["$defs"]["scenario"]),
    "A difference": (Difference, schema()["$defs"]["difference"]),
    "A finding": (Finding, schema()["$defs"]["finding"]),
}


@pytest.mark.parametrize("title", SHAPES)
def test_result(title: str) -> None:
    kind, rules = SHAPES[title]
    documented = {word for cells in rows(RESULT[title]) for word in re.findall(r"`(\w+)`", cells[0])}
    assert documented == {field.name.rstrip("_") for field in fields(kind)}
    assert set(rules["properties"]) <= documented
    assert set(rules["required"]) <= documented


def test_the_timing_fields() -> None:
    (says,) = [cells[1] for cells in rows(RESULT["Top level"]) if cells[0] == "`timing`"]
    assert set(re.findall(r"`(\w+)`", says)) == set(schema()["properties"]["timing"]["properties"])


BUNDLE = sections((REFERENCE / "bundle.md").read_text())


def _written(folder: Path) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    inputs: dict[str, Json] = {"method": "GET", "path": "/", "query": "", "headers": {}, "body": None}
    output: dict[str, Json] = {"status": 200, "headers": {}, "body": None}
    event = Event(
        seq=0, channel=Channel.REQUEST, operation="GET /", inputs=inputs, output=output, started_at=1
    )
    header = Header(scenario="one", tables={"orders": Table(key=("id",), columns={"id": "integer"})})
    bundle = Bundle(
        manifest=Manifest(name="shop", state=(StatePart(store="db", kind="sqlite", path="state/db.sqlite"),)),
        recordings={"one": Recording(header=header, events=(event,))},
        payloads={"state/db.sqlite": b"rows"},
    )
    write(bundle, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    lines = (folder / "scenarios" / "one.ndjson").read_text().splitlines()
    return manifest, json.loads(lines[0]), json.loads(lines[1])


def test_bundle(tmp_path: Path) -> None:
    manifest, header, event = _written(tmp_path / "bundle")
    assert first_column(BUNDLE["manifest.json"]) == set(manifest)
    documented = first_column(BUNDLE["Scenario files"])
    channels = {str(channel) for channel in Channel}
    assert documented - channels == set(header) | set(event)
    assert channels <= documented
    (tables,) = [cells[1] for cells in rows(BUNDLE["Scenario files"]) if cells[0] == "`tables`"]
    assert set(header["tables"]["orders"]) == set(re.findall(r"`(\w+)`", tables))


def test_bundle_limits() -> None:
    found = {cells[0]: cells[1] for cells in rows(BUNDLE["What reading refuses"])}
    assert found["files"] == f"{limits.MAX_FILES:,}"
    assert found["one file"] == _size(limits.MAX_FILE)
    assert found["all files"] == _size(limits.MAX_TOTAL)
    assert found["one line, or one JSON document"] == _size(limits.MAX_DOCUMENT)
    assert found["nesting of JSON"] == f"{limits.MAX_NESTING} levels"
    assert found["length of a path"] == f"{limits.MAX_PATH} characters, {limits.MAX_FOLDERS} levels"
    ratio = f"1 to {limits.MAX_RATIO:,}, looked at above {_size(limits.FREE_BYTES)}"
    assert found["packed size to unpacked size"] == ratio


def _size(count: int) -> str:
    return f"{count // 2**20} MiB"


def test_request_files(tmp_path: Path) -> None:
    (example,) = [
        block
        for block in re.findall(r"```json\n(.*?)```", (REFERENCE / "bundle.md").read_text(), re.DOTALL)
        if block.startswith('{"request"')
    ]
    scenarios = tmp_path / "scenarios"
    scenarios.mkdir()
    (scenarios / "one.json").write_text(example)
    assert len(read(tmp_path).recordings["one"].stimuli) == 1
    assert first_column(BUNDLE["Request files"]) == set(json.loads(example)["request"])


CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
ARCHITECTURE = (ROOT / "docs" / "explanation" / "architecture.md").read_text()
DOORS = {"asyncio", "http", "multiprocessing", "socket", "sqlite3", "ssl", "subprocess", "urllib"}
"""Those of the standard library; those of the packages come and go."""


def test_the_layers_are_those_that_are_enforced() -> None:
    (layers,) = [contract["layers"] for contract in CONTRACTS if contract["type"] == "layers"]
    blocks = indented(ARCHITECTURE)
    assert layers in [[line.strip() for line in block.splitlines() if line.strip()] for block in blocks]


def test_the_pure_rooms_are_those_that_are_enforced() -> None:
    (says,) = [line for line in ARCHITECTURE.splitlines() if "use no sockets" in line]
    rooms = {f"gate.{room}" for room in re.findall(r"`(\w+)`", says)}
    kept = [contract for contract in CONTRACTS if contract["type"] == "forbidden"]
    assert all(set(contract["source_modules"]) == rooms for contract in kept)
    assert {name for contract in kept for name in contract["forbidden_modules"]} >= DOORS


def test_adapters_and_cycles_are_watched() -> None:
    (adapters,) = [contract for contract in CONTRACTS if contract["type"] == "protected"]
    assert adapters["protected_modules"] == ["gate.adapters"]
    assert set(adapters["allowed_importers"]) == {"gate.wiring", "gate.sidecar"}
    (cycles,) = [contract for contract in CONTRACTS if contract["type"] == "acyclic_siblings"]
    assert cycles["ancestors"] == ["gate"] and "ignore_imports" not in cycles
