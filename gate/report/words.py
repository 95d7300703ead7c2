"""What the reports say in words, so that page, comment and terminal say the same."""

import math
import re
import shlex
from collections import Counter
from collections.abc import Iterable

from gate.model import (
    NOBODYS,
    UNOWNED,
    Difference,
    Finding,
    Kind,
    Result,
    ScenarioResult,
    ScenarioVerdict,
    Severity,
    SideName,
    Verdict,
)

_PLAIN_NAME = re.compile(r"[^A-Za-z0-9._/:+-]")
_GLOB = 100
_PLURALS = {"stimulus": "stimuli"}
_ABSENT = {Kind.MISSING: SideName.CANDIDATE, Kind.EXTRA: SideName.BASELINE, Kind.DUPLICATE: SideName.BASELINE}

KINDS = {
    Kind.MISSING: "missing in candidate",
    Kind.EXTRA: "only in candidate",
    Kind.CHANGED: "changed",
    Kind.TYPE: "type changed",
    Kind.ORDER: "order changed",
    Kind.DUPLICATE: "count changed",
    Kind.STATUS: "status changed",
    Kind.SCHEMA: "schema changed",
    Kind.TIMING: "timing changed",
}


def how(difference: Difference) -> str:
    """How two sides differ here; of a column or a table that one of them lacks, which one."""
    if (lacking := absent(difference)) and difference.kind is Kind.SCHEMA:
        return KINDS[Kind.MISSING if lacking is SideName.CANDIDATE else Kind.EXTRA]
    return KINDS[difference.kind]


def absent(difference: Difference) -> SideName | None:
    """The side that has nothing here, by the kind of the difference."""
    if difference.kind is Kind.SCHEMA:
        values = {SideName.BASELINE: difference.baseline, SideName.CANDIDATE: difference.candidate}
        return next((side for side, value in values.items() if value is None), None)
    return _ABSENT.get(difference.kind)


def part(item: Difference | Finding) -> str:
    """The part of a report that something stands in: its channel, or ``schema``."""
    return "schema" if item.kind == Kind.SCHEMA else str(item.channel)


def place(finding: Finding) -> str:
    """What the operation of a finding is: a ``table``, ``cache keys``, a ``call``."""
    return {"schema": "table", "cache": "cache keys"}.get(part(finding), str(finding.channel))


def sentence(result: Result) -> str:
    """The verdict as one sentence."""
    match result.verdict:
        case Verdict.PASS:
            return f"Pass: {_passed(result)}."
        case Verdict.FAIL:
            return f"Fail: {_failed(result)}."
        case Verdict.INCONCLUSIVE:
            return f"Inconclusive: {_unjudged(result)}."


def _passed(result: Result) -> str:
    total = len(result.replayed)
    tally = Counter(scenario.verdict for scenario in result.replayed)
    if result.findings and not open_findings(result):
        return f"all that changed is approved ({count(len(result.findings), 'finding')})"
    if tally[ScenarioVerdict.IDENTICAL] < total:
        return f"nothing changed that matters; {of(tally[ScenarioVerdict.DIFFERENT], total)} show differences"
    if total == 1:
        return "the scenario behaves as on the baseline"
    return f"all {count(total, 'scenario')} behave as on the baseline"


def _failed(result: Result) -> str:
    found = open_findings(result)
    if not found:
        return result.reasons[0].rstrip(".") if result.reasons else "the reason was not recorded"
    touched = {name for finding in found for name in finding.scenarios}
    several = of(len(touched - {UNOWNED}), len(result.replayed))
    places = [several] if touched != {UNOWNED} else []
    places += [NOBODYS.says] if UNOWNED in touched else []
    return f"{count(len(found), 'finding')} in {' and in '.join(places)}"


def _unjudged(result: Result) -> str:
    missing = {s.name for s in result.scenarios if s.verdict is ScenarioVerdict.NOT_RUN or s.problems}
    if missing:
        lacking = of(len(missing - {UNOWNED}), len(result.replayed)) if missing != {UNOWNED} else NOBODYS.says
        return f"evidence is missing for {lacking}, so nothing is proven"
    why = result.reasons[0].rstrip(".") if result.reasons else "the reason was not recorded"
    return f"the gate could not judge this change: {why}"


