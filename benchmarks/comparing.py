"""Pairs compared per second on billing's recordings: this gate's compare stage over DeepDiff alone, in one run.

``renamed``: both sides are equal up to a renaming of every generated id. ``equal``: both are the same to the byte.
``pairs`` is like for like: both get the documents ready paired, the gate with one renaming a scenario, and DeepDiff
sees every renamed id as a change. ``stage`` is all that the gate does to compare recordings, provenance of ids and
alignment of rows and messages included, over the same DeepDiff.
"""

import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from deepdiff import DeepDiff
from grow import grow

from gate.bundle import read
from gate.compare import compare
from gate.compare.context import Context
from gate.compare.rows import content
from gate.config import Compare
from gate.identity import marks, readable
from gate.model import Bundle, Channel, Event, Json, Recording

ROOT = Path(__file__).resolve().parent.parent
HEADERS = ("content-type", "location")
ROUNDS = 7
SETS = 20
"""How often the pairs are compared in a round, each time anew: once takes a thousandth of what the peer takes."""


def main() -> None:
    """Print both ratios, and keep them under benchmarks/results."""
    bundle = read(ROOT / "bundles" / "billing")
    both = grow(bundle, 2, names=False)
    cases = {"renamed": (pairs(both, 0, 1), 20), "equal": (pairs(both, 0, 0), 100)}
    found = {}
    for name, (recordings, goal) in cases.items():
        documents = [pair for left, right in recordings for pair in crossings(left, right)]
        rates: dict[str, list[float]] = {"pairs": [], "stage": [], "deepdiff": []}
        for _ in range(ROUNDS):
            sets = [
                [(Context(a, b, Compare(), HEADERS), crossings(a, b)) for a, b in recordings]
                for _ in range(SETS)
            ]
            rates["pairs"].append(rate(lambda s=sets: [paired(one) for one in s], SETS * len(documents)))
            rates["stage"].append(rate(lambda r=recordings: stage(r), len(documents)))
            rates["deepdiff"].append(rate(lambda d=documents: deepdiff(d), len(documents)))
        ratios = {
            kind: [ours / theirs for ours, theirs in zip(rates[kind], rates["deepdiff"], strict=True)]
            for kind in ("pairs", "stage")
        }
        ratio = statistics.median(ratios["pairs"])
        found[name] = {
            "documents": len(documents),
            "per_second": {kind: round(statistics.median(values)) for kind, values in rates.items()},
            "ratio": round(ratio, 1),
            "ratio_stage": round(statistics.median(ratios["stage"]), 1),
            "goal": goal,
            "met": ratio >= goal,
        }
        print(
            f"comparing, {name}: {ratio:.1f} × DeepDiff alone (goal ≥ {goal}), "
            f"{found[name]['per_second']['pairs']} pairs/s; the whole stage {found[name]['ratio_stage']} ×"
        )
    (ROOT / "benchmarks" / "results" / "comparing.json").write_text(json.dumps(found, indent=2) + "\n")


def pairs(bundle: Bundle, left: int, right: int) -> list[tuple[Recording, Recording]]:
    """Each scenario's copies ``left`` and ``right``."""
    names = sorted({name.rpartition("-")[0] for name in bundle.recordings})
    return [(bundle.recordings[f"{n}-{left:03}"], bundle.recordings[f"{n}-{right:03}"]) for n in names]


def crossings(left: Recording, right: Recording) -> list[tuple[Json, Json]]:
    """What is compared, ready paired: answers, calls, rows and messages, JSON texts in their columns read."""
    both = zip(left.events, right.events, strict=True)
    return [(document(a), document(b)) for a, b in both if a.channel is not Channel.LOG]


def document(event: Event) -> Json:
    """What is compared of an event."""
    if event.channel in (Channel.ROW, Channel.MESSAGE):
        return content(event)
    return readable(event.inputs if event.channel is Channel.CALL else event.output)


def stage(recordings: Sequence[tuple[Recording, Recording]]) -> None:
    """The compare stage, with nothing kept from an earlier round."""
    marks.cache_clear()
    for left, right in recordings:
        comparison = compare(left, right, Compare(), HEADERS)
        if comparison.differences:
            raise SystemExit(f"{comparison.scenario}: {comparison.differences[0]}")


def paired(ready: Sequence[tuple[Context, Sequence[tuple[Json, Json]]]]) -> None:
    """Ready documents only: equal bytes first, else the walk under one renaming a scenario."""
    marks.cache_clear()
    for context, documents in ready:
        for left, right in documents:
            if context.documents.differ(left, right, ""):
                raise SystemExit("the documents differ")


def deepdiff(documents: Sequence[tuple[Json, Json]]) -> None:
    """The peer."""
    for left, right in documents:
        DeepDiff(left, right)


def rate(work: Callable[[], None], count: int) -> float:
    """How many per second of CPU time, which other work on the machine disturbs least."""
    began = time.process_time()
    work()
    return count / (time.process_time() - began)


if __name__ == "__main__":
    main()
