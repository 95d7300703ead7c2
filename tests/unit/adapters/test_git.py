"""Git on the repository that is meant, whatever the environment points to."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from gate.adapters.git import Git
from gate.adapters.git_command import git, git_environment
from gate.adapters.registry import RunFile, clean
from gate.adapters.sources import code_of, patched
from gate.errors import InconclusiveError, RequestError
from gate.model import SideName

PATCH = "--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-one\n+two\n"


@pytest.fixture
def environ(tmp_path: Path) -> Mapping[str, str]:
    """What a hook of another repository hands down, and worse."""
    nowhere = str(tmp_path / "rubbish")
    names = (
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_COMMON_DIR",
        "GIT_PREFIX",
    )
    return {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **dict.fromkeys(names, nowhere)}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "a.txt").write_text("one\n")
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "one"]):
        subprocess.run(["git", "-C", str(folder), *identity, *words], check=True, env=env)
    return folder


def test_only_what_is_gits_own_is_left_out() -> None:
    found = git_environment({"GIT_DIR": "x", "GIT_CONFIG_COUNT": "1", "PATH": "p", "GITHUB_SHA": "s"})
    assert found == {"PATH": "p", "GITHUB_SHA": "s"}


def test_questions_are_about_the_folder(repository: Path, environ: Mapping[str, str]) -> None:
    git = Git(environ)
    assert git.toplevel(repository) == repository.resolve()
    commit = git.commit_of(repository, "main")
    assert commit and git.merge_base(repository) == git.clean_commit(repository) == commit
    assert git.commit_of(repository, "nope") is git.commit_of(repository, "--all") is None
    (repository / "a.txt").write_text("changed\n")
    assert git.clean_commit(repository) is None


def test_a_worktree_comes_and_goes(repository: Path, environ: Mapping[str, str], tmp_path: Path) -> None:
    run = RunFile(tmp_path / "runs", "one", environ)
    side, code = code_of(SideName.BASELINE, "main", repository, Git(environ), tmp_path / "run", run)
    assert (code / "a.txt").read_text() == "one\n" and side.commit and side.ref == "main"
    run.finish()
    assert not code.exists() and not list((repository / ".git").glob("worktrees/*"))


def test_worktrees_of_others_stay(repository: Path, environ: Mapping[str, str], tmp_path: Path) -> None:
    mine, away = tmp_path / "mine", tmp_path / "away"
    assert git(environ, repository, "worktree", "add", "--detach", str(mine)) is not None
    mine.rename(away)  # a disk that is not mounted just now
    run = RunFile(tmp_path / "runs", "one", environ)
    code_of(SideName.BASELINE, "main", repository, Git(environ), tmp_path / "run", run)
    run.finish()
    away.rename(mine)
    assert git(environ, mine, "status", "--short") == ""
    assert [path.name for path in (repository / ".git").glob("worktrees/*")] == ["mine"]


def test_a_worktree_of_a_dead_run_goes(repository: Path, environ: Mapping[str, str], tmp_path: Path) -> None:
    run = RunFile(tmp_path / "runs", "one", environ)
    Git(environ).add_worktree(repository, "main", tmp_path / "code", run)
    path = tmp_path / "runs" / "one.json"
    path.write_text(path.read_text().replace('"boot": "', '"boot": "another '))
    assert len(list(clean(tmp_path / "runs", environ))) == 1
    assert not (tmp_path / "code").exists() and not list((repository / ".git").glob("worktrees/*"))


def test_a_patched_copy(repository: Path, environ: Mapping[str, str], tmp_path: Path) -> None:
    run = RunFile(tmp_path / "runs", "one", environ)
    side, code = code_of(SideName.CANDIDATE, None, repository, Git(environ), tmp_path, run)
    assert code == repository.resolve() and side.commit
    (tmp_path / "two.patch").write_text(PATCH)
    side, copy = patched(side, code, tmp_path / "two.patch", Git(environ), tmp_path)
    assert (copy / "a.txt").read_text() == "two\n" and (repository / "a.txt").read_text() == "one\n"
    assert side.ref == f"{repository} + two.patch" and side.commit is None
    with pytest.raises(RequestError, match=r"two\.patch does not apply: "):
        patched(side, copy, tmp_path / "two.patch", Git(environ), tmp_path / "again")


@pytest.mark.parametrize(
    ("ref", "says"),
    [
        ("", "baseline: --baseline is empty"),
        ("nope", "baseline: 'nope' is neither a folder nor a commit"),
        ("--all", "baseline: '--all' is neither"),
    ],
)
def test_what_is_no_side(
    repository: Path, environ: Mapping[str, str], tmp_path: Path, ref: str, says: str
) -> None:
    run = RunFile(tmp_path / "runs", "one", environ)
    with pytest.raises(RequestError, match=says):
        code_of(SideName.BASELINE, ref, repository, Git(environ), tmp_path, run)


def test_no_repository(environ: Mapping[str, str], tmp_path: Path) -> None:
    run = RunFile(tmp_path / "runs", "one", environ)
    with pytest.raises(
        RequestError, match=r"baseline: nothing to compare with, and gate\.yml is in no git.*give --baseline"
    ):
        code_of(SideName.BASELINE, None, tmp_path, Git(environ), tmp_path, run)


def test_no_git(repository: Path, tmp_path: Path) -> None:
    git = Git({"PATH": str(tmp_path)})
    run = RunFile(tmp_path / "runs", "one")
    assert git.toplevel(repository) is None
    with pytest.raises(InconclusiveError, match="git was not found"):
        git.add_worktree(repository, "main", tmp_path / "code", run)
    (tmp_path / "two.patch").write_text(PATCH)
    with pytest.raises(RequestError, match=r"two\.patch: git was not found"):
        git.patched_copy(repository, tmp_path / "two.patch", tmp_path / "copy")
