"""Starts a playback server as a process, and talks to it."""

import asyncio
import json
import secrets
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import orjson

import gate
from gate.adapters.registry import RunFile
from gate.config import Redactor
from gate.config.credentials import stand_in, with_credentials
from gate.errors import InconclusiveError
from gate.model import Channel, Event, Json
from gate.model.body import encode, payload
from gate.ports import Played, PlayedCall

_PATIENCE = 20.0
_LARGEST = 2**32
"""Bytes of all calls of a run; their bodies are bounded one by one."""
_START = "import sys; sys.path.append(sys.argv[1]); from gate.sidecar import main; main()"
"""Not ``-m``, which would let a module in the folder at hand stand in for one of Python's."""


class PlaybackProcess:
    """Implements :class:`gate.ports.Playback`; its URLs are good as soon as it is constructed."""

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
        self._control, self._log = control.getsockname(), log
        self._redactor, self._credentials = redactor, credentials
        self._token, self._key = secrets.token_hex(16), secrets.token_bytes(32)
        self._line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        asked = {
            "token": self._token,
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
            raise InconclusiveError(f"playback server: ended at start{self._said()}") from None

    async def exchange(self, scenario: str, learned: Mapping[str, str]) -> Mapping[str, str]:
        """See :class:`gate.ports.Playback`."""
        found: dict[str, str] = await self._ask("exchange", scenario=scenario, learned=dict(learned))
        return found

    async def in_flight(self) -> int:
        """See :class:`gate.ports.Playback`."""
        return int(await self._ask("in-flight"))

    async def collect(self) -> Sequence[PlayedCall]:
        """See :class:`gate.ports.Playback`. What it gives holds no known secret, and no credential."""
        return [self._played(entry) for entry in await self._ask("collect")]

    def _played(self, entry: Mapping[str, Any]) -> PlayedCall:
        said = entry["event"]
        inputs = with_credentials(self._redacted(said["inputs"]), self._stand_in)
        event = {
            **said,
            "channel": Channel(said["channel"]),
            "operation": self._redactor.redact_text(said["operation"]),
            "inputs": inputs,
            "output": self._redacted(said["output"]),
        }
        return PlayedCall(scenario=entry["scenario"], how=Played(entry["how"]), event=Event(**event))

    def _stand_in(self, credential: str) -> str:
        return stand_in(self._credentials.redact_text(credential), self._key)

    def _redacted(self, content: Mapping[str, Any]) -> dict[str, Json]:
        """Its values without the secrets; the names are the server's own."""
        return {
            name: encode(self._redactor.redact(payload(value)))
            if name == "body"
            else self._redactor.redact_json(value)
            for name, value in content.items()
        }

    async def close(self) -> None:
        """End the conversation; the server goes on until :meth:`stop`."""
        if self._line is not None:
            self._line[1].close()

    def stop(self) -> None:
        """End the server."""
        self._process.kill()
        self._process.wait(timeout=5)
        if self._process.stdin is not None:
            self._process.stdin.close()

    async def _ask(self, question: str, **about: object) -> Any:
        """One question at a time. Lines of JSON, since HTTP took longer than what it carried."""
        try:
            async with asyncio.timeout(_PATIENCE):
                if self._line is None:
                    self._line = await asyncio.open_connection(*self._control, limit=_LARGEST)
                    self._line[1].write(self._token.encode() + b"\n")
                reader, writer = self._line
                writer.write(orjson.dumps({"question": question, **about}) + b"\n")
                answer = await reader.readline()
        except (OSError, TimeoutError, ValueError) as error:
            raise self._broken(question, type(error).__name__) from None
        if not answer.endswith(b"\n"):
            raise self._broken(question, "closed")
        return orjson.loads(answer)

    def _broken(self, question: str, what: str) -> InconclusiveError:
        return InconclusiveError(f"playback server: {what} at {question}{self._said()}")

    def _said(self) -> str:
        lines = self._redactor.redact_text(self._log.read_text(errors="replace")).strip().splitlines()
        return f"; it said: {lines[-1][:300]}" if lines else ""


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
