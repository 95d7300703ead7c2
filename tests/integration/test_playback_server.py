"""The playback server as a process: what a service may throw at it, and what it must not learn from it."""

import asyncio
import gzip
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import pytest

from gate.adapters.playback_process import PlaybackProcess
from gate.adapters.registry import RunFile
from gate.bundle import write
from gate.config import Redactor
from gate.errors import InconclusiveError
from gate.model import Bundle, Channel, Event, Header, Json, Manifest, Recording
from gate.model.body import encode
from gate.ports import Played

HOST = "shop.example"
Use = Callable[[PlaybackProcess, aiohttp.ClientSession], Awaitable[None]]


def call(seq: int, method: str, path: str, *, query: str = "", body: bytes = b"", **output: Json) -> Event:
    said: dict[str, Json] = {"status": 200, "headers": {}, "body": None, **output}
    inputs: dict[str, Json] = {"host": HOST, "method": method, "path": path, "query": query, "headers": {}}
    return Event(
        seq=seq,
        channel=Channel.CALL,
        operation=f"{method} {HOST}{path}",
        inputs={**inputs, "body": encode(body)},
        output=said,
        started_at=1_000_000 + seq,
    )


LARGE = b"some words " * 150_000
CALLS = [
    call(0, "HEAD", "/file", headers={"content-length": "4711", "etag": '"a"'}),
    call(1, "POST", "/zipped", body=b'{"a":1}'),
    call(2, "PUT", "/large", body=LARGE),
    call(3, "GET", "/list", query="a=1&b=2"),
    call(4, "GET", "/packed", headers={"content-encoding": "gzip"}),
    call(5, "GET", "/none", status=204),
    *(call(6 + n, "POST", "/many", body=b"%d" % n) for n in range(40)),
]


@asynccontextmanager
async def playing(
    folder: Path, redactor: Redactor
) -> AsyncIterator[tuple[PlaybackProcess, aiohttp.ClientSession]]:
    recording = Recording(header=Header(scenario="one", channels=tuple(Channel)), events=tuple(CALLS))
    write(Bundle(manifest=Manifest(name="b"), recordings={"one": recording}), folder / "bundle")
    run = RunFile(folder / "runs", "test")
    playback = PlaybackProcess(
        hosts=[HOST],
        bundles=[folder / "bundle"],
        scenarios=["one"],
        upstream={},
        log=folder / "log",
        run=run,
        redactor=redactor,
        credentials=redactor,
    )
    try:
        async with aiohttp.ClientSession(base_url=playback.urls[HOST]) as client:
            await playback.client.exchange("one", {})
            yield playback, client
    finally:
        await playback.client.close()
        run.finish()
        playback.stop()


def play(folder: Path, use: Use, redactor: Redactor | None = None) -> None:
    async def main() -> None:
        async with playing(folder, redactor or Redactor({})) as (playback, client):
            await use(playback, client)

    asyncio.run(main())


def test_recorded_calls_in_every_shape(tmp_path: Path) -> None:
    async def use(playback: PlaybackProcess, client: aiohttp.ClientSession) -> None:
        async with client.head("/file") as answer:
            assert (answer.status, answer.headers["content-length"], answer.headers["etag"]) == (
                200,
                "4711",
                '"a"',
            )
        zipped = gzip.compress(b'{"a":1}')
        async with client.post("/zipped", data=zipped, headers={"content-encoding": "gzip"}) as answer:
            assert answer.status == 200
        async with client.put("/large", data=LARGE) as answer:
            assert answer.status == 200
        async with client.get("/list?b=2&a=1") as answer:
            assert answer.status == 200
        async with client.get("/none") as answer:
            assert answer.status == 204 and await answer.read() == b""
        calls = await playback.client.collect()
        assert [one.how for one in calls] == [Played.RECORDED] * 5
        assert await playback.client.in_flight() == 0

    play(tmp_path, use)


