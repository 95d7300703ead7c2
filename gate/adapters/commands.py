"""Runs the command lines of others so that they go with the run: each in a session that the ledger knows."""

import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from gate.adapters.processes import born, end_session
from gate.adapters.registry import RunFile
from gate.errors import InconclusiveError


class Commands:
    """Runs one command after the other, or several at the same time from several threads, until :meth:`stop`."""

    def __init__(self, run: RunFile) -> None:
        self._run, self._lock = run, threading.Lock()
        self._running: set[int] = set()
        self._stopped = False

    def run(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        timeout: float,
        given: bytes = b"",
    ) -> subprocess.CompletedProcess[bytes]:
        """What a command said and how it ended; ``given`` is its standard input.

        Raises TimeoutError when it takes longer than ``timeout`` seconds, and InconclusiveError where it cannot run.
        """
        try:
            process = subprocess.Popen(
                argv,
                env=dict(env),
                cwd=cwd,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise InconclusiveError(
                f"{argv[0]}: cannot be run: {error.strerror}; run 'gate doctor'"
            ) from None
        self._run.add_process(process.pid)
        with self._lock:
            self._running.add(process.pid)
        try:
            if self._stopped:
                end_session(process.pid, born(process.pid))
            said, complained = process.communicate(given, timeout=timeout)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"{argv[0]}: not done after {timeout:.0f} s") from None
        finally:
            with self._lock:
                self._running.discard(process.pid)
            end_session(process.pid, born(process.pid))
            with suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=5)
        return subprocess.CompletedProcess(argv, process.returncode, said, complained)

    def stop(self) -> None:
        """End what runs, and what is still to come."""
        with self._lock:
            self._stopped = True
            running = list(self._running)
        for pid in running:
            end_session(pid, born(pid))

    def again(self) -> None:
        """Let commands run once more, to clean up with."""
        self._stopped = False
