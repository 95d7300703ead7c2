"""Sides that are commits: their worktrees are made, and gone whatever happens."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from gate.adapters.processes import boot_id
from gate.adapters.registry import clean
from tests.integration.harness import World


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    command = ["git", "-C", str(folder), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(world: World) -> Path:
    """A repository with a good commit (``main``), a bad one (``bad``), and the service in a folder of it."""
    text = (world.work / "gate.yml").read_text()
    (world.work / "gate.yml").write_text(text.replace("ready:", "cwd: baseline\n        ready:"))
    git(world.work, "init", "--quiet", "--initial-branch=main")
    git(world.work, "add", ".")
    git(world.work, "commit", "--quiet", "-m", "good")
    git(world.work, "checkout", "--quiet", "-b", "bad")
    world.side("baseline", suffix="!")
    git(world.work, "commit", "--quiet", "-am", "bad")
    return world.work


def worktrees(repository: Path) -> int:
    administered = repository / ".git" / "worktrees"
    listed = len(git(repository, "worktree", "list").splitlines())
    assert listed == 1 + (len(list(administered.iterdir())) if administered.exists() else 0)
    return listed - 1


def test_two_commits(world: World, repository: Path) -> None:
    done = world.run("--baseline", "main", "--candidate", "bad")
    assert done.code == 1, done.err
    sides = done.result["sides"]
    assert sides["baseline"]["commit"] == git(repository, "rev-parse", "main").strip()
    assert (sides["baseline"]["ref"], sides["candidate"]["ref"]) == ("main", "bad")
    assert worktrees(repository) == 0
    assert world.run("--baseline", "main", "--candidate", "main").code == 0


def test_the_work_at_hand_against_the_main_branch(world: World, repository: Path) -> None:
    done = world.gate("run")  # no side is named, and the files go to .gate
    assert done.code == 1, done.err
    (folder,) = (repository / ".gate" / "runs").iterdir()
    sides = json.loads((folder / "result.json").read_text())["sides"]
    assert sides["baseline"]["commit"] == git(repository, "rev-parse", "main").strip()
    assert git(repository, "status", "--porcelain") == ""  # the gate's own files do not count as changes
    assert worktrees(repository) == 0


@pytest.mark.parametrize("state", ["whole", "locked", "folder gone", "half made"])
def test_worktrees_of_a_killed_run(world: World, repository: Path, state: str) -> None:
    path = world.home / "tmp" / "gate-dead" / "baseline-code"
    path.parent.mkdir()
    git(repository, "worktree", "add", "--quiet", "--detach", str(path), "main")
    if state in ("locked", "half made"):
        git(repository, "worktree", "lock", "--reason", "initializing", str(path))
    if state == "folder gone":
        shutil.rmtree(path)
    if state == "half made":
        (path / ".git").unlink()
    content = {
        "owner": 1,
        "born": -1,
        "boot": boot_id(),
        "processes": [],
        "directories": [str(path.parent)],
        "worktrees": [[str(repository), str(path)]],
    }
    runs = world.home / "runs"
    runs.mkdir()
    (runs / "dead.json").write_text(json.dumps(content))
    assert len(list(clean(runs))) == 1
    assert worktrees(repository) == 0 and not path.parent.exists() and not list(runs.iterdir())


def test_a_commit_that_does_not_start_leaves_no_worktree(world: World, repository: Path) -> None:
    world.side("baseline", start="exit")
    git(repository, "commit", "--quiet", "-am", "broken")
    done = world.run("--baseline", "main", "--candidate", "HEAD")
    assert done.code == 1 and len(done.errors) == 1, done.err
    assert worktrees(repository) == 0


@pytest.mark.parametrize("ref", ["--upload-pack=x", "nothing", "main..bad", "HEAD:gate.yml", ""])
def test_what_is_no_commit(world: World, repository: Path, ref: str) -> None:
    done = world.run("--baseline", ref)
    assert done.code == 2 and len(done.errors) == 1, done.err
    assert worktrees(repository) == 0
