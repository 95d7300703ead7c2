"""Code of a side from git: which commit a name means, and a worktree of it."""

import os
import shutil
import subprocess
from pathlib import Path

from gate.adapters.registry import RunFile
from gate.errors import InconclusiveError, RequestError

_TIMEOUT = 120
_LEFT_OUT = shutil.ignore_patterns(".git", ".gate", ".venv", "__pycache__", ".pytest_cache", ".mypy_cache")


def toplevel(folder: Path) -> Path | None:
    """The root of the repository that a folder lies in."""
    found = _git(folder, "rev-parse", "--show-toplevel")
    return Path(found) if found else None


def commit_of(folder: Path, ref: str) -> str | None:
    """The commit that a name means; None where it means none."""
    if ref.startswith("-"):
        return None
    return _git(folder, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")


def clean_commit(folder: Path) -> str | None:
    """The commit of a folder whose files are exactly as committed."""
    if _git(folder, "status", "--porcelain", "--", ".") != "":
        return None
    return _git(folder, "rev-parse", "HEAD")


def merge_base(folder: Path) -> str | None:
    """Where the work at hand left the main branch: what a pull request would be compared with."""
    for branch in ("origin/HEAD", "origin/main", "origin/master", "main", "master"):
        if found := _git(folder, "merge-base", "HEAD", branch):
            return found
    return None


def add_worktree(repository: Path, commit: str, path: Path, run: RunFile) -> None:
    """Check a commit out beside the repository; it goes with the run."""
    run.add_worktree(repository, path)
    process = subprocess.Popen(
        ["git", "-C", str(repository), "worktree", "add", "--quiet", "--detach", str(path), commit],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,  # so that it, and its hooks, go with a run that is killed now
    )
    run.add_process(process.pid)
    try:
        said = process.communicate(timeout=_TIMEOUT)[1]
    except subprocess.TimeoutExpired:
        raise InconclusiveError(f"git worktree of {commit[:12]}: not done after {_TIMEOUT} s") from None
    if process.returncode:
        raise InconclusiveError(f"git worktree of {commit[:12]}: {_last_line(said)}; run 'gate doctor'")


def patched_copy(folder: Path, patch: Path, path: Path) -> None:
    """Copy a folder to ``path`` and apply a patch there. Raises RequestError where it does not apply."""
    shutil.copytree(folder, path, ignore=_LEFT_OUT)
    try:
        done = subprocess.run(
            ["git", "apply", str(patch.resolve())],
            cwd=path,
            env={**os.environ, "GIT_CEILING_DIRECTORIES": str(path.parent)},
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIMEOUT,
        )
    except FileNotFoundError:
        raise RequestError(f"{patch.name}: git was not found; install it") from None
    except subprocess.TimeoutExpired:
        raise InconclusiveError(f"{patch.name}: git apply was not done after {_TIMEOUT} s") from None
    if done.returncode:
        raise RequestError(f"{patch.name} does not apply: {_last_line(done.stderr)}")


def _last_line(said: str) -> str:
    return (said.strip().splitlines() or ["git said nothing"])[-1]


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "--no-optional-locks", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=_TIMEOUT,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
