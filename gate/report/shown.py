"""The differences of a scenario in the order in which people should read them."""

from collections.abc import Sequence
from dataclasses import dataclass

from gate.model import Channel, Difference, Finding, ScenarioResult
from gate.report.cells import Cell, cells
from gate.report.words import KINDS, ranked

LIMIT = 200
# What reached others comes first: a call cannot be taken back, a response often can.
ORDER = (Channel.CALL, Channel.MESSAGE, Channel.ROW, Channel.REQUEST, Channel.LOG)
_NOUNS = {
    Channel.CALL: "call",
    Channel.MESSAGE: "message",
    Channel.ROW: "row",
    Channel.REQUEST: "response",
    Channel.LOG: "line",
}
TITLES = {
    Channel.CALL: "Outward calls",
    Channel.MESSAGE: "Messages",
    Channel.ROW: "Rows",
    Channel.REQUEST: "Responses",
    Channel.LOG: "Logs",
}


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
    """The differences of one channel; ``total`` counts those that are not shown as well."""

    channel: Channel
    title: str
    total: int
    blocks: tuple[Block, ...]


def groups(scenario: ScenarioResult, findings: Sequence[Finding]) -> list[Group]:
    """All channels that differ, the worst differences of each first, at most ``LIMIT`` in sum."""
    rated = _rated(scenario, findings)
    chosen = rated[:LIMIT]
    found = []
    for channel in ORDER:
        total = sum(item.channel is channel for item, _ in rated)
        members = [(item, finding) for item, finding in chosen if item.channel is channel]
        if total:
            found.append(Group(channel=channel, title=TITLES[channel], total=total, blocks=_blocks(members)))
    return found


def _rated(scenario: ScenarioResult, findings: Sequence[Finding]) -> list[tuple[Difference, Finding | None]]:
    """Each difference with the finding that it is evidence of, the worst first."""
    order = ranked(findings)
    places = {_key(item): place for place, finding in enumerate(order) for item in finding.evidence}
    rated = [(places.get(_key(item), len(order)), item) for item in scenario.differences]
    rated.sort(key=lambda pair: (pair[0], ORDER.index(pair[1].channel)))
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


def line_of(item: Difference) -> Line:
    """One difference as a line."""
    baseline, candidate = cells(item)
    return Line(
        says=KINDS[item.kind],
        noun=_NOUNS[item.channel],
        path=item.path,
        baseline=baseline,
        candidate=candidate,
    )


def _events(item: Difference) -> tuple[str | None, str | None]:
    return item.event.get("baseline"), item.event.get("candidate")
