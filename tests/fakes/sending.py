"""A service that answers what a script says, and keeps when it was asked."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from gate.model import Json
from gate.ports import Request, Response

Script = Callable[[Request], tuple[float, dict[str, Json]]]


def ok(_request: Request) -> tuple[float, dict[str, Json]]:
    """At once, and nothing in it."""
    return 0.0, {"status": 200, "headers": {}, "body": None}


@dataclass
class FakeSender:
    """Implements :class:`gate.ports.Sender`; the script gives seconds and output."""

    script: Script = ok
    requests: list[Request] = field(default_factory=list)
    spans: dict[str, tuple[float, float]] = field(default_factory=dict)
    """When each target was asked for and answered."""
    closed: bool = False

    async def send(self, request: Request) -> Response:
        """Answer as the script says."""
        began = asyncio.get_running_loop().time()
        self.requests.append(request)
        seconds, output = self.script(request)
        await asyncio.sleep(seconds)
        self.spans[request.target] = (began, asyncio.get_running_loop().time())
        return Response(output=output, started_at=int(began * 1e6), duration=int(seconds * 1e6))

    async def close(self) -> None:
        """Remember that it was let go."""
        self.closed = True
