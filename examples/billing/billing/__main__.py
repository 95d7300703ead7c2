"""Run the service: `python -m billing --port 8000`. Port 0 takes a free one; the log says which."""

import argparse
import asyncio
import logging
import os
import signal
import sys

from aiohttp import web

from billing import app, logs
from billing.logs import fields
from billing.settings import BadSettings, Settings
from billing.store.database import DatabaseUnavailable

log = logging.getLogger("billing")


async def serve(settings: Settings, host: str, port: int) -> None:
    """Serve on the host's address until SIGINT or SIGTERM."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    runner = web.AppRunner(app.build(settings), access_log=None, shutdown_timeout=5)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        log.info("listening", extra=fields(port=runner.addresses[0][1]))
        await stopped.wait()
    finally:
        await runner.cleanup()


def main() -> int:
    parser = argparse.ArgumentParser(prog="billing", description="The billing service.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    arguments = parser.parse_args()
    logs.configure()
    try:
        settings = Settings.from_environment(os.environ)
    except BadSettings as error:
        log.error("bad settings: %s", error)
        return 2
    try:
        asyncio.run(serve(settings, arguments.host, arguments.port))
    except DatabaseUnavailable as error:
        log.error("no database: %s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
