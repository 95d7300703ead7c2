"""The golden cases: what each gives is reviewed in its expected.json."""

import json
from pathlib import Path

import pytest

from tests.golden.compare.cases import CASES
from tests.golden.compare.files import expected, load

GOLDEN = Path(__file__).parents[2] / "golden" / "compare"
FOLDERS = sorted(path.parent.name for path in GOLDEN.glob("*/expected.json"))


def test_every_case_has_a_folder() -> None:
    assert sorted(CASES) == FOLDERS


@pytest.mark.parametrize("name", FOLDERS)
def test_case(name: str) -> None:
    wanted = (GOLDEN / name / "expected.json").read_text()
    assert json.loads(expected(*load(GOLDEN / name))) == json.loads(wanted)


@pytest.mark.parametrize("name", FOLDERS)
def test_only_the_renaming_gives_no_difference(name: str) -> None:
    found = json.loads((GOLDEN / name / "expected.json").read_text())
    assert bool(found["differences"]) is (name != "other-ids")
    assert found["renamed"] > 0 or name in ("renamed-field", "turned-list", "other-status")
