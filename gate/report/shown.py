"""The differences of a scenario in the order in which people should read them."""

from collections.abc import Sequence
from dataclasses import dataclass

from gate.model import Difference, Finding, ScenarioResult
from gate.report.cells import Cell, cells
from gate.report.words import how, part, ranked

LIMIT = 200
# What reached others comes first: a call cannot be taken back, a response often can.
_PARTS = {
    "call": ("Outward calls", "call"),
    "message": ("Messages", "message"),
    "schema": ("Schema", "table"),
    "row": ("Rows", "row"),
    "cache": ("Cache keys", "cache key"),
    "request": ("Responses", "response"),
    "log": ("Logs", "line"),
}
"""Each part in its order: its title, and what one thing in it is called."""
_ORDER = tuple(_PARTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One difference."""

    says: str
    noun: str
    path: str
    baseline: Cell
    candidate: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The differences of one pair of events."""

    operation: str
    entity: str | None
    events: tuple[str | None, str | None]
    triggers: tuple[str, ...]
    severity: str | None
    approved: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The differences of one part; ``total`` counts those that are not shown as well."""

    name: str
    title: str
    total: int
    blocks: tuple[Block, ...]


def groups(scenario: ScenarioResult, findings: Sequence[Finding]) -> list[Group]:
    """All parts that differ, the worst differences of each first, at most ``LIMIT`` in sum."""
    rated = _rated(scenario, findings)
    chosen = rated[:LIMIT]
    found = []
    for name, (title, _) in _PARTS.items():
        total = sum(part(item) == name for item, _ in rated)
        members = [(item, finding) for item, finding in chosen if part(item) == name]
        if total:
            found.append(Group(name=name, title=title, total=total, blocks=_blocks(members)))
    return found


def _rated(scenario: ScenarioResult, findings: Sequence[Finding]) -> list[tuple[Difference, Finding | None]]:
    """Each difference with the finding that it is evidence of, the worst first."""
    order = ranked(findings)
    places = {_key(item): place for place, finding in enumerate(order) for item in finding.evidence}
    rated = [(places.get(_key(item), len(order)), item) for item in scenario.differences]
    rated.sort(key=lambda pair: (pair[0], _ORDER.index(part(pair[1]))))
    return [(item, order[place] if place < len(order) else None) for place, item in rated]


def _key(item: Difference) -> tuple[object, ...]:
    # What was seen may be deep and is not hashable; where it was seen is enough.
    return (item.channel, item.kind, item.operation, item.path, item.trace_id, item.entity, _events(item))


def _blocks(members: Sequence[tuple[Difference, Finding | None]]) -> tuple[Block, ...]:
    together: dict[object, list[tuple[Difference, Finding | None]]] = {}
    for item, finding in members:
        key = (item.operation, item.entity, _events(item), item.triggers)
        together.setdefault(key, []).append((item, finding))
    return tuple(_block(block) for block in together.values())


def _block(members: Sequence[tuple[Difference, Finding | None]]) -> Block:
    first = members[0][0]
    causes = ranked(finding for _, finding in members if finding)
    return Block(
        operation=first.operation,
        entity=first.entity,
        events=_events(first),
        triggers=first.triggers,
        severity=causes[0].severity if causes else None,
        approved=bool(causes) and all(finding.approved for finding in causes),
        lines=tuple(line_of(item) for item, _ in members),
    )


def title(finding: Finding) -> str:
    """The title of the part that a finding stands in."""
    return _PARTS[part(finding)][0]


def line_of(item: Difference) -> Line:
    """One difference as a line."""
    baseline, candidate = cells(item)
    return Line(
        says=how(item),
        noun=_PARTS[part(item)][1],
        path=item.path,
        baseline=baseline,
        candidate=candidate,
    )


def _events(item: Difference) -> tuple[str | None, str | None]:
    return item.event.get("baseline"), item.event.get("candidate")
