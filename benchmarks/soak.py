"""How often the gate is right on billing: every change, and the baseline against itself, many times over.

A breaking change must give ``fail`` with the right channel, scenario and field in the first finding; a harmless one and
the baseline against itself must give ``pass``.
"""

import argparse
import json
import os
import tempfile
from collections import Counter
from pathlib import Path

from billing_changes import changes, gated

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Print a line a change, and keep the figures under benchmarks/results."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--change", action="append", default=[])
    asked = parser.parse_args()
    found = {}
    for change in changes():
        if asked.change and change.name not in asked.change:
            continue
        outcomes: Counter[str] = Counter()
        wrong: list[str] = []
        for _ in range(asked.times):
            with tempfile.TemporaryDirectory() as logs:
                result = gated(change, Path(logs), os.environ)
            problem = change.judge(result)
            outcomes["right" if problem is None else "wrong"] += 1
            if problem:
                wrong.append(problem)
        found[change.name] = {"runs": asked.times, "right": outcomes["right"], "wrong": wrong[:5]}
        print(f"soak: {change.name}: {outcomes['right']} of {asked.times} right", *wrong[:3], flush=True)
    total = {
        "changes": found,
        "runs": sum(one["runs"] for one in found.values()),
        "right": sum(one["right"] for one in found.values()),
    }
    (ROOT / "benchmarks" / "results" / "soak.json").write_text(json.dumps(total, indent=2) + "\n")
    print(f"soak: {total['right']} of {total['runs']} right")


if __name__ == "__main__":
    main()