def reasons(result: Result) -> list[str]:
    """The reasons that say more than the verdict and the problems already do."""
    if result.verdict is Verdict.PASS:
        return list(result.reasons[1:])  # the first says that it is one
    told = {f"{scenario.name}: {problem}" for scenario in result.scenarios for problem in scenario.problems}
    lead = sentence(result)
    return [reason for reason in result.reasons if reason not in told and reason.rstrip(".") not in lead]


def tally(result: Result) -> str:
    """How many scenarios ended how."""
    counts = Counter(scenario.verdict for scenario in result.replayed)
    return (
        f"{count(len(result.replayed), 'scenario')}: {counts[ScenarioVerdict.DIFFERENT]} different, "
        f"{counts[ScenarioVerdict.IDENTICAL]} identical, {counts[ScenarioVerdict.NOT_RUN]} not run"
    )


def count(number: int, noun: str) -> str:
    """A number and its noun."""
    return f"{number:,} {noun if number == 1 else _PLURALS.get(noun, noun + 's')}"


def of(part: int, whole: int) -> str:
    """So many of all scenarios."""
    return f"{part:,} of {count(whole, 'scenario')}"


def percent(similarity: float | None) -> str:
    """Rounded down, so that only what is wholly equal reads 100 %."""
    if similarity is None or math.isnan(similarity):
        return "not measured"
    if similarity >= 1:
        return "100 %"
    tenths = math.floor(max(similarity, 0.0) * 1000)
    return "under 0.1 %" if not tenths and similarity > 0 else f"{tenths / 10:.1f} %"


def micros(value: int) -> str:
    """Microseconds in the unit that reads best."""
    if value < 1000:
        return f"{value} µs"
    return f"{value / 1000:.1f} ms" if value < 1_000_000 else f"{value / 1_000_000:.2f} s"


def ranked(findings: Iterable[Finding]) -> list[Finding]:
    """Worst first, what is approved last; among equals as the result has them, which puts what tells most first."""
    order = {severity.name.lower(): severity.value for severity in Severity}
    # A severity that this version does not know is shown before those that it knows to be harmless.
    return sorted(findings, key=lambda f: (f.approved, order.get(f.severity, 0), f.rank))


def open_findings(result: Result) -> list[Finding]:
    """Those that nobody approved, worst first."""
    return [finding for finding in ranked(result.findings) if not finding.approved]


def worst_scenarios(scenarios: Iterable[ScenarioResult]) -> list[ScenarioResult]:
    """What needs eyes first: what was not run, then what differs most."""
    order = {ScenarioVerdict.NOT_RUN: 0, ScenarioVerdict.DIFFERENT: 1, ScenarioVerdict.IDENTICAL: 2}
    return sorted(scenarios, key=lambda s: (order[s.verdict], not s.problems, s.similarity or 0.0, s.name))


def entities(evidence: Iterable[Difference]) -> list[str]:
    """What the differences are about, each once."""
    return list(dict.fromkeys(item.entity for item in evidence if item.entity))


def triggers(evidence: Iterable[Difference]) -> list[str]:
    """The stimuli that caused the differences, each once, in order."""
    return list(dict.fromkeys(trigger for item in evidence for trigger in item.triggers))


def command(result: Result, scenarios: Iterable[str] = ()) -> str:
    """The command that replays these scenarios, safe to paste into a shell."""
    said = list(result.command)
    if said[1:2] == ["run"]:  # what it took by itself is another commit tomorrow
        for side in result.sides.values():
            said += (
                [f"--{side.name}", side.commit[:12]] if side.commit and f"--{side.name}" not in said else []
            )
    words = [word if word.isprintable() and word.isascii() else "?" for word in said]
    named = list(scenarios)
    for name in named if UNOWNED not in named else ():  # what belongs to none shows when all are replayed
        # ``--scenario`` takes globs: ``?`` stands for whatever a shell or a glob would read otherwise.
        glob = _PLAIN_NAME.sub("?", name)
        words += ["--scenario", glob if len(glob) <= _GLOB else f"{glob[:_GLOB]}*"]
    return shlex.join(words)
