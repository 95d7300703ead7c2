"""What a run has brought into being, kept on disk, so that a killed run can be cleaned up by the next.

One JSON file a run, in a folder of the user's own. It names its owner by pid, time of birth and boot, which tells a
live run from a dead one whose pid was given out again; so a second gate at the same time is never harmed.
"""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil


class RunFile:
    """The ledger of one run; everything is entered before it is made."""

    def __init__(self, folder: Path, run_id: str) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = folder / f"{run_id}.json"
        self._lock = threading.Lock()  # both sides are brought up at the same time
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

    def add_directory(self, path: Path) -> None:
        """Enter a folder that is about to be made."""
        self._enter("directories", str(path))

    def add_worktree(self, repository: Path, path: Path) -> None:
        """Enter a git worktree that is about to be made."""
        self._enter("worktrees", [str(repository), str(path)])

    def finish(self) -> None:
        """Remove everything that was entered, then the ledger."""
        remove(self._content)
        self._path.unlink(missing_ok=True)

    def _enter(self, kind: str, entry: object) -> None:
        with self._lock:
            self._content[kind].append(entry)
            self._save()

    def _save(self) -> None:
        beside = self._path.with_suffix(f".{os.getpid()}.tmp")
        beside.write_text(json.dumps(self._content))
        beside.replace(self._path)


def clean(folder: Path) -> Iterator[str]:
    """Remove what dead runs left behind; yields a line for each."""
    if not folder.is_dir():
        return
    for path in sorted(folder.glob("*.json")):
        try:
            content = json.loads(path.read_text())
            alive = content["boot"] == boot_id() and born(content["owner"]) == content["born"]
        except FileNotFoundError:
            continue
        except (ValueError, KeyError, TypeError):
            yield f"{path.name}: not a run file, left alone"
            continue
        if alive:
            continue
        remove(content)
        path.unlink(missing_ok=True)
        yield f"removed what run {path.stem} had left behind"
    for path in folder.glob("*.tmp"):
        owner = path.stem.rpartition(".")[2]
        if not (owner.isdigit() and psutil.pid_exists(int(owner))):
            path.unlink(missing_ok=True)


def remove(content: dict[str, Any]) -> None:
    """End the processes of a ledger, then remove its worktrees and folders."""
    directories = [Path(path) for path in content["directories"]]
    if content["boot"] == boot_id():
        for pid, birth in content["processes"]:
            end_session(pid, birth)
        for process in _writing_below(directories):
            with suppress(psutil.Error):
                process.kill()
    for repository, path in content["worktrees"]:
        arguments = ["git", "-C", repository, "worktree", "remove", "--force", path]
        subprocess.run(arguments, capture_output=True, check=False, timeout=60)
        shutil.rmtree(path, ignore_errors=True)
        subprocess.run(
            ["git", "-C", repository, "worktree", "prune"], capture_output=True, check=False, timeout=60
        )
    for directory in directories:
        shutil.rmtree(directory, ignore_errors=True)


def end_session(leader: int, birth: float) -> None:
    """Kill every process of a session that the gate made, even when its leader is gone."""
    if born(leader) not in (None, birth):
        return  # the number was given out again, which happens only when nothing of the session is left
    members = []
    for process in psutil.process_iter():
        with suppress(OSError, psutil.Error):
            if os.getsid(process.pid) == leader:
                members.append(process)
                process.kill()
    psutil.wait_procs(members, timeout=5)


def _writing_below(directories: list[Path]) -> list[psutil.Process]:
    """Processes whose output goes to a log of this run: started, but not yet entered, or gone to another session."""
    found = []
    for process in psutil.process_iter():
        for descriptor in ("1", "2"):
            with suppress(OSError):
                target = Path(f"/proc/{process.pid}/fd/{descriptor}").readlink()
                if any(directory in target.parents for directory in directories):
                    found.append(process)
                    break
    return found


def born(pid: int) -> float | None:
    """When a process began, in ticks since boot (elsewhere than on Linux: seconds); None where there is none."""
    try:
        if Path("/proc/self/stat").exists():
            stat = Path(f"/proc/{pid}/stat").read_text()
            fields = stat.rpartition(")")[2].split()
            return None if fields[0] in "ZX" else float(fields[19])
        return psutil.Process(pid).create_time()
    except (OSError, psutil.Error):
        return None


def boot_id() -> str:
    """Which boot of the machine this is."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return str(int(psutil.boot_time()))
