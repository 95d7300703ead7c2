"""Puts the state of bundles/billing beside its SQLite file as a PostgreSQL dump: the same rows, by the same program."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import docker

from gate.bundle import read, write
from gate.model import StatePart

ROOT = Path(__file__).resolve().parent.parent
BUNDLE = ROOT / "bundles" / "billing"
PART = StatePart(store="db", kind="postgres", path="state/db.dump")
NAME = "billing"


def main() -> None:
    """Migrate and seed a server, dump it, and seal the bundle with the dump in it."""
    dump = dumped()
    bundle = read(BUNDLE)
    state = tuple(part for part in bundle.manifest.state if part.path != PART.path)
    write(
        replace(
            bundle,
            manifest=replace(bundle.manifest, state=(*state, PART)),
            payloads={**bundle.payloads, PART.path: dump},
        ),
        BUNDLE,
    )
    print(f"bundles/billing: {PART.path}, {len(dump)} bytes")


def dumped() -> bytes:
    """What ``pg_dump`` says of a database as it stands before the first request."""
    client = docker.from_env()
    network = client.networks.create(f"record-{os.getpid()}")
    variables = {"POSTGRES_USER": NAME, "POSTGRES_PASSWORD": NAME, "POSTGRES_DB": NAME}
    server = client.containers.run("postgres:15", environment=variables, network=network.name, detach=True)
    try:
        server.reload()
        address = server.attrs["NetworkSettings"]["Networks"][network.name]["IPAddress"]
        url = f"postgresql://{NAME}:{NAME}@{address}"
        env = {**os.environ, "DATABASE_URL": f"{url}/{NAME}", "READ_DATABASE_URL": f"{url}/{NAME}_reads"}
        for module in ("billing.migrate", "billing.seed"):
            subprocess.run(
                [sys.executable, "-m", module],
                cwd=ROOT / "examples" / "billing",
                env=env,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        time.sleep(0.1)
        done = server.exec_run(["pg_dump", "-Fc", "-Z9", "-U", NAME, NAME], demux=True)
        if done.exit_code:
            raise SystemExit(f"pg_dump: {done.output[1].decode(errors='replace')}")
        return bytes(done.output[0])
    finally:
        server.remove(force=True, v=True)
        network.remove()


if __name__ == "__main__":
    main()
