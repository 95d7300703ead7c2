"""What it takes to have both sides up in containers, beside ``docker compose up --wait`` of one of them.

Both do the same on the same files, images warm: the gate resolves and judges the compose file of each side, checks the
images, brings everything up and waits until the service answers; its peer brings one side up, with the same overlay.
Then what the gate does besides, loading state and migrating, and the parts of one whole run of the tier ``pr``.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from gate import wiring
from gate.config import Settings
from gate.config.load import load
from gate.model import SideName
from gate.pipeline import Job, State, run
from gate.progress import Finished
from gate.provision import bring_up

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "billing"
TWELVE = 12
PLAYBACK = "peer-playback:latest"
"""What the peer calls the gate's own image, which goes by another name in each run."""


def main() -> None:
    """Print the figures, and keep them under benchmarks/results."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=7)
    asked = parser.parse_args()
    settings = load(EXAMPLE / "gate.yml", os.environ, "compose")
    bare = replace(settings, migrate=())
    sides_up(bare)  # images and layers
    pairs = [(both, one) for _ in range(asked.times) for both, one in [paired(bare)]]
    whole = [sides_up(settings, with_state=True) for _ in range(asked.times)]
    runs = [whole_run(settings) for _ in range(asked.times)]
    ratio = statistics.median(both / one for both, one in pairs)
    found: dict[str, Any] = {
        "times": asked.times,
        "both sides ready, s": median([both for both, _ in pairs]),
        "docker compose up --wait of one, s": median([one for _, one in pairs]),
        "ratio": round(ratio, 3),
        "both sides ready with state and migrations, s": median([one["up"] for one in whole]),
        "teardown of both sides, s": median([one["down"] for one in whole]),
        "run of 12 scenarios, s": median([one["seconds"] for one in runs]),
        "parts of the run, s": {
            part: median([one["phases"][part] for one in runs]) for part in runs[0]["phases"]
        },
    }
    (ROOT / "benchmarks" / "results" / "bring_up.json").write_text(json.dumps(found, indent=2) + "\n")
    print(json.dumps(found, indent=2))


def median(values: list[float]) -> float:
    """Of some seconds."""
    return round(statistics.median(values), 2)


def paired(settings: Settings) -> tuple[float, float]:
    """Seconds for both sides, and for the peer's one, one right after the other."""
    with tempfile.TemporaryDirectory() as kept:
        both = sides_up(settings, keep=Path(kept))["up"]
        return both, peer(Path(kept))


def sides_up(
    settings: Settings, *, with_state: bool = False, keep: Path | None = None
) -> Mapping[str, float]:
    """Seconds until both sides are ready, and until they are gone again; ``keep`` gets the files of one."""
    asked = wiring.Asked(settings=settings, baseline=str(EXAMPLE), candidate=str(EXAMPLE))
    with (
        tempfile.TemporaryDirectory() as logs,
        wiring.job(asked, wiring.new_run_id(), Path(logs), os.environ) as job,
    ):
        environments = {name: side.environment for name, side in job.live.items()}
        began = time.monotonic()
        try:
            bring_up(environments, job.payloads if with_state else {})
            up = time.monotonic() - began
            if keep:
                peer_files(environments[SideName.BASELINE], keep)
        finally:
            began = time.monotonic()
            stop(job)
            down = time.monotonic() - began
    return {"up": up, "down": down}


def stop(job: Job) -> None:
    """As a run does: both at once."""
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda side: side.environment.stop(), job.live.values()))


def peer_files(environment: Any, folder: Path) -> None:
    """The files that Compose was given, with the code where it stays after the run."""
    mine = str(environment.plan.overlay["playback"]["image"])
    subprocess.run(["docker", "tag", mine, PLAYBACK], check=True)
    for path in environment.files:
        text = path.read_text()
        code = str(path.parent.with_name(f"{path.parent.name}-code"))
        (folder / path.name).write_text(text.replace(code, str(EXAMPLE)).replace(mine, PLAYBACK))


def peer(folder: Path) -> float:
    """Seconds of ``docker compose up --wait``, images built before."""
    files = [word for name in ("model.json", "overlay.yml") for word in ("-f", str(folder / name))]
    compose = ["docker", "compose", "--project-name", f"peer-{os.getpid()}", *files]
    subprocess.run([*compose, "build", "--quiet"], check=True, capture_output=True)
    began = time.monotonic()
    try:
        subprocess.run([*compose, "up", "--wait"], check=True, capture_output=True)
        return time.monotonic() - began
    finally:
        subprocess.run([*compose, "down", "--volumes", "--rmi", "local"], check=True, capture_output=True)


def whole_run(settings: Settings) -> Mapping[str, Any]:
    """A run as a pull request has it: seconds in all, and its phases."""
    began = time.monotonic()
    names = sorted(path.stem for path in (ROOT / "bundles" / "billing" / "scenarios").iterdir())[:TWELVE]
    asked = wiring.Asked(settings=settings, baseline=str(EXAMPLE), candidate=str(EXAMPLE), scenarios=names)
    with (
        tempfile.TemporaryDirectory() as logs,
        wiring.job(asked, wiring.new_run_id(), Path(logs), os.environ) as job,
    ):
        events = list(run(job, State()))
    last = events[-1]
    assert isinstance(last, Finished) and last.result.verdict == "pass", last
    phases = {**last.result.timing["phases"]}  # type: ignore[dict-item]
    return {"seconds": time.monotonic() - began, "phases": phases}


if __name__ == "__main__":
    main()
