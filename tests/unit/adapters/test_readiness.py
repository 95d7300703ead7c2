"""Whatever a service says at its start, it is a status or not ready, never a traceback."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from gate.adapters.readiness import answer_of


@contextmanager
def saying(said: bytes, seen: list[bytes] | None = None, hold: float = 0.0) -> Iterator[str]:
    """A server that says this to everyone, whatever is asked."""
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with closing(connection):
                asked = connection.recv(65536)
                if seen is not None:
                    seen.append(asked)
                connection.sendall(said)
                done.wait(hold)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        done.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=20)


def answered(status: bytes, more: bytes = b"") -> bytes:
    return b"HTTP/1.1 " + status + b"\r\n" + more + b"Content-Length: 0\r\n\r\n"


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        (answered(b"200 OK"), "200"),
        (answered(b"204 No Content"), "204"),
        (answered(b"503 Starting"), "503"),
        (answered(b"302 Found", b"Location: /elsewhere\r\n"), "302"),
        (b"HTTP/1.0 200 OK\r\n\r\nhello", "200"),
        (answered(b"200 OK", b"Content-Encoding: gzip\r\n"), "200"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf of it", "200"),
        (b"", "RemoteProtocolError"),
        (b"HTTP/1.1 20", "RemoteProtocolError"),
        (b"HTTP/1.1 200", "RemoteProtocolError"),
        (b"HTTP/1.1 two hundred\r\n\r\n", "RemoteProtocolError"),
        (b"\x16\x03\x01\x00\xff\xfe\r\n\r\n", "RemoteProtocolError"),
        (answered(b"200 OK", b"Content-Length: none\r\n"), "RemoteProtocolError"),
        (answered(b"200 OK", b"no colon\r\n"), "RemoteProtocolError"),
        (answered(b"200 OK", b"a: " + b"x" * 200_000 + b"\r\n"), "RemoteProtocolError"),
    ],
)
def test_what_a_service_says(said: bytes, seen: str) -> None:
    with saying(said) as url:
        assert answer_of(f"{url}/healthz") == seen


def test_an_endless_body_is_not_waited_for() -> None:
    with saying(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n", hold=20) as url:
        began = time.monotonic()
        assert answer_of(url) == "200" and time.monotonic() - began < 10


def test_silence_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gate.adapters.readiness._TIMEOUT", 0.3)
    with saying(b"HTTP/1.1 200", hold=20) as url:
        assert answer_of(url) == "ReadTimeout"


def test_the_path_as_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    seen: list[bytes] = []
    with saying(answered(b"302 Found", b"Location: /elsewhere\r\n"), seen) as url:
        assert answer_of(f"{url}/ready%2F?deep=1&x=a+b") == "302"
    assert [asked.partition(b"\r\n")[0] for asked in seen] == [b"GET /ready%2F?deep=1&x=a+b HTTP/1.1"]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:1/\x00",
        "http://127.0.0.1:1/\ud800",
    ],
)
def test_what_cannot_be_asked(url: str) -> None:
    assert not answer_of(url).isdigit()
