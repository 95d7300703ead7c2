"""Group the differences of all scenarios into findings, the worst first."""

import hashlib
import re
from collections.abc import Mapping, Sequence

from gate.config.jsonpath import Step, covers, parse
from gate.explain.words import title
from gate.identity.renaming import TIME
from gate.model import Channel, Comparison, Difference, Finding, Kind, Severity, canonical

_EFFECTS = {
    Channel.CALL: 0,
    Channel.MESSAGE: 2,
    Channel.ROW: 4,
    Channel.CACHE: 5,
    Channel.REQUEST: 6,
}
"""Rank of a lost or repeated effect by channel; a status stands with the requests."""
_SCHEMA = 8
"""Rank of a column or table that one side lacks: worse than a value, since others may read it."""
_VALUES = {
    Channel.ROW: 10,
    Channel.REQUEST: 12,
    Channel.CALL: 14,
    Channel.CACHE: 14,
    Channel.MESSAGE: 16,
    Channel.LOG: 18,
}
"""Rank of a changed value by channel: what is kept, what is told, what is passed on."""
_UNORDERED = frozenset({Channel.ROW, Channel.CALL, Channel.CACHE})
_WHOLE = frozenset({Kind.DUPLICATE, Kind.ORDER, Kind.STATUS})
_STATES = frozenset({"status", "state"})
_INDEX = re.compile(r"\[\d+\]")


def findings(comparisons: Sequence[Comparison], highlight: Sequence[str] = ()) -> tuple[Finding, ...]:
    """Findings over all scenarios; each difference stands in exactly one.

    Those at a path of ``highlight`` come first among findings of their rank.
    """
    groups: dict[tuple[str, ...], list[tuple[str, Difference]]] = {}
    for comparison in comparisons:
        partner = _renamed_fields(comparison.differences)
        mine: dict[tuple[str, ...], list[Difference]] = {}
        for index, difference in enumerate(comparison.differences):
            mine.setdefault(_key(partner.get(index, difference)), []).append(difference)
        for key, members in mine.items():
            groups.setdefault(key, []).extend((comparison.scenario, one) for one in _sorted(key, members))
    found = [_finding(key, members) for key, members in groups.items()]
    rules = [parse(rule) for rule in highlight]
    return tuple(sorted(found, key=lambda finding: _order(finding, rules)))


def _order(
    finding: Finding, highlight: Sequence[tuple[Step, ...]]
) -> tuple[int, bool, int, int, int, str, str]:
    """Worst first; among equals, a column before what is nested in one, a state first and a time last."""
    depth = finding.path.count(".") + finding.path.count("[")
    dim = not (highlight and any(covers(rule, _steps(finding.evidence[0].path)) for rule in highlight))
    return (
        finding.rank,
        dim,
        depth,
        _weight(finding),
        -len(finding.scenarios),
        finding.operation,
        finding.path,
    )


def _steps(path: str) -> tuple[str | int, ...]:
    """The names and indexes of a difference's path; nothing where a name has characters that no rule can write."""
    try:
        return tuple(step.value for step in parse(path) if step.value is not None)
    except ValueError:
        return ()


def _weight(finding: Finding) -> int:
    if _INDEX.sub("", finding.path).rpartition(".")[2] in _STATES:
        return 0
    first = finding.evidence[0]
    return 2 if TIME in (first.baseline, first.candidate) else 1


def _key(difference: Difference) -> tuple[str, ...]:
    path = _INDEX.sub("[*]", difference.path)
    return str(difference.channel), str(difference.kind), difference.operation, path


def _sorted(key: tuple[str, ...], members: Sequence[Difference]) -> Sequence[Difference]:
    """By what they say, as rows and calls made at once come in another order in each run; a field that went first."""
    if members[0].channel not in _UNORDERED:
        return members
    return sorted(
        members, key=lambda d: (str(d.kind) != key[1], canonical([d.path, d.baseline, d.candidate, d.entity]))
    )


def _renamed_fields(differences: Sequence[Difference]) -> dict[int, Difference]:
    """A field that came where another with the same value went counts with the one that went."""
    lost = {
        (str(d.event), canonical(d.baseline)): d
        for d in differences
        if d.kind is Kind.MISSING and d.path != "$"
    }
    found: dict[int, Difference] = {}
    for index, difference in enumerate(differences):
        if difference.kind is Kind.EXTRA and difference.path != "$":
            twin = lost.get((str(difference.event), canonical(difference.candidate)))
            if twin is not None and twin.path.rpartition(".")[0] == difference.path.rpartition(".")[0]:
                found[index] = twin
    return found


def _finding(key: tuple[str, ...], members: Sequence[tuple[str, Difference]]) -> Finding:
    first = members[0][1]
    rank = _rank(first)
    evidence = tuple(difference for _, difference in members)
    same_scenario = [difference for scenario, difference in members if scenario == members[0][0]]
    return Finding(
        id=hashlib.sha256(canonical(key)).hexdigest(),
        title=title(same_scenario),
        severity=_severity(rank).name.lower(),
        rank=rank,
        class_="regression",
        channel=first.channel,
        kind=str(first.kind),
        operation=first.operation,
        path=key[3],
        scenarios=tuple(dict.fromkeys(scenario for scenario, _ in members)),
        trace_ids=tuple(dict.fromkeys(d.trace_id for d in evidence if d.trace_id)),
        evidence=evidence,
    )


def _rank(difference: Difference) -> int:
    """Lost or repeated effects first, then order, then values, by channel."""
    if difference.kind is Kind.SCHEMA:
        return _SCHEMA
    whole = difference.path == "$" or difference.kind in _WHOLE
    if not whole:
        return _VALUES[difference.channel]
    if difference.path != "$" and difference.kind is Kind.ORDER:  # of a list inside a document
        return _VALUES[difference.channel] + 1
    rank = _EFFECTS.get(difference.channel, 8)
    return rank + 1 if difference.kind is Kind.ORDER else rank


def _severity(rank: int) -> Severity:
    if rank <= 1:
        return Severity.CRITICAL
    if rank <= 7:
        return Severity.HIGH
    return Severity.MEDIUM if rank <= 14 else Severity.LOW


def suppressed(comparisons: Sequence[Comparison]) -> Mapping[str, int]:
    """How many differences each ignore rule left out, over all scenarios."""
    total: dict[str, int] = {}
    for comparison in comparisons:
        for rule, count in comparison.suppressed.items():
            total[rule] = total.get(rule, 0) + count
    return total
