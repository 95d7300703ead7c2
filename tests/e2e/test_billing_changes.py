"""The promise of the example: what a green suite lets through, the gate names; what is harmless, it lets through."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from billing_changes import EXAMPLE, ROOT, UNCHANGED, Change, changes

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


EMBEDDED, CONTAINERS = "process", "compose"
RUNS = [
    *((EMBEDDED, time) for time in (1, 2)),
    pytest.param((CONTAINERS, 1), marks=pytest.mark.docker),
]
"""Where each change is gated, and which time it is."""
Run = tuple[str, int]


def test_every_kind_of_damage_is_listed() -> None:
    assert {change.name for change in PATCHES if change.breaks} >= KINDS
    assert len([change for change in PATCHES if not change.breaks]) >= 3
    assert {path.stem for path in (EXAMPLE / "changes").glob("*.patch")} == {
        change.name for change in PATCHES
    }


@dataclass(frozen=True)
class Done:
    """What a command said; of the gate, also its result."""

    code: int
    out: str
    err: str
    result: dict[str, Any]


Work = Callable[[Change, Run, Path], Done]
Works = Mapping[tuple[str, str, Run], "Future[Done]"]
_ONCE = (EMBEDDED, 1)


@pytest.fixture(scope="module")
def work(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    """What the selected tests are going to ask for, done two at once: a run waits more than it computes."""
    right = test_the_gate_is_right.__name__
    kinds: dict[str, Work] = {right: gate, test_its_own_tests_pass.__name__: own_tests}
    asked: dict[tuple[str, Change, Run], None] = {}
    for item in request.session.items:
        if not isinstance(item, pytest.Function) or item.path != request.path:
            continue
        change = item.callspec.params.get("change") if hasattr(item, "callspec") else None
        if item.originalname in kinds:
            asked[item.originalname, change, item.callspec.params.get("run", _ONCE)] = None
        elif item.originalname == test_both_environments_find_the_same.__name__:
            asked |= {(right, change, _ONCE): None, (right, change, (CONTAINERS, 1)): None}
    copies = {
        change: patched(change, tmp_path_factory.mktemp(change.name)) for change in {one[1] for one in asked}
    }
    with ThreadPoolExecutor(max_workers=2) as pool:
        yield {
            (test, change.name, run): pool.submit(kinds[test], change, run, copies[change])
            for test, change, run in asked
        }
        pool.shutdown(cancel_futures=True)


def patched(change: Change, folder: Path) -> Path:
    """A copy of the example with the change in it."""
    copy = folder / "billing"
    shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    if change.name != UNCHANGED:
        patch = EXAMPLE / "changes" / f"{change.name}.patch"
        env = {**os.environ, "GIT_CEILING_DIRECTORIES": str(folder)}
        subprocess.run(["git", "apply", str(patch)], cwd=copy, check=True, env=env)
    return copy


def own_tests(change: Change, run: Run, copy: Path) -> Done:
    """The service's own tests, in a copy that is not gated at the same time."""
    alone = copy.with_name("tested")
    shutil.copytree(copy, alone)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=alone, capture_output=True, text=True)
    return Done(done.returncode, done.stdout, done.stderr, {})


def gate(change: Change, run: Run, copy: Path) -> Done:
    """The command that a pipeline would run, with the example as it is for a baseline."""
    environment, time = run
    out = copy.with_name(f"out-{environment}-{time}")
    sides = ["--baseline", str(EXAMPLE), "--candidate", str(copy)]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "gate",
            "run",
            "--config",
            str(EXAMPLE / "gate.yml"),
            "--environment",
            environment,
            *sides,
            "--out",
            str(out),
        ],
        cwd=ROOT,
        env={**os.environ, "XDG_STATE_HOME": str(copy.parent / "state")},
        capture_output=True,
        text=True,
    )
    result = json.loads((out / "result.json").read_text()) if (out / "result.json").exists() else {}
    return Done(done.returncode, done.stdout, done.stderr, result)


@pytest.mark.parametrize("change", PATCHES, ids=lambda change: change.name)
def test_its_own_tests_pass(change: Change, work: Works) -> None:
    done = work[test_its_own_tests_pass.__name__, change.name, _ONCE].result()
    assert done.code == 0 and " passed" in done.out, done.out[-3000:]


@pytest.mark.parametrize("change", PATCHES, ids=lambda change: change.name)
def test_it_changes_the_service_and_not_its_tests(change: Change, tmp_path: Path) -> None:
    copy = patched(change, tmp_path)
    files = [path.relative_to(copy) for path in copy.rglob("*") if path.is_file()]
    changed = [
        path
        for path in files
        if not (EXAMPLE / path).exists() or (copy / path).read_bytes() != (EXAMPLE / path).read_bytes()
    ]
    assert changed and {path.parts[0] for path in changed} == {"billing"}, changed


@pytest.mark.parametrize("run", RUNS, ids=lambda run: f"{run[0]}-{run[1]}")
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_the_gate_is_right(change: Change, run: Run, work: Works) -> None:
    done = work[test_the_gate_is_right.__name__, change.name, run].result()
    assert done.code == (1 if change.breaks else 0), done.out + done.err
    assert done.result["verdict"] == ("fail" if change.breaks else "pass")
    assert done.result["sealing"]["status"] == "unsealed"
    if not change.breaks:
        assert done.out.startswith("PASS") and not done.result["findings"], done.out
        return
    first = done.result["findings"][0]
    assert first["channel"] == change.channel, first
    assert change.scenario in first["scenarios"], first
    assert change.field in " ".join((first["title"], first["path"], first["operation"])), first
    assert done.out.startswith(f"FAIL  {first['title']}\n"), done.out
    assert f" in {first['scenarios'][0]}" in done.out.split("\nFAIL")[0], done.out


@pytest.mark.docker
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_both_environments_find_the_same(change: Change, work: Works) -> None:
    embedded, contained = (
        work[test_the_gate_is_right.__name__, change.name, run].result() for run in (_ONCE, (CONTAINERS, 1))
    )
    assert embedded.code == contained.code, contained.out + contained.err
    assert [(one["id"], one["title"]) for one in contained.result["findings"]] == [
        (one["id"], one["title"]) for one in embedded.result["findings"]
    ]
    assert contained.result["sides"]["candidate"]["images"].keys() == {"api", "db", "cache"}
