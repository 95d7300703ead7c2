"""Run the provider: `python -m provider --port 9000`. Port 0 takes a free one; the log says which."""

import argparse
import asyncio
import json
import os
import signal

from aiohttp import web

from provider.app import build


async def serve(api_key: str, host: str, port: int) -> None:
    """Serve on the host's address until SIGINT or SIGTERM."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    runner = web.AppRunner(build(api_key), access_log=None, shutdown_timeout=5)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        print(
            json.dumps({"message": "listening", "service": "provider", "port": runner.addresses[0][1]}),
            flush=True,
        )
        await stopped.wait()
    finally:
        await runner.cleanup()


def main() -> None:
    parser = argparse.ArgumentParser(prog="provider", description="A payment provider to record against.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9000)
    arguments = parser.parse_args()
    asyncio.run(serve(os.environ.get("PROVIDER_KEY", ""), arguments.host, arguments.port))


if __name__ == "__main__":
    main()
