"""What README and the how-to pages give to copy works when it is copied."""

import json
import re
from pathlib import Path

import pytest

from gate.bundle import read
from gate.config.load import load
from tests.unit.docs.manual import PAGES, ROOT, fenced, name

README = (ROOT / "README.md").read_text()
_CHECKED = re.compile(r"<!-- checked: ([\w. ]+) -->\n```\w+\n(.*?)```", re.DOTALL)
CHECKED = dict(_CHECKED.findall(README))


def _readme(folder: Path) -> Path:
    """README's service as a reader has it after steps 2 and 3."""
    scenarios = folder / "bundles" / "shop" / "scenarios"
    scenarios.mkdir(parents=True)
    (scenarios / "order.json").write_text(CHECKED["request file"])
    (folder / "gate.yml").write_text(CHECKED["gate.yml"])
    return folder / "gate.yml"


def test_gate_yml_loads(tmp_path: Path) -> None:
    settings = load(_readme(tmp_path), {})
    assert settings.service == "shop"
    assert settings.stimuli.to == "web"
    assert [store.store for store in settings.stores] == ["db"]


def test_gate_yml_in_containers_loads(tmp_path: Path) -> None:
    (tmp_path / "gate.yml").write_text(CHECKED["gate.yml in containers"])
    settings = load(tmp_path / "gate.yml", {})
    assert settings.compose is not None and list(settings.compose.services) == ["web"]
    assert [(store.kind, store.service) for store in settings.stores] == [("postgres", "db")]


def test_every_line_of_gate_yml_is_explained() -> None:
    assert not [line for line in CHECKED["gate.yml"].splitlines() if " # " not in line]


def test_the_first_bundle_reads(tmp_path: Path) -> None:
    settings = load(_readme(tmp_path), {})
    (path,) = settings.bundles
    (recording,) = read(tmp_path / path).recordings.values()
    asked = [event.operation for event in recording.stimuli]
    assert asked == ["POST /v1/orders", "GET /v1/orders/{order}", "GET /v1/orders/missing"]


def test_the_script_that_adds_a_state_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _readme(tmp_path)
    (tmp_path / "snapshot.sqlite").write_bytes(b"rows")
    monkeypatch.chdir(tmp_path)
    (script,) = fenced((ROOT / "docs" / "how-to" / "record-a-bundle.md").read_text(), "python")
    exec(compile(script, "record-a-bundle.md", "exec"), {})
    bundle = read(tmp_path / "bundles" / "shop-with-state")
    assert bundle.payloads == {"state/db.sqlite": b"rows"}
    assert list(bundle.recordings) == ["order"]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_json_is_json(page: Path) -> None:
    for block in fenced(page.read_text(), "json"):
        json.loads(block)
