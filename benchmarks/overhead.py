"""Wall time of a gate over that of a bare client that sends the same schedule to the same two services.

Both start the same two services with the same playback servers and end them; the bare client only sends, with the
plainest rewriting of ids that lets the services do the same work. Whole processes, in turn, in one run.
"""

import argparse
import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import aiohttp
from grow import grow

from gate import wiring
from gate.bundle import read, write
from gate.config import Stimuli
from gate.config.load import load
from gate.model import Recording
from gate.model.body import payload
from gate.provision import bring_up
from gate.replay import Group, schedule

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "billing"
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<![\w-])[\w-]{32}(?![\w-])", re.ASCII)


def main() -> None:
    """Print the ratio, and keep it under benchmarks/results."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--stimuli", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--bare", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.bare:
        bare(Path(asked.bare))
        return
    source = read(ROOT / "bundles" / "billing")
    each = sum(len(recording.stimuli) for recording in source.recordings.values())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "bundle"
        bundle = grow(source, -(-asked.stimuli // each))
        write(bundle, folder)
        count = sum(len(recording.stimuli) for recording in bundle.recordings.values())
        rounds = [measure(folder, Path(name) / f"out{number}") for number in range(asked.rounds)]
    ratio = statistics.median(one["gate"] / one["bare"] for one in rounds)
    found = {"stimuli": count, "rounds": rounds, "ratio": round(ratio, 3), "goal": 1.25, "met": ratio <= 1.25}
    (ROOT / "benchmarks" / "results" / "overhead.json").write_text(json.dumps(found, indent=2) + "\n")
    print(f"overhead: {count} stimuli, gate / bare client = {ratio:.3f} (goal ≤ 1.25)")


def measure(bundle: Path, out: Path) -> dict[str, float]:
    """Seconds of one gate and of one bare client, and the gate's own phases."""
    config, example = EXAMPLE / "gate.yml", str(EXAMPLE)
    gate = [
        sys.executable,
        "-m",
        "gate",
        "run",
        "--config",
        str(config),
        "--bundle",
        str(bundle),
        "--out",
        str(out),
    ]
    began = time.monotonic()
    done = subprocess.run(
        [*gate, "--baseline", example, "--candidate", example], capture_output=True, text=True
    )
    taken = time.monotonic() - began
    if done.returncode:
        raise SystemExit(f"the gate did not pass: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    began = time.monotonic()
    subprocess.run([sys.executable, __file__, "--bare", str(bundle)], check=True)
    phases = json.loads((out / "result.json").read_text())["timing"]["phases"]
    return {"gate": round(taken, 3), "bare": round(time.monotonic() - began, 3), **phases}


def bare(bundle: Path) -> None:
    """Bring the two services up and send everything to both, at the same time."""
    example = str(EXAMPLE)
    asked = wiring.Asked(
        settings=load(EXAMPLE / "gate.yml", os.environ, "process"),
        baseline=example,
        candidate=example,
        bundles=(str(bundle),),
    )
    with (
        tempfile.TemporaryDirectory() as logs,
        wiring.job(asked, wiring.new_run_id(), Path(logs), os.environ) as job,
    ):
        try:
            bring_up({name: side.environment for name, side in job.live.items()}, job.payloads)
            urls = [side.sender._base for side in job.live.values()]  # type: ignore[attr-defined]
            asyncio.run(send_all(urls, list(job.recordings.values())))
        finally:
            for side in job.live.values():
                side.environment.stop()


async def send_all(urls: Sequence[str], recordings: Sequence[Recording]) -> None:
    """The whole schedule to each service."""
    planned = [(recording, schedule(recording.stimuli, Stimuli(to=""))) for recording in recordings]
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client:
        await asyncio.gather(*(_side(client, url, planned) for url in urls))


async def _side(
    client: aiohttp.ClientSession, url: str, planned: Sequence[tuple[Recording, Sequence[Group]]]
) -> None:
    for _, groups in planned:
        names: dict[str, str] = {}
        for group in groups:
            began = asyncio.get_running_loop().time()
            tasks: dict[int, asyncio.Task[None]] = {}
            for step in group.steps:
                tasks[step.index] = asyncio.create_task(_send(client, url, step, names, began, tasks))
            await asyncio.gather(*tasks.values())


async def _send(client, url, step, names, began, tasks) -> None:  # type: ignore[no-untyped-def]
    for earlier in step.after:
        await tasks[earlier]
    delay = began + step.offset / 1e6 - asyncio.get_running_loop().time()
    if delay > 0:
        await asyncio.sleep(delay)
    inputs, output = step.event.inputs, step.event.output

    def live(text: str) -> str:
        return _ID.sub(lambda match: names.get(match[0], match[0]), text)

    path = live(inputs["path"]) + (f"?{live(inputs['query'])}" if inputs["query"] else "")
    body = live(payload(inputs["body"]).decode()) or None
    async with client.request(inputs["method"], url + path, headers=inputs["headers"], data=body) as response:
        said = await response.text()
    recorded = _ID.findall(payload(output["body"]).decode())
    names.update(
        (old, new) for old, new in zip(recorded, _ID.findall(said), strict=False) if old not in names
    )


if __name__ == "__main__":
    main()
