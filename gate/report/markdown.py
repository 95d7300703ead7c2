"""summary.md: what the comment on a pull request says; nothing that was recorded acts as Markdown in it."""

import re
from collections.abc import Sequence

from gate.model import Finding, Result, ScenarioVerdict, Verdict
from gate.report import words
from gate.report.cells import Cell, cells
from gate.report.facts import allowed, sealing, unsealed_because
from gate.report.inert import line, spelt

LIMIT = 60_000
_FINDINGS = 20
_PROBLEMS = 10
_NAMES = 3
_ALLOWED = 10
_MARKS = {Verdict.PASS: "✅", Verdict.FAIL: "❌", Verdict.INCONCLUSIVE: "⚠️"}
# A word that neither Markdown nor GitHub reads as anything but a word: no mention, no link, no commit, no emoji.
_WORD = re.compile(
    r"(?![a-f]{7})\(?[A-Za-zÀ-ÖØ-öø-ÿ]+(?:['’-][A-Za-zÀ-ÖØ-öø-ÿ]+)*[,:;.!?)]{0,2}"
    r"|\(?\d{1,6}[,:;%]?"
    r"|[→—–]"
)
_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(?::\d+)?/[A-Za-z0-9._~/?&=%+-]*")


def summary(result: Result, report: str = "report/index.html") -> str:
    """The comment; ``report`` is where the pages are, an address or a path."""
    for shown in (_FINDINGS, 10, 5, 1, 0):
        text = _summary(result, report, shown)
        if len(text.encode()) <= LIMIT:
            return text
    end = "\n\n(cut here; everything is in result.json)\n"
    return text.encode()[: LIMIT - len(end)].decode(errors="ignore") + end


def _summary(result: Result, report: str, shown: int) -> str:
    parts = [
        f"## {_MARKS[result.verdict]} {prose(words.sentence(result))}",
        _warnings(result),
        "\n".join(f"- {prose(reason)}" for reason in words.reasons(result)[:_PROBLEMS]),
        _table(result, shown),
        _problems(result),
        f"{words.tally(result)}.",
        f"Reproduce with\n\n```sh\n{line(words.command(result, _worst_names(result)))}\n```",
        f"Full report: {_link(report)}",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(result: Result, shown: int) -> str:
    ranked = words.ranked(result.findings)
    if not ranked:
        return ""
    rows = ["| severity | what changed | where | baseline | candidate |", "| --- | --- | --- | --- | --- |"]
    rows += [_row(finding) for finding in ranked[:shown]]
    left = len(ranked) - shown
    more = f"\n\n{words.count(left, 'more finding')} in the report, none of them worse." if left > 0 else ""
    return "\n".join(rows) + more


def _row(finding: Finding) -> str:
    names = _some(finding.scenarios)
    place = f"{words.place(finding)} {code(finding.operation, 120)}"
    if finding.path != "$":
        place += f" {code(finding.path, 120)}"
    about, caused = _some(words.entities(finding.evidence)), _some(words.triggers(finding.evidence))
    where = f"{place}<br>{f'{about} ' if about else ''}in {names}"
    where += f"<br>triggered by {caused}" if caused else ""
    sides = cells(finding.evidence[0]) if finding.evidence else ()
    values = [_cell(cell) for cell in sides] or ["", ""]
    state = f"{prose(finding.severity)}{' (approved)' if finding.approved else ''}"
    return f"| {state} | {prose(finding.title)} | {where} | {' | '.join(values)} |"


def _some(names: Sequence[str]) -> str:
    """The first of some names, and how many there are besides."""
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return ", ".join(code(name, 80) for name in names[:_NAMES]) + more


def _cell(cell: Cell) -> str:
    text = "".join(run.text for run in cell.runs)
    # The layout of a document is of no use on one line; a string in it holds no line break.
    text = re.sub(r"(?<=[\[{])\n\s*|\n\s*(?=[\]}])", "", text)
    text = re.sub(r"\n\s*", " ", text)
    return " ".join(filter(None, (cell.note, code(text, 160) if text else "")))


def _warnings(result: Result) -> str:
    lines = []
    if result.verdict is Verdict.INCONCLUSIVE:
        lines.append("> This is not a pass: the gate saw too little to judge the change.")
    if sealing(result) == "unsealed":
        lines.append(f"> **unsealed**: {prose(unsealed_because(result))}.")
    if let := allowed(result):
        names = ", ".join(code(name, 120) for name in let[:_ALLOWED])
        more = f" and {len(let) - _ALLOWED} more" if len(let) > _ALLOWED else ""
        lines.append(f"> gate.yml lets through the seal: {names}{more}")
    return "\n>\n".join(lines)


def _problems(result: Result) -> str:
    troubled = [s for s in result.scenarios if s.problems or s.verdict is ScenarioVerdict.NOT_RUN]
    if not troubled:
        return ""
    lines = ["**Evidence that is missing**", ""]
    for scenario in troubled[:_PROBLEMS]:
        says = (
            "; ".join(prose(problem) for problem in scenario.problems[:_NAMES])
            or "the reason was not recorded"
        )
        lines.append(f"- {code(scenario.name, 80)}: {says}")
    if len(troubled) > _PROBLEMS:
        lines.append(f"- and {len(troubled) - _PROBLEMS} more")
    return "\n".join(lines)


def _worst_names(result: Result) -> list[str]:
    worst = words.open_findings(result) or words.ranked(result.findings)
    lost = [item.name for item in result.scenarios if item.verdict is ScenarioVerdict.NOT_RUN]
    names = dict.fromkeys(
        name for names in (*(finding.scenarios for finding in worst), lost) for name in names
    )
    return list(names)[:_NAMES]


def _link(report: str) -> str:
    return (
        f"[open]({report})" if _ADDRESS.fullmatch(report) else f"{code(report, 300)} in the files of the run"
    )


def prose(text: str, limit: int = 300) -> str:
    """Text as prose as far as its words are harmless; the rest of it as code."""
    shown: list[tuple[bool, str]] = []
    for word in _short(text, limit).split():
        plain = bool(_WORD.fullmatch(word))
        if shown and shown[-1][0] == plain:
            shown[-1] = (plain, f"{shown[-1][1]} {word}")
        else:
            shown.append((plain, word))
    return " ".join(word if plain else code(word, limit) for plain, word in shown)


def code(text: str, limit: int) -> str:
    """A code span that nothing in the text can end, nor split the cell it stands in."""
    text = _short(text, limit)
    for char in "`|":
        text = text.replace(char, spelt(char))
    return f"`{text.strip()}`" if text.strip() else "(empty)"


def _short(text: str, limit: int) -> str:
    text = line(text)
    return text if len(text) <= limit else f"{text[:limit]}…"
