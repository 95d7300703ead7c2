"""Entry point of the playback server that stands in for the outside world of one side.

``python -m gate.sidecar`` reads one line of JSON from standard input and serves until that is closed, so that it never
outlives the gate: ``{"token", "control": fd, "hosts": {host: fd}, "bundles": [path], "scenarios": [name],
"upstream": {host: url}}``. The sockets are inherited and already listen, so nobody has to wait for it.
"""

import asyncio
import json
import socket
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from gate.adapters.playback_server import PlaybackServer
from gate.bundle import read
from gate.playback import Tape


def main() -> None:
    """Serve until standard input is closed."""
    asyncio.run(_serve(json.loads(sys.stdin.readline())))


async def _serve(asked: Mapping[str, Any]) -> None:
    wanted = set(asked["scenarios"])
    tape = Tape(
        recording
        for path in asked["bundles"]
        for name, recording in read(Path(path)).recordings.items()
        if name in wanted
    )
    server = PlaybackServer(tape, asked["upstream"], asked["token"])
    hosts = {host: socket.socket(fileno=number) for host, number in asked["hosts"].items()}
    await server.serve(hosts, socket.socket(fileno=asked["control"]), _closed())


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
