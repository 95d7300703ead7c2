"""The playback server: stands in for the outside world of one side, or, to record, stands before it.

As a process it has a socket for each outward host, so a service needs nothing but another base URL; in a container it
bears their names, and one socket serves all. A control socket, which a service cannot use without the run's token,
tells the names that ids have now and gives the ledger out.
"""

import asyncio
import hmac
import socket
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import Any

import aiohttp
import orjson
from aiohttp import web
from aiohttp.web_protocol import ERROR

from gate.adapters.http_events import HOP_BY_HOP, header_lines, header_map, text, trace_id
from gate.model import Channel, Event, Json
from gate.model.body import encode, payload
from gate.ports import Answer, Matcher, Played

_DROPPED = HOP_BY_HOP | {"content-length", "date", "server"}
_DECODED = _DROPPED | {"content-encoding"}
"""Not kept of a real answer, since its body was decoded when it was read."""
_LARGEST = 64 * 1024 * 1024
_LONGEST_LINE = 2**20
_UPSTREAM_TIMEOUT = 60
_NONE: Mapping[str, str] = MappingProxyType({})
EVERY = "*"


@dataclass(slots=True)
class Ledger:
    """What was called, and what is being answered now."""

    in_flight: int = 0
    calls: list[dict[str, Any]] = field(default_factory=list)

    def enter(self, call: Event) -> dict[str, Any]:
        """Its entry, which says later how it was answered."""
        entry = {"event": asdict(replace(call, seq=len(self.calls))), "scenario": None, "how": None}
        self.calls.append(entry)
        return entry


