"""Starts a playback server as a process of this machine."""

import json
import secrets
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import gate
from gate.adapters.playback_client import PlaybackClient
from gate.adapters.registry import RunFile
from gate.config import Redactor
from gate.errors import InconclusiveError

_START = "import sys; sys.path.append(sys.argv.pop(1)); from gate.sidecar import main; main()"
"""Not ``-m``, which would let a module in the folder at hand stand in for one of Python's."""


class PlaybackProcess:
    """A playback server on this machine; its URLs are good as soon as it is constructed."""

    def __init__(
        self,
        *,
        hosts: Sequence[str],
        bundles: Sequence[Path],
        scenarios: Sequence[str],
        upstream: Mapping[str, str],
        log: Path,
        run: RunFile,
        redactor: Redactor,
        credentials: Redactor,
    ) -> None:
        listeners = {host: _listener() for host in hosts}
        control = _listener()
        self.urls = {host: _url(listener) for host, listener in listeners.items()}
        self._log, token = log, secrets.token_hex(16)
        here: tuple[str, int] = control.getsockname()
        self.client = PlaybackClient(token, lambda: here, self._said, redactor, credentials)
        asked = {
            "token": token,
            "control": control.fileno(),
            "hosts": {host: listener.fileno() for host, listener in listeners.items()},
            "bundles": [str(path.absolute()) for path in bundles],
            "scenarios": list(scenarios),
            "upstream": dict(upstream),
        }
        with ExitStack() as stack:
            sockets = [stack.enter_context(listener) for listener in (control, *listeners.values())]
            self._process = _start(log, [one.fileno() for one in sockets])
            run.add_process(self._process.pid)
            self._tell(asked)

    def _tell(self, asked: Mapping[str, object]) -> None:
        """Say what to serve; standard input stays open, since the server ends with it."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(asked).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise InconclusiveError(
                f"playback server: ended at start; it said: {self._said()[-300:]}"
            ) from None

    def _said(self) -> str:
        return self._log.read_text(errors="replace")

    def stop(self) -> None:
        """End the server."""
        self._process.kill()
        self._process.wait(timeout=5)
        if self._process.stdin is not None:
            self._process.stdin.close()


def _start(log: Path, descriptors: Sequence[int]) -> "subprocess.Popen[bytes]":
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-P", "-c", _START, str(Path(gate.__file__).parent.parent)],
            env={},
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=descriptors,
            start_new_session=True,
        )


def _listener() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(512)
    return listener


def _url(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"
