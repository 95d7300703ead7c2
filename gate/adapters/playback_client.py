"""Talks to a playback server: which scenario is at hand, what it learned, and what was called."""

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from gate.config import Redactor
from gate.config.credentials import stand_in, with_credentials
from gate.errors import InconclusiveError
from gate.model import Channel, Event, Json
from gate.model.body import encode, payload
from gate.ports import Played, PlayedCall

_PATIENCE = 20.0
_LARGEST = 2**32
"""Bytes of all calls of a run; their bodies are bounded one by one."""


class PlaybackClient:
    """Implements :class:`gate.ports.Playback` for a server wherever it runs.

    ``address`` gives host and port of its control socket, once there is one; ``said`` its last words.
    """

    def __init__(
        self,
        token: str,
        address: Callable[[], tuple[str, int]],
        said: Callable[[], str],
        redactor: Redactor,
        credentials: Redactor,
    ) -> None:
        self._token, self._address, self._last_words = token, address, said
        self._redactor, self._credentials = redactor, credentials
        self._key = secrets.token_bytes(32)
        self._line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

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
        """End the conversation; the server goes on as long as its side."""
        if self._line is not None:
            self._line[1].close()

    async def _ask(self, question: str, **about: object) -> Any:
        """One question at a time. Lines of JSON, since HTTP took longer than what it carried."""
        try:
            async with asyncio.timeout(_PATIENCE):
                if self._line is None:
                    self._line = await asyncio.open_connection(*self._address(), limit=_LARGEST)
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
        lines = self._redactor.redact_text(self._last_words()).strip().splitlines()
        return f"; it said: {lines[-1][:300]}" if lines else ""