def test_many_calls_at_once_each_get_their_answer(tmp_path: Path) -> None:
    async def use(playback: PlaybackProcess, client: aiohttp.ClientSession) -> None:
        async def one(number: int) -> int:
            async with client.post("/many", data=b"%d" % number) as answer:
                return answer.status

        assert await asyncio.gather(*map(one, range(40))) == [200] * 40
        calls = await playback.client.collect()
        assert {one.how for one in calls} == {Played.RECORDED} and len(calls) == 40
        assert [one.event.seq for one in calls] == list(range(40))

    play(tmp_path, use)


def test_odd_calls_are_all_in_the_ledger(tmp_path: Path) -> None:
    async def raw(playback: PlaybackProcess, content: bytes) -> bytes:
        _, _, port = playback.urls[HOST].rpartition(":")
        reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
        writer.write(content)
        said = await asyncio.wait_for(reader.read(200), 20)
        writer.close()
        return said

    async def use(playback: PlaybackProcess, client: aiohttp.ClientSession) -> None:
        latin = b"GET /a HTTP/1.1\r\nHost: x\r\nX-Name: caf\xe9\r\nConnection: close\r\n\r\n"
        assert b" 599 " in await raw(playback, latin)
        async with client.get("/c?x=%0d%0a") as answer:
            assert answer.status == 599
        calls = await playback.client.collect()
        assert [one.event.inputs["path"] for one in calls] == ["/a", "/c"]
        assert {one.how for one in calls} == {Played.UNEXPECTED}
        headers = calls[0].event.inputs["headers"]
        assert isinstance(headers, dict) and headers["x-name"] == "café"

    play(tmp_path, use)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\n",
        b"wrong\n",
        b"caf\xe9\n",
        b"POST /collect HTTP/1.1\r\nhost: x\r\n\r\n",
        b"x" * 100_000,
    ],
    ids=["nothing", "empty", "wrong", "odd", "HTTP", "long"],
)
def test_control_port_refuses_the_service(tmp_path: Path, said: bytes) -> None:
    async def use(playback: PlaybackProcess, client: aiohttp.ClientSession) -> None:
        reader, writer = await asyncio.open_connection(
            *playback.client._address()
        )  # as found by trying every port
        writer.write(said + b'{"question": "collect"}\n')
        writer.write_eof()
        with suppress(ConnectionResetError):
            assert await reader.read() == b""
        writer.close()
        assert list(await playback.client.collect()) == []

    play(tmp_path, use)


def test_a_gate_that_goes_away_leaves_a_server_that_answers_the_next(tmp_path: Path) -> None:
    async def use(playback: PlaybackProcess, client: aiohttp.ClientSession) -> None:
        assert await playback.client.in_flight() == 0
        await playback.client.close()
        playback.client._line = None
        assert await playback.client.in_flight() == 0

    play(tmp_path, use)


def test_secrets_in_calls_are_redacted(tmp_path: Path) -> None:
    secret = "very/secret+value"

    async def use(playback: PlaybackProcess, client: aiohttp.ClientSession) -> None:
        headers = {"authorization": "Bearer of something", "x-other": secret}
        async with client.post("/leak", data=secret.encode(), headers=headers) as answer:
            assert answer.status == 599
        (one,) = await playback.client.collect()
        assert secret not in str(one) and "of something" not in str(one)
        assert "[redacted:NAME]" in str(one)

    play(tmp_path, use, Redactor({"NAME": secret}))


def test_a_dead_server_is_said_in_one_line(tmp_path: Path) -> None:
    async def use(playback: PlaybackProcess, client: aiohttp.ClientSession) -> None:
        playback.stop()
        with pytest.raises(InconclusiveError, match=r"playback server: .* at collect"):
            await playback.client.collect()

    play(tmp_path, use)


def test_a_server_that_cannot_serve_ends_and_says_why() -> None:
    asked = {"token": "x", "control": 999, "hosts": {}, "bundles": [], "scenarios": [], "upstream": {}}
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "gate.sidecar"], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(json.dumps(asked).encode() + b"\n")
        process.stdin.flush()
        try:
            assert process.wait(timeout=20) != 0  # though its standard input is still open
        finally:
            process.kill()
        assert b"Bad file descriptor" in process.stderr.read()
