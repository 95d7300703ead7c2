"""How often the gate is right on billing: every change, and the baseline against itself, many times over.

A breaking change must give ``fail`` with the right channel, scenario and field in the first finding; a harmless one and
the baseline against itself must give ``pass``.
"""

import argparse
import json
import os
import tempfile
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from billing_changes import Change, changes, gated

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Print a line a change, and keep the figures under benchmarks/results."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--change", action="append", default=[])
    parser.add_argument("--environment", choices=["process", "compose"], default="process")
    parser.add_argument("--jobs", type=int, default=1, help="runs at the same time")
    asked = parser.parse_args()
    found = {}
    with ProcessPoolExecutor(max_workers=asked.jobs) as pool:
        for change in changes():
            if asked.change and change.name not in asked.change:
                continue
            problems = list(pool.map(partial(once, asked.environment), [change] * asked.times))
            wrong = [problem for problem in problems if problem]
            found[change.name] = {"runs": asked.times, "right": asked.times - len(wrong), "wrong": wrong[:5]}
            print(
                f"soak: {change.name}: {asked.times - len(wrong)} of {asked.times} right",
                *wrong[:3],
                flush=True,
            )
    total = {
        "environment": asked.environment,
        "jobs": asked.jobs,
        "changes": found,
        "runs": sum(one["runs"] for one in found.values()),
        "right": sum(one["right"] for one in found.values()),
    }
    name = "soak.json" if asked.environment == "process" else f"soak-{asked.environment}.json"
    (ROOT / "benchmarks" / "results" / name).write_text(json.dumps(total, indent=2) + "\n")
    print(f"soak: {total['right']} of {total['runs']} right")


def once(environment: str, change: Change) -> str | None:
    """Gate a change once; what is wrong with the verdict, if anything."""
    with tempfile.TemporaryDirectory() as logs:
        return change.judge(gated(change, Path(logs), os.environ, environment))


if __name__ == "__main__":
    main()
