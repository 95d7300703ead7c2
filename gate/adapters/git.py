"""Code of a side from git: which commit a name means, a worktree of it, a patched copy."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from gate.adapters.git_command import TIMEOUT, git, git_environment
from gate.adapters.registry import RunFile
from gate.errors import InconclusiveError, RequestError

_LEFT_OUT = shutil.ignore_patterns(".git", ".gate", ".venv", "__pycache__", ".pytest_cache", ".mypy_cache")


class Git:
    """The git of this machine, started with what ``environ`` says but for its ``GIT_*``."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def toplevel(self, folder: Path) -> Path | None:
        """The root of the repository that a folder lies in."""
        found = self._say(folder, "rev-parse", "--show-toplevel")
        return Path(found) if found else None

    def commit_of(self, folder: Path, ref: str) -> str | None:
        """The commit that a name means; None where it means none."""
        if ref.startswith("-"):
            return None
        return self._say(folder, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")

    def clean_commit(self, folder: Path) -> str | None:
        """The commit of a folder whose files are exactly as committed."""
        if self._say(folder, "status", "--porcelain", "--", ".") != "":
            return None
        return self._say(folder, "rev-parse", "HEAD")

    def merge_base(self, folder: Path) -> str | None:
        """Where the work at hand left the main branch: what a pull request would be compared with."""
        for branch in ("origin/HEAD", "origin/main", "origin/master", "main", "master"):
            if found := self._say(folder, "merge-base", "HEAD", branch):
                return found
        return None

    def add_worktree(self, repository: Path, commit: str, path: Path, run: RunFile) -> None:
        """Check a commit out beside the repository; it goes with the run."""
        run.add_worktree(repository, path)
        try:
            process = subprocess.Popen(
                ["git", "-C", str(repository), "worktree", "add", "--quiet", "--detach", str(path), commit],
                env=git_environment(self._environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                start_new_session=True,  # so that it, and its hooks, go with a run that is killed now
            )
        except FileNotFoundError:
            raise InconclusiveError("git was not found; install it, or give a folder") from None
        run.add_process(process.pid)
        try:
            said = process.communicate(timeout=TIMEOUT)[1]
        except subprocess.TimeoutExpired:
            raise InconclusiveError(f"git worktree of {commit[:12]}: not done after {TIMEOUT} s") from None
        if process.returncode:
            raise InconclusiveError(f"git worktree of {commit[:12]}: {_last_line(said)}; run 'gate doctor'")

    def patched_copy(self, folder: Path, patch: Path, path: Path) -> None:
        """Copy a folder to ``path`` and apply a patch there. Raises RequestError where it does not apply."""
        shutil.copytree(folder, path, ignore=_LEFT_OUT, symlinks=True)
        try:
            done = subprocess.run(
                ["git", "apply", str(patch.resolve())],
                cwd=path,
                env={**git_environment(self._environ), "GIT_CEILING_DIRECTORIES": str(path.parent)},
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
                timeout=TIMEOUT,
            )
        except FileNotFoundError:
            raise RequestError(f"{patch.name}: git was not found; install it") from None
        except subprocess.TimeoutExpired:
            raise InconclusiveError(f"{patch.name}: git apply was not done after {TIMEOUT} s") from None
        if done.returncode:
            raise RequestError(f"{patch.name} does not apply: {_last_line(done.stderr)}")

    def own_files(self, folder: Path) -> list[str] | None:
        """What a commit of everything in a folder would hold, below it; None outside of any repository.

        A new ``.env`` is not among it: nobody has decided yet that it is to be seen.
        """
        tracked = self._say(folder, "ls-files", "-z", "--cached", "--", ".")
        others = self._say(folder, "ls-files", "-z", "--others", "--exclude-standard", "--", ".")
        if tracked is None or others is None:
            return None
        new = [name for name in others.split("\0") if not PurePosixPath(name).name.startswith(".env")]
        return [name for name in (*tracked.split("\0"), *new) if name]

    def _say(self, folder: Path, *arguments: str) -> str | None:
        return git(self._environ, folder, *arguments)


def _last_line(said: str) -> str:
    return (said.strip().splitlines() or ["git said nothing"])[-1]
