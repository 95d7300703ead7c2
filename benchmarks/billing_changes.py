"""The changes of examples/billing, and what the gate must say of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from gate import wiring
from gate.config.load import load
from gate.model import Result, Verdict
from gate.pipeline import State, run
from gate.progress import Finished

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "billing"
UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One entry of changes.yml; ``channel``, ``scenario`` and ``field`` say what the first finding must name."""

    name: str
    breaks: bool
    channel: str = ""
    scenario: str = ""
    field: str = ""

    def judge(self, result: Result) -> str | None:
        """What is wrong with a verdict on this change; None where it is right."""
        expected = Verdict.FAIL if self.breaks else Verdict.PASS
        if result.verdict is not expected:
            return f"{result.verdict} instead of {expected}: {'; '.join(result.reasons)[:300]}"
        if not self.breaks:
            return None
        first = result.findings[0]
        said = " ".join((first.title, first.path, first.operation))
        if first.channel != self.channel or self.scenario not in first.scenarios or self.field not in said:
            return f"first finding: {first.channel} {first.title!r} at {first.path} in {first.scenarios}"
        return None


def changes() -> list[Change]:
    """Every change, and the baseline as it is."""
    listed = yaml.safe_load((EXAMPLE / "changes.yml").read_text())["changes"]
    known = [Change(**{key: value for key, value in one.items() if key != "says"}) for one in listed]
    return [*known, Change(name=UNCHANGED, breaks=False)]


def gated(change: Change, logs: Path, environ: Mapping[str, str], environment: str) -> Result:
    """Gate one change of billing against its baseline."""
    asked = wiring.Asked(
        settings=load(EXAMPLE / "gate.yml", environ, environment),
        baseline=str(EXAMPLE),
        candidate=str(EXAMPLE),
        patch=None if change.name == UNCHANGED else EXAMPLE / "changes" / f"{change.name}.patch",
    )
    with wiring.job(asked, wiring.new_run_id(), logs, environ) as job:
        for event in run(job, State()):
            if isinstance(event, Finished):
                return event.result
    raise AssertionError("a run ends with its result")
