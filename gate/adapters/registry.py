"""What a run has brought into being, kept on disk, so that a killed run can be cleaned up by the next.

One JSON file a run, in a folder of the user's own. It names its owner by pid, time of birth and boot, which tells a
live run from a dead one whose pid was given out again; so a second gate at the same time is never harmed.
"""

import json
import os
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

from gate.adapters.git_command import git
from gate.adapters.processes import (
    boot_id,
    born,
    end_descendants,
    end_session,
    end_users_of,
    now,
    sessions_below,
)
from gate.errors import InconclusiveError

_NOTHING: Mapping[str, str] = MappingProxyType({})


class RunFile:
    """The ledger of one run; everything is entered before it is made. ``environ`` is what git is started with."""

    def __init__(self, folder: Path, run_id: str, environ: Mapping[str, str] = _NOTHING) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.run_id = run_id
        self._path = folder / f"{run_id}.json"
        self._lock = threading.Lock()  # both sides are brought up at the same time
        self._environ, self._began = environ, now()
        self._content: dict[str, Any] = {
            "owner": os.getpid(),
            "born": born(os.getpid()),
            "boot": boot_id(),
            "processes": [],
            "directories": [],
            "worktrees": [],
        }
        self._save()

    def add_process(self, pid: int) -> None:
        """Enter a session leader that was started."""
        self._enter("processes", [pid, born(pid)])

    def add_strays(self) -> None:
        """Enter the sessions that started services have made for themselves."""
        for session in sessions_below(self._began) - {entry[0] for entry in self._content["processes"]}:
            self.add_process(session)

    def add_directory(self, path: Path) -> None:
        """Enter a folder that is about to be made."""
        self._enter("directories", str(path))

    def add_worktree(self, repository: Path, path: Path) -> None:
        """Enter a git worktree that is about to be made."""
        self._enter("worktrees", [str(repository), str(path)])

    def finish(self) -> None:
        """Remove everything that was entered, then the ledger."""
        for pid, birth in self._content["processes"]:
            end_session(pid, birth)
        end_descendants(self._began)
        remove(self._content, self._environ)
        self._path.unlink(missing_ok=True)

    def _enter(self, kind: str, entry: object) -> None:
        with self._lock:
            self._content[kind].append(entry)
            self._save()

    def _save(self) -> None:
        beside = self._path.with_suffix(f".{os.getpid()}.tmp")
        try:
            beside.write_text(json.dumps(self._content))
            beside.replace(self._path)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise InconclusiveError(
                f"{self._path}: cannot be written: {error.strerror}; free some space, or set XDG_STATE_HOME elsewhere"
            ) from None


def clean(folder: Path, environ: Mapping[str, str] = _NOTHING) -> Iterator[str]:
    """Remove what dead runs left behind; yields a line for each."""
    if not folder.is_dir():
        return
    for path in sorted(folder.glob("*.json")):
        try:
            content = _read(path)
        except FileNotFoundError:
            continue  # another gate was faster, or the run has ended
        except (OSError, ValueError, KeyError, TypeError):
            yield f"{path.name}: not a run file, left alone"
            continue
        if content["boot"] == boot_id() and born(content["owner"]) == content["born"]:
            continue
        remove(content, environ)
        path.unlink(missing_ok=True)
        yield f"removed what run {path.stem} had left behind"
    for path in folder.glob("*.tmp"):
        owner = path.stem.rpartition(".")[2]
        if not (owner.isdigit() and born(int(owner)) is not None):
            path.unlink(missing_ok=True)


def _read(path: Path) -> dict[str, Any]:
    """A run file, of the shape that :func:`remove` relies on."""
    content = json.loads(path.read_text())
    return {
        "owner": int(content["owner"]),
        "born": content["born"],
        "boot": str(content["boot"]),
        "processes": [(int(pid), birth) for pid, birth in content["processes"]],
        "directories": [str(path) for path in content["directories"]],
        "worktrees": [(str(repository), str(path)) for repository, path in content["worktrees"]],
    }


def remove(content: Mapping[str, Any], environ: Mapping[str, str]) -> None:
    """End the processes of a ledger, then remove its worktrees and folders."""
    directories = [Path(path) for path in content["directories"]]
    if content["boot"] == boot_id():
        for pid, birth in content["processes"]:
            end_session(pid, birth)
        end_users_of(directories)
    for repository, path in content["worktrees"]:
        _remove_worktree(Path(repository), path, environ)
    for directory in directories:
        shutil.rmtree(directory, ignore_errors=True)


def _remove_worktree(repository: Path, path: str, environ: Mapping[str, str]) -> None:
    """This one and no other: ``prune`` would take those of the user whose folder is away for the moment.

    One that was made half is known to git without being there, or is there without being known.
    """
    git(environ, repository, "worktree", "remove", "--force", "--force", path)
    shutil.rmtree(path, ignore_errors=True)
    if (common := git(environ, repository, "rev-parse", "--git-common-dir")) is None:
        return
    known = repository / common / "worktrees"
    for entry in known.glob("*"):
        if _names(entry / "gitdir", Path(path)):
            shutil.rmtree(entry, ignore_errors=True)
    with suppress(OSError):
        known.rmdir()


def _names(gitdir: Path, worktree: Path) -> bool:
    """True where an entry of git's is that of a worktree; before it says so, only its name does."""
    try:
        return Path(gitdir.read_text().strip()) == worktree / ".git"
    except OSError:
        return gitdir.parent.name == worktree.name
