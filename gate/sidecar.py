"""Entry point of the playback server that stands in for the outside world of one side.

As a process ``python -m gate.sidecar`` reads one line of JSON from standard input and serves until that is closed, so
that it never outlives the gate: ``{"token", "control": fd, "hosts": {host: fd}, "bundles": [path], "scenarios": [name],
"upstream": {host: url}}``. The sockets are inherited and already listen, so nobody has to wait for it.

In a container the JSON is its argument, ``control`` and ``hosts`` are ports, and it serves until it is killed.
"""

import asyncio
import json
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from gate.adapters.playback_server import PlaybackServer
from gate.bundle import read
from gate.playback import Tape


def main() -> None:
    """Serve until standard input is closed; where the settings are an argument, for ever."""
    if len(sys.argv) > 1:
        asyncio.run(_serve(json.loads(sys.argv[1]), _listener, asyncio.Event().wait()))
    else:
        asyncio.run(_serve(json.loads(sys.stdin.readline()), _inherited, _closed()))


async def _serve(
    asked: Mapping[str, Any], opened: Callable[[int], socket.socket], until: Awaitable[Any]
) -> None:
    wanted = set(asked["scenarios"])
    tape = Tape(
        recording
        for path in asked["bundles"]
        for name, recording in read(Path(path)).recordings.items()
        if name in wanted
    )
    server = PlaybackServer(tape, asked["upstream"], asked["token"])
    hosts = {host: opened(number) for host, number in asked["hosts"].items()}
    await server.serve(hosts, opened(asked["control"]), until)


def _inherited(descriptor: int) -> socket.socket:
    return socket.socket(fileno=descriptor)


def _listener(port: int) -> socket.socket:
    """On every address of the container, whose network reaches this side and nothing else."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("0.0.0.0", port))  # noqa: S104 - see above
    listener.listen(512)
    return listener


async def _closed() -> None:
    """Return when standard input ends. A daemon thread waits for it, which keeps no server from ending by itself."""
    loop, closed = asyncio.get_running_loop(), asyncio.Event()

    def wait() -> None:
        sys.stdin.read()
        with suppress(RuntimeError):  # the loop is closed already
            loop.call_soon_threadsafe(closed.set)

    threading.Thread(target=wait, daemon=True).start()
    await closed.wait()


if __name__ == "__main__":
    main()