class PlaybackServer:
    """Answers from ``tape``; a host with an upstream is asked for real instead, and recorded."""

    def __init__(self, tape: Matcher, upstream: Mapping[str, str], token: str) -> None:
        self._tape, self._upstream, self._token = tape, upstream, token
        self._ledger = Ledger()
        self._client: aiohttp.ClientSession | None = None

    async def serve(
        self, hosts: Mapping[str, socket.socket], control: socket.socket, until: Awaitable[Any]
    ) -> None:
        """Serve on the given sockets until ``until`` is done; the one of ``EVERY`` host goes by what is asked for."""
        async with AsyncExitStack() as stack:
            self._client = await stack.enter_async_context(
                aiohttp.ClientSession(
                    timeout=aiohttp.ClientTimeout(total=_UPSTREAM_TIMEOUT),
                    cookie_jar=aiohttp.DummyCookieJar(),
                )
            )
            for host, listener in hosts.items():
                server = web.Server(
                    self._outward(host),
                    request_factory=self._request_factory(host),
                    access_log=None,
                    read_bufsize=2**18,
                    max_line_size=_LONGEST_LINE,
                    max_field_size=_LONGEST_LINE,
                )
                await _site(stack, server, listener)
            stack.callback((await asyncio.start_server(self._controlled, sock=control, limit=_LARGEST)).close)
            await until

    def _outward(self, host: str) -> Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]:
        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            self._ledger.in_flight += 1
            try:
                return await self._answer(_asked_for(request) if host == EVERY else host, request)
            finally:
                self._ledger.in_flight -= 1

        return handle

    def _request_factory(self, host: str) -> Callable[..., web.BaseRequest]:
        """As aiohttp's own, and enters what is no HTTP: it is answered with 400, and no handler hears of it."""
        loop = asyncio.get_running_loop()

        def make(message: Any, content: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
            if message is ERROR:
                entry = self._ledger.enter(_call(_now(), host, "UNREADABLE", "/", "", {}, b""))
                entry.update(scenario=self._tape.current, how=Played.UNEXPECTED)
                entry["event"].update(output={"error": "not HTTP"})
            return web.BaseRequest(message, content, protocol, writer, task, loop)

        return make

    async def _answer(self, host: str, request: web.BaseRequest) -> web.StreamResponse:
        began, clock = _now(), time.monotonic()
        body = await _read(request)
        path, _, query = text(request.rel_url.raw_path_qs).partition("?")
        headers = header_map(request.headers.items())
        call = _call(began, host, request.method, path, query, headers, body)
        entry = self._ledger.enter(call)
        if host in self._upstream:
            answer = await self._ask(host, request, body, call)
        else:
            answer = self._tape.play(call)
            await asyncio.sleep(max(answer.latency / 1e6 - (time.monotonic() - clock), 0))
        entry.update(scenario=answer.scenario, how=answer.how)
        entry["event"].update(output=dict(answer.output), duration=int((time.monotonic() - clock) * 1e6))
        return self._render(answer.output, request)

    def _render(self, output: Mapping[str, Json], request: web.BaseRequest) -> web.StreamResponse:
        status, headers = output.get("status"), output.get("headers")
        if not isinstance(status, int) or not isinstance(headers, dict):
            # the recorded call failed; so does this
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=502)
        # The length of what HEAD does not send is the answer's own; any other is counted anew.
        dropped = _DROPPED - {"content-length"} if request.method == "HEAD" else _DROPPED
        kept = [(name, value) for name, value in header_lines(headers) if name not in dropped]
        response = web.Response(status=status, body=payload(output.get("body")))
        response.headers.popall("Content-Type", None)
        response.headers.extend(kept)
        return response

    async def _ask(self, host: str, request: web.BaseRequest, body: bytes, call: Event) -> Answer:
        """Ask the real host, and keep what it says."""
        assert self._client is not None
        lines = [
            (name, value)
            for name, value in request.headers.items()
            if name.lower() not in HOP_BY_HOP | {"host"}
        ]
        try:
            async with self._client.request(
                request.method,
                self._upstream[host] + request.rel_url.raw_path_qs,
                headers=lines,
                data=body,
                allow_redirects=False,
            ) as response:
                content = await response.read()
                output: dict[str, Json] = {
                    "status": response.status,
                    "headers": {
                        name: value
                        for name, value in header_map(response.headers.items()).items()
                        if name not in _DECODED or (name == "content-length" and request.method == "HEAD")
                    },
                    "body": encode(content),
                }
        except (aiohttp.ClientError, TimeoutError) as error:
            output = {"error": type(error).__name__}
        return Answer(how=Played.RECORDED, scenario=self._tape.scenario_of(call), output=output, latency=0)

    async def _controlled(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A line with the token, then a line of JSON for each question, and one for its answer."""
        try:
            if hmac.compare_digest(await reader.readline(), self._token.encode() + b"\n"):
                while line := await reader.readline():
                    writer.write(orjson.dumps(self._told(**orjson.loads(line))) + b"\n")
                    await writer.drain()
        except (ValueError, ConnectionError, asyncio.CancelledError):
            pass  # the gate is gone, the server ends, or it never was the gate
        finally:
            writer.close()

    def _told(self, question: str, scenario: str = "", learned: Mapping[str, str] = _NONE) -> object:
        match question:
            case "exchange":
                self._tape.current = scenario
                self._tape.learn(scenario, learned)
                return self._tape.learned(scenario)
            case "in-flight":
                return self._ledger.in_flight
        return [_closed(entry) for entry in self._ledger.calls]


def _now() -> int:
    """In microseconds since the epoch."""
    return time.time_ns() // 1000


def _asked_for(request: web.BaseRequest) -> str:
    """The host of a request, by its header alone: without its port, in lower case."""
    return text(request.headers.get("Host", "")).partition(":")[0].lower() or "unnamed"


def _call(
    began: int, host: str, method: str, path: str, query: str, headers: Mapping[str, Json], body: bytes
) -> Event:
    """A call that has no answer yet."""
    return Event(
        seq=0,
        channel=Channel.CALL,
        operation=f"{method} {host}{path}",
        inputs={
            "host": host,
            "method": method,
            "path": path,
            "query": query,
            "headers": dict(headers),
            "body": encode(body),
        },
        output=None,
        started_at=began,
        lineage=trace_id(headers),
    )


async def _site(stack: AsyncExitStack, server: web.Server, listener: socket.socket) -> None:
    runner = web.ServerRunner(server)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.SockSite(runner, listener, shutdown_timeout=0.1).start()


async def _read(request: web.BaseRequest) -> bytes:
    """The body; not ``request.read()``, which refuses what is over a megabyte. What is over the limit is cut."""
    pieces: list[bytes] = []
    size = 0
    try:
        while size < _LARGEST and (piece := await request.content.readany()):
            pieces.append(piece)
            size += len(piece)
    except (aiohttp.ClientError, aiohttp.http.HttpProcessingError, OSError):
        pieces.append(b" [gate: the rest could not be read]")
    return b"".join(pieces)[:_LARGEST]


def _closed(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """A call that is not answered yet, or that its caller gave up, happened all the same."""
    if entry["how"] is not None:
        return entry
    event = {**entry["event"], "output": {"error": "not answered"}}
    return {**entry, "event": event, "how": Played.UNEXPECTED}
