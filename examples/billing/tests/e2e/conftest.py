"""The real service and the real provider, as processes on free ports, started once."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from client import Client, Shop

ROOT = Path(__file__).parent.parent.parent
KEYS = {"PROVIDER_KEY": "sk_test_e2e", "WEBHOOK_TOKEN": "whk_test"}
READY_SECONDS = 30


@contextmanager
def running(module: str, environ: dict[str, str], log: Path) -> Iterator[Client]:
    """A process of ours, from the moment it listens; it gets these variables and no others."""
    command = [sys.executable, "-m", module, "--port", "0"]
    with (
        log.open("w") as output,
        subprocess.Popen(command, cwd=ROOT, env=environ, stdout=output, stderr=subprocess.STDOUT) as process,
    ):
        try:
            yield Client(f"http://127.0.0.1:{port_of(process, log)}")
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def port_of(process: "subprocess.Popen[bytes]", log: Path) -> int:
    """The port in the log line that says that the process listens."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        for line in log.read_text().splitlines(keepends=True):
            if line.endswith("\n") and '"listening"' in line:
                return int(json.loads(line)["port"])
        time.sleep(0.02)
    pytest.fail(f"not ready after {READY_SECONDS} s, exit code {process.poll()}:\n{log.read_text()}")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("billing")


@pytest.fixture(scope="session")
def shop(folder: Path) -> Iterator[Shop]:
    with running("provider", KEYS, folder / "provider.log") as provider:
        environ = {
            **KEYS,
            "DATABASE_URL": f"sqlite:///{folder / 'billing.db'}",
            "READ_DATABASE_URL": f"sqlite:///{folder / 'reads.db'}",
            "READ_LAG_MS": "0",
            "PROVIDER_URL": provider.url,
        }
        for module in ("billing.migrate", "billing.seed"):
            subprocess.run(
                [sys.executable, "-m", module], cwd=ROOT, env=environ, check=True, timeout=READY_SECONDS
            )
        with running("billing", environ, folder / "billing.log") as billing:
            yield Shop(billing, provider)
