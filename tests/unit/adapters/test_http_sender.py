"""What goes out is what was recorded, and only to the service."""

import asyncio
from collections.abc import Callable

import pytest

from gate.adapters.http_sender import HttpSender
from gate.config import Redactor
from gate.ports import Request, Response

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Secret: very-secret-value\r\n\r\nhi"


def sent(*requests: Request, answer: bytes = OK, timeout: float = 20) -> tuple[list[bytes], list[Response]]:
    """What a server saw of requests that were sent one after the other, and what was made of its answers."""
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (
                int(line.split(b":")[1])
                for line in head.split(b"\r\n")
                if line.lower().startswith(b"content-length")
            ),
            0,
        )
        seen.append(head + await reader.readexactly(length))
        writer.write(answer)
        await writer.drain()
        writer.close()

    async def main() -> list[Response]:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        sender = HttpSender(
            lambda: f"http://127.0.0.1:{port}", timeout, Redactor({"NAME": "very-secret-value"})
        )
        async with server:
            found = [await sender.send(request) for request in requests]
            await sender.close()
        return found

    return seen, asyncio.run(main())


def request(target: str = "/", method: str = "GET", body: bytes = b"", *headers: tuple[str, str]) -> Request:
    return Request(method=method, target=target, headers=headers, body=body)


def test_bytes_as_recorded() -> None:
    (seen,), (answer,) = sent(request("/a%2Fb?x=%41&y=a+b", "POST", b'{ "a":1 }', ("x-b", "1"), ("x-b", "2")))
    assert seen.startswith(b"POST /a%2Fb?x=%41&y=a+b HTTP/1.1\r\n") and seen.endswith(b'\r\n\r\n{ "a":1 }')
    assert seen.count(b"x-b: ") == 2 and b"User-Agent" not in seen and b"Accept" not in seen
    assert answer.output["status"] == 200 and answer.output["body"] == {"text": "hi"}
    assert answer.output["headers"] == {"content-length": "2", "x-secret": "[redacted:NAME]"}


@pytest.mark.parametrize(
    ("target", "line"),
    [
        pytest.param("/a b\r\nX-Evil: 1", b"GET /a%20b%0D%0AX-Evil:%201 HTTP/1.1", id="line breaks"),
        pytest.param("/é#frag", b"GET /%C3%A9%23frag HTTP/1.1", id="letters and a fragment"),
        pytest.param("//evil.example/x", b"GET //evil.example/x HTTP/1.1", id="two slashes"),
        pytest.param("/a/../b?q={}|", b"GET /a/../b?q={}| HTTP/1.1", id="dots and braces"),
    ],
)
def test_no_target_leads_elsewhere(target: str, line: bytes) -> None:
    (seen,), _ = sent(request(target))
    assert seen.split(b"\r\n")[0] == line and b"X-Evil: 1\r\n" not in seen


@pytest.mark.parametrize(
    "odd",
    [
        request("@evil.example/"),
        request(""),
        request("/", "GET", b"", ("x", "a\r\nb: c")),
        request("/", "G T"),
    ],
    ids=["user part", "empty", "header with a line break", "method"],
)
def test_what_cannot_be_sent_is_an_error_of_the_answer(odd: Request) -> None:
    seen, (answer,) = sent(odd)
    assert not seen and set(answer.output) == {"error"}


def test_nothing_is_sent_twice() -> None:
    seen, answers = sent(*[request()] * 3, answer=b"")
    assert len(seen) == 3 and all("error" in answer.output for answer in answers)


def test_a_redirect_is_an_answer() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://evil.example/\r\nSet-Cookie: a=1\r\nContent-Length: 0\r\n\r\n"
    seen, answers = sent(request(), request(), answer=moved)
    assert [answer.output["status"] for answer in answers] == [302, 302]
    assert len(seen) == 2 and b"Cookie" not in seen[1]


def test_no_answer_in_time() -> None:
    slow: Callable[..., object] = sent
    _, (answer,) = slow(request(), answer=b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", timeout=0.5)  # type: ignore[misc]
    assert set(answer.output) == {"error"}
