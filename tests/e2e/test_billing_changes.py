"""The promise of the example: what a green suite lets through, the gate names; what is harmless, it lets through."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from billing_changes import EXAMPLE, UNCHANGED, Change, changes, gated

pytestmark = pytest.mark.e2e
CHANGES = changes()
PATCHES = [change for change in CHANGES if change.name != UNCHANGED]
KINDS = {
    "recover-pending",
    "renamed-field",
    "dst-cent",
    "double-event",
    "lost-audit",
    "swapped-events",
    "wrong-foreign-id",
    "null-check",
    "impossible-state",
}


def test_every_kind_of_damage_is_listed() -> None:
    assert {change.name for change in PATCHES if change.breaks} == KINDS
    assert len([change for change in PATCHES if not change.breaks]) == 3
    assert {path.stem for path in (EXAMPLE / "changes").glob("*.patch")} == {
        change.name for change in PATCHES
    }


@pytest.mark.parametrize("change", PATCHES, ids=lambda change: change.name)
def test_a_change_passes_the_services_own_tests(change: Change, tmp_path: Path) -> None:
    copy = tmp_path / "billing"
    shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    patch = EXAMPLE / "changes" / f"{change.name}.patch"
    subprocess.run(
        ["git", "apply", str(patch)],
        cwd=copy,
        check=True,
        env={**os.environ, "GIT_CEILING_DIRECTORIES": str(tmp_path)},
    )
    changed = [
        path
        for path in copy.rglob("*.py")
        if path.read_bytes() != (EXAMPLE / path.relative_to(copy)).read_bytes()
    ]
    assert changed, "the patch changed nothing"
    assert not [path for path in changed if "tests" in path.relative_to(copy).parts], (
        "the patch changes the tests"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=copy,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("time", [1, 2, 3])
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_the_gate_is_right(change: Change, time: int, tmp_path: Path) -> None:
    result = gated(change, tmp_path / "logs", {**os.environ, "XDG_STATE_HOME": str(tmp_path)})
    assert change.judge(result) is None
    assert result.sealing["status"] == "unsealed"
