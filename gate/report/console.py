"""The few lines that a terminal shows at the end of a run."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from gate.model import Finding, Result, ScenarioVerdict, Verdict
from gate.report import words
from gate.report.facts import sealing, unsealed_because
from gate.report.inert import short

_FINDINGS = 10
_PROBLEMS = 5
_NAMES = 3
_WIDE = 200
_INDENT = " " * 6
_COLOURS = {Verdict.PASS: "1;32", Verdict.FAIL: "1;31", Verdict.INCONCLUSIVE: "1;33"}
_BOLD = "1"
_DIM = "2"

_Paint: TypeAlias = Callable[[str, str], str]


def console(result: Result, colour: bool, report: str = "") -> str:
    """Findings with what triggered them, the verdict, what is missing, counts, and where the report is."""
    paint = _paint if colour else _keep
    blocks = [
        "\n".join(lines)
        for lines in (
            list(_findings(result, paint)),
            list(_verdict(result, paint)),
            list(_problems(result)),
            list(_end(result, report, paint)),
        )
        if lines
    ]
    return "\n\n".join(blocks) + "\n"


def _findings(result: Result, paint: _Paint) -> Iterator[str]:
    ranked = words.ranked(result.findings)
    for finding in ranked[:_FINDINGS]:
        yield from _finding(finding, result.verdict, paint)
    if len(ranked) > _FINDINGS:
        yield f"{_INDENT}and {words.count(len(ranked) - _FINDINGS, 'more finding')} in the report"


def _finding(finding: Finding, verdict: Verdict, paint: _Paint) -> Iterator[str]:
    # Only what counts against the change reads FAIL; elsewhere a finding is news, not the verdict.
    fails = verdict is Verdict.FAIL and not finding.approved
    tag = paint("FAIL", _COLOURS[verdict]) if fails else "NOTE"
    title = paint(short(finding.title, _WIDE), _BOLD)
    yield f"{tag}  {title}{' (approved)' if finding.approved else ''}"
    about = (
        _some(words.entities(finding.evidence)) or f"{words.place(finding)} {short(finding.operation, 80)}"
    )
    yield f"{_INDENT}{about} in {_some(finding.scenarios)}"
    if caused := words.triggers(finding.evidence):
        yield f"{_INDENT}triggers: {_some(caused)}"


def _verdict(result: Result, paint: _Paint) -> Iterator[str]:
    tag, _, rest = words.sentence(result).partition(": ")
    yield f"{paint(tag.upper(), _COLOURS[result.verdict])}  {short(rest, _WIDE)}"
    for reason in words.reasons(result)[:_PROBLEMS]:
        yield f"{_INDENT}{short(reason, _WIDE)}"
    if sealing(result) == "unsealed":
        yield f"{_INDENT}unsealed: {short(unsealed_because(result), _WIDE)}"


def _problems(result: Result) -> Iterator[str]:
    troubled = [s for s in result.scenarios if s.problems or s.verdict is ScenarioVerdict.NOT_RUN]
    for scenario in troubled[:_PROBLEMS]:
        yield f"{scenario.verdict}  {short(scenario.name, 80)}"
        for problem in scenario.problems[:_PROBLEMS] or ("the reason was not recorded",):
            yield f"{_INDENT}{short(problem, _WIDE)}"
    if len(troubled) > _PROBLEMS:
        yield f"{_INDENT}and {words.count(len(troubled) - _PROBLEMS, 'more scenario')} without full evidence"


def _end(result: Result, report: str, paint: _Paint) -> Iterator[str]:
    yield words.tally(result)
    if report:
        yield f"{paint('report:', _DIM)} {short(report, 1000)}"


def _some(names: tuple[str, ...] | list[str]) -> str:
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return ", ".join(short(name, 80) for name in names[:_NAMES]) + more


def _paint(text: str, code: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m"


def _keep(text: str, code: str) -> str:
    return text
