"""What the gate gets of a playback server, which sees everything raw."""

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import aiohttp
import pytest

from gate.adapters.playback_process import PlaybackProcess
from gate.adapters.registry import RunFile
from gate.config import Redactor
from gate.errors import InconclusiveError
from gate.model import Json
from gate.model.body import payload

HOST = "shop.example"
KNOWN = "sk_live_that_is_known"
WRITTEN = "sk_test_of_the_file"
RAW = "raw-value-that-nobody-knows"


def started(folder: Path, run: RunFile, redactor: Redactor, *bundles: Path) -> PlaybackProcess:
    return PlaybackProcess(
        hosts=[HOST],
        bundles=bundles,
        scenarios=["one"],
        upstream={},
        log=folder / "log",
        run=run,
        redactor=redactor,
        credentials=Redactor({"OPEN_KEY": WRITTEN}),
    )


async def collected(
    folder: Path,
    *asked: tuple[str, Mapping[str, str]],
    body: bytes | None = None,
    secrets: Mapping[str, str] = MappingProxyType({"KEY": KNOWN}),
) -> list[Mapping[str, Json]]:
    """The inputs of calls that were made with these targets and headers."""
    run = RunFile(folder / "runs", "test")
    playback = started(folder, run, Redactor(secrets))
    try:
        async with aiohttp.ClientSession(base_url=playback.urls[HOST]) as client:
            for target, headers in asked:
                async with client.get(target, headers=headers, data=body) as answer:
                    assert answer.status == 599
        return [call.event.inputs for call in await playback.client.collect()]
    finally:
        await playback.client.close()
        run.finish()
        playback.stop()


def test_no_raw_credential_reaches_the_gate(tmp_path: Path) -> None:
    headers = {
        "Authorization": f"Bearer {KNOWN}",
        "X-Auth-Token": RAW,
        "Cookie": f"sid={RAW}; lang=en",
        "Idempotency-Key": "order-1",
    }
    found = asyncio.run(
        collected(tmp_path, (f"/a?q=1&api_key={RAW}", headers), ("/b", {"X-Amz-Security-Token": RAW}))
    )
    assert RAW not in str(found) and KNOWN not in str(found) and RAW not in (tmp_path / "log").read_text()
    first, second = (inputs["headers"] for inputs in found)
    assert isinstance(first, dict) and isinstance(second, dict)
    digest = second["x-amz-security-token"]
    assert re.fullmatch("[0-9a-f]{32}", str(digest))
    assert first["authorization"] == "Bearer [redacted:KEY]" and first["idempotency-key"] == "order-1"
    assert first["x-auth-token"] == digest and str(first["cookie"]).startswith(f"sid={digest}; lang=")
    assert found[0]["query"] == f"q=1&api_key={digest}"


def test_a_credential_of_the_file_keeps_its_name(tmp_path: Path) -> None:
    headers = {"Authorization": f"Bearer {WRITTEN}", "X-Note": WRITTEN}
    (inputs,) = asyncio.run(collected(tmp_path, ("/", headers)))
    sent = inputs["headers"]
    assert isinstance(sent, dict)
    assert sent["authorization"] == "Bearer [redacted:OPEN_KEY]"
    assert sent["x-note"] == WRITTEN, "it is no secret elsewhere"


def test_another_process_keeps_it_under_another_digest(tmp_path: Path) -> None:
    found = [asyncio.run(collected(tmp_path, ("/", {"X-Api-Key": RAW})))[0]["headers"] for _ in range(2)]
    assert found[0] != found[1]


@pytest.mark.parametrize(
    "body",
    [b'{"n":123456}', b"123456 \xff\xfe", b"", b'{"started_at":"inputs"}'],
    ids=["number", "bytes", "", "name"],
)
def test_a_secret_may_be_any_word_or_number(tmp_path: Path, body: bytes) -> None:
    words = ("inputs", "started_at", "recorded", "unexpected", "headers", "127.0.0.1", "123456")
    secrets = {f"W{number}": word for number, word in enumerate(words)}
    (found,) = asyncio.run(collected(tmp_path, ("/inputs/123456", {}), body=body, secrets=secrets))
    assert "123456" not in str(found) and found["path"] == "/[redacted:W0]/[redacted:W6]"
    assert set(found) == {"host", "method", "path", "query", "headers", "body"}
    assert payload(found["body"]) == Redactor(secrets).redact(body)


def test_what_is_no_http_is_a_call_too(tmp_path: Path) -> None:
    async def main() -> list[str]:
        run = RunFile(tmp_path / "runs", "test")
        playback = started(tmp_path, run, Redactor({}))
        try:
            for said in (
                b"\x16\x03\x01 hello\r\n\r\n",
                b"GET /" + b"a" * 20_000 + b" HTTP/1.0\r\nHost: x\r\n\r\n",
            ):
                port = int(playback.urls[HOST].rpartition(":")[2])
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(said)
                await asyncio.wait_for(reader.read(), 20)
                writer.close()
            return [call.event.operation[:24] for call in await playback.client.collect()]
        finally:
            await playback.client.close()
            run.finish()
            playback.stop()

    assert asyncio.run(main()) == [f"UNREADABLE {HOST}/", f"GET {HOST}/aaaaaaa"]


def test_a_server_that_cannot_start_is_said_in_one_line(tmp_path: Path) -> None:
    async def main() -> None:
        run = RunFile(tmp_path / "runs", "test")
        playback = started(tmp_path, run, Redactor({}), tmp_path / "none")
        try:
            with pytest.raises(InconclusiveError, match=r"^playback server: .*; it said: .*$"):
                await playback.client.in_flight()
        finally:
            await playback.client.close()
            run.finish()
            playback.stop()

    asyncio.run(main())
