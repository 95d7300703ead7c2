"""Runs the command lines of others so that they go with the run: each in a session that the ledger knows."""

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from gate.adapters.processes import born, end_session
from gate.adapters.registry import RunFile
from gate.errors import InconclusiveError

_KEPT = 8 * 1024 * 1024
"""Bytes of each of a command's outputs that are kept, the last ones: it may pass on what prints without end."""
_PIECE = 65536
_LAST_WORDS = 5.0


class TookTooLongError(Exception):
    """A command took longer than it may; ``said`` is what it had said by then."""

    def __init__(self, said: bytes) -> None:
        super().__init__("took too long")
        self.said = said


class Commands:
    """Runs one command after the other, or several at the same time from several threads, until :meth:`stop`."""

    def __init__(self, run: RunFile) -> None:
        self._run, self._lock = run, threading.Lock()
        self._running: set[int] = set()
        self._stopped = False

    @property
    def run_id(self) -> str:
        """Which run they go with."""
        return self._run.run_id

    def run(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        timeout: float,
        given: bytes = b"",
        cleaning: bool = False,
    ) -> subprocess.CompletedProcess[bytes]:
        """What a command said last and how it ended; ``given`` is its standard input.

        Raises TookTooLongError after ``timeout`` seconds, and InconclusiveError where it cannot run, or may not any
        more because all was stopped, which those that are ``cleaning`` up may.
        """
        process = self._begin(argv, env, cwd, cleaning)
        said, complained = _Kept(process.stdout), _Kept(process.stderr)
        teller = threading.Thread(target=_tell, args=(process.stdin, given), daemon=True)
        teller.start()
        late = False
        try:
            self._run.add_process(process.pid)
            process.wait(timeout=timeout)
        except subprocess.TimeoutExpired:
            late = True
        finally:
            # What it started may hold its outputs open, and is ended with it.
            end_session(process.pid, born(process.pid))
            process.wait()
            with self._lock:
                self._running.discard(process.pid)
            deadline = time.monotonic() + _LAST_WORDS
            for thread in (said, complained, teller):
                thread.join(max(deadline - time.monotonic(), 0))
        if late:
            raise TookTooLongError(said.content + complained.content)
        return subprocess.CompletedProcess(argv, process.returncode, said.content, complained.content)

    def _begin(
        self, argv: Sequence[str], env: Mapping[str, str], cwd: Path, cleaning: bool
    ) -> "subprocess.Popen[bytes]":
        with self._lock:  # so that whatever begins is either refused, or known to stop()
            if self._stopped and not cleaning:
                raise InconclusiveError("the run is being stopped")
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
            self._running.add(process.pid)
        return process

    def stop(self) -> None:
        """End what runs, and let nothing begin any more."""
        with self._lock:
            self._stopped = True
            running = list(self._running)
        for pid in running:
            end_session(pid, born(pid))


class _Kept(threading.Thread):
    """Reads an output to its end, and keeps its last part."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        super().__init__(daemon=True)
        assert stream is not None, "it was asked for"
        self._stream, self._pieces = stream, bytearray()
        self.start()

    @property
    def content(self) -> bytes:
        """What was kept so far."""
        return bytes(self._pieces)

    def run(self) -> None:
        with self._stream as stream, suppress(OSError, ValueError):
            while piece := os.read(stream.fileno(), _PIECE):
                self._pieces += piece
                if len(self._pieces) > 2 * _KEPT:
                    del self._pieces[:-_KEPT]


def _tell(stream: IO[bytes] | None, given: bytes) -> None:
    assert stream is not None, "it was asked for"
    with suppress(OSError), stream:  # that it did not want to hear all of it shows in how it ended
        stream.write(given)
