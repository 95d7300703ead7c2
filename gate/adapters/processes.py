"""Processes of a run: told apart by time of birth, ended with all that they started."""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

_DUMPABLE, _SUBREAPER = 4, 36
_PATIENCE = 5.0
_PROC = Path("/proc")


def shield() -> None:
    """Keep the gate's own environment from the services it starts, and take in those that leave their parents.

    Both are services of Linux; elsewhere redaction and sessions must do.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            prctl = ctypes.CDLL(None).prctl
            prctl(_DUMPABLE, 0, 0, 0, 0)
            prctl(_SUBREAPER, 1, 0, 0, 0)


def born(pid: int) -> float | None:
    """When a process began, in ticks since boot (elsewhere than on Linux: seconds); None where there is none."""
    try:
        if Path("/proc/self/stat").exists():
            fields = _stat(pid)
            return None if fields[0] in "ZX" else float(fields[19])
        return psutil.Process(pid).create_time()
    except (OSError, psutil.Error):
        return None


def now() -> float:
    """This moment as :func:`born` counts."""
    try:
        return float(Path("/proc/uptime").read_text().split()[0]) * os.sysconf("SC_CLK_TCK") - 1
    except OSError:
        return time.time()


def boot_id() -> str:
    """Which boot of the machine this is."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return str(int(psutil.boot_time()))


def end_session(leader: int, birth: float | None) -> None:
    """Kill every process of a session that the gate made, even when its leader is gone."""
    if born(leader) not in (None, birth):
        return  # the number was given out again, which happens only when nothing of the session is left
    _end(lambda: (pid for pid in psutil.pids() if _session(pid) == leader))


def end_descendants(since: float) -> None:
    """Kill what descends from this process in sessions of its own, such as a service that became a daemon."""
    _end(lambda: _strays(since))


def end_users_of(directories: Sequence[Path]) -> None:
    """Kill what still works in a run's folders: started but not yet entered, or gone to another session."""
    wanted = [str(directory) for directory in directories]
    _end(lambda: (pid for pid in psutil.pids() if _uses(pid, wanted)))


def sessions_below(since: float) -> set[int]:
    """The sessions of everything that descends from this process and began after ``since``."""
    return {session for pid in _strays(since) if (session := _session(pid)) is not None}


def _end(find: Callable[[], Iterable[int]]) -> None:
    """Kill until nothing is found: what is killed may have been about to start another."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        living = [pid for pid in find() if pid != os.getpid() and born(pid) is not None]
        if not living or time.monotonic() > deadline:
            return
        for pid in living:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.005)


def _strays(since: float) -> Iterator[int]:
    for process in psutil.Process().children(recursive=True):
        birth = born(process.pid)
        if birth is not None and birth >= since and _session(process.pid) != os.getsid(0):
            yield process.pid


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except OSError:
        return None


def _uses(pid: int, directories: Sequence[str]) -> bool:
    """Whether a process of ours without a terminal (so not a person's shell or editor) names one of these folders."""
    with suppress(OSError):
        home = _PROC / str(pid)
        if home.stat().st_uid != os.getuid() and os.getuid() != 0:
            return False
        if _stat(pid)[4] != "0":
            return False
        said = (home / "environ").read_bytes() + (home / "cmdline").read_bytes()
        links = [home / "cwd", *(home / "fd").iterdir()]
        return any(os.fsencode(directory) in said for directory in directories) or any(
            target == directory or target.startswith(f"{directory}/")
            for target in map(_target, links)
            for directory in directories
        )
    return False


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""


def _stat(pid: int) -> list[str]:
    """The fields of ``/proc/PID/stat`` from the state on."""
    return (_PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
