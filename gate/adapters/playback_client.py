"""Starts a playback server as a process, and talks to it."""

import json
import secrets
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import orjson

import gate
from gate.adapters.registry import RunFile
from gate.config import Redactor
from gate.errors import InconclusiveError
from gate.model import Channel, Event
from gate.ports import Played, PlayedCall

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
    ) -> None:
        listeners = {host: _listener() for host in hosts}
        control = _listener()
        self.urls = {host: _url(listener) for host, listener in listeners.items()}
        self._control, self._log, self._redactor = _url(control), log, redactor
        self._token = secrets.token_hex(16)
        self._client: aiohttp.ClientSession | None = None
        everything = [control, *listeners.values()]
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _START, str(Path(gate.__file__).parent.parent)],
                env={},
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=[listener.fileno() for listener in everything],
                start_new_session=True,
            )
        run.add_process(self._process.pid)
        asked = {
            "token": self._token,
            "control": control.fileno(),
            "hosts": {host: listener.fileno() for host, listener in listeners.items()},
            "bundles": [str(path.absolute()) for path in bundles],
            "scenarios": list(scenarios),
            "upstream": dict(upstream),
        }
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(asked).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise InconclusiveError(f"playback server: ended at start{self._said()}") from None
        for listener in everything:
            listener.close()

    async def exchange(self, scenario: str, learned: Mapping[str, str]) -> Mapping[str, str]:
        """See :class:`gate.ports.Playback`."""
        found: dict[str, str] = await self._ask("/exchange", {"scenario": scenario, "learned": dict(learned)})
        return found

    async def in_flight(self) -> int:
        """See :class:`gate.ports.Playback`."""
        return int(await self._ask("/in-flight", {}))

    async def collect(self) -> Sequence[PlayedCall]:
        """See :class:`gate.ports.Playback`."""
        return [
            PlayedCall(
                scenario=entry["scenario"],
                how=Played(entry["how"]),
                event=Event(**{**entry["event"], "channel": Channel(entry["event"]["channel"])}),
            )
            for entry in await self._ask("/collect", {})
        ]

    async def close(self) -> None:
        """End the conversation; the server goes on until :meth:`stop`."""
        if self._client is not None:
            await self._client.close()

    def stop(self) -> None:
        """End the server."""
        self._process.kill()
        self._process.wait(timeout=5)
        if self._process.stdin is not None:
            self._process.stdin.close()

    async def _ask(self, path: str, content: object) -> Any:
        if self._client is None:
            self._client = aiohttp.ClientSession(
                headers={"Authorization": f"Bearer {self._token}"}, timeout=aiohttp.ClientTimeout(total=20)
            )
        try:
            async with self._client.post(self._control + path, data=orjson.dumps(content)) as response:
                response.raise_for_status()
                return orjson.loads(self._redactor.redact(await response.read()))
        except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
            raise InconclusiveError(
                f"playback server: {type(error).__name__} at {path}{self._said()}"
            ) from None

    def _said(self) -> str:
        lines = self._redactor.redact_text(self._log.read_text(errors="replace")).strip().splitlines()
        return f"; it said: {lines[-1][:300]}" if lines else ""


def _listener() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(512)
    return listener


def _url(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"
