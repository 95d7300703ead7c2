"""Sends stimuli with aiohttp, to the byte as they were recorded."""

import time
from collections.abc import Callable
from urllib.parse import quote

import aiohttp
from yarl import URL

from gate.adapters.http_events import HOP_BY_HOP, header_map
from gate.config import Redactor
from gate.model import Json
from gate.model.body import encode
from gate.ports import Request, Response

_NOT_OURS = ("Accept", "Accept-Encoding", "User-Agent", "Content-Type")
_LEFT = "/?%:@!$&'()*+,;=-._~[]|\"<>{}\\^`"
"""Left in a target as it is: everything printable but ``#``, so that no rewritten value breaks the request line."""
_LARGEST = 64 * 1024 * 1024


class HttpSender:
    """Implements :class:`gate.ports.Sender`; ``base`` gives the URL to send to, once there is one."""

    def __init__(self, base: Callable[[], str], timeout: float, redactor: Redactor) -> None:
        self._base, self._timeout, self._redactor = base, timeout, redactor
        self._client: aiohttp.ClientSession | None = None

    async def send(self, request: Request) -> Response:
        """Send one request; follows no redirect, keeps no cookie, decodes nothing."""
        if self._client is None:
            self._client = aiohttp.ClientSession(
                # A kept connection may be closed by the service just then, and the request would fail.
                connector=aiohttp.TCPConnector(limit=0, force_close=True),
                timeout=aiohttp.ClientTimeout(total=self._timeout),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                skip_auto_headers=_NOT_OURS,
            )
            # aiohttp would send GET, PUT and DELETE again where no answer comes; its own test client says no like this.
            self._client._retry_connection = False
        began, clock = time.time_ns() // 1000, time.monotonic()
        output: dict[str, Json]
        try:
            url = self._url(request.target)
            async with self._client.request(
                request.method, url, headers=request.headers, data=request.body or None, allow_redirects=False
            ) as response:
                content = await _read(response)
                output = {
                    "status": response.status,
                    "headers": self._headers(response),
                    "body": encode(self._redactor.redact(content)),
                }
        except TimeoutError:
            output = {"error": f"no answer within {self._timeout:.0f} s"}
        except _TooLargeError:
            output = {"error": f"answer of over {_LARGEST // 2**20} MiB"}
        except (aiohttp.ClientError, OSError, ValueError) as error:
            output = {"error": type(error).__name__}
        return Response(output=output, started_at=began, duration=int((time.monotonic() - clock) * 1e6))

    def _url(self, target: str) -> URL:
        """Below the base, whatever was recorded. Raises ValueError where it would lead elsewhere."""
        if not target.startswith("/"):
            raise ValueError("no path")
        return URL(self._base() + quote(target, safe=_LEFT), encoded=True)

    def _headers(self, response: aiohttp.ClientResponse) -> dict[str, Json]:
        lines = [
            (name, self._redactor.redact_text(value))
            for name, value in response.headers.items()
            if name.lower() not in HOP_BY_HOP
        ]
        return header_map(lines)

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()


class _TooLargeError(Exception):
    """More than anyone compares."""


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The whole body. Raises past the limit, which makes the answer an error."""
    pieces: list[bytes] = []
    size = 0
    async for piece in response.content.iter_any():
        size += len(piece)
        if size > _LARGEST:
            raise _TooLargeError
        pieces.append(piece)
    return b"".join(pieces)
