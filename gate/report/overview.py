"""The findings and scenarios of a run as the summary page lists them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gate.model import Finding, Result, ScenarioResult, Side
from gate.report.shown import Line, line_of
from gate.report.words import entities, ranked, triggers

FINDINGS = 100
_LINKS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A scenario by name, and the file of its page where it has one."""

    name: str
    href: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A finding with what a person needs to judge it."""

    finding: Finding
    where: tuple[Link, ...]
    more: int
    """Scenarios that are not linked."""
    example: Line | None
    entities: tuple[str, ...]
    unnamed: int
    """Entities that are not among them."""
    triggers: tuple[str, ...]


def entries(findings: Sequence[Finding], hrefs: Mapping[str, str]) -> list[Entry]:
    """Worst first, at most ``FINDINGS``."""
    return [_entry(finding, hrefs) for finding in ranked(findings)[:FINDINGS]]


def of_scenario(result: Result, scenario: ScenarioResult) -> list[Finding]:
    """The findings that show in a scenario, worst first."""
    return ranked(finding for finding in result.findings if scenario.name in finding.scenarios)


def commit(side: Side) -> str:
    """Which code a side is, short enough to read."""
    return side.commit[:12] if side.commit else ""


def images(side: Side) -> list[tuple[str, str]]:
    """The image of each service, by as much of its digest as is read."""
    return [(name, digest.removeprefix("sha256:")[:12]) for name, digest in sorted(side.images.items())]


def _entry(finding: Finding, hrefs: Mapping[str, str]) -> Entry:
    named = entities(finding.evidence)
    return Entry(
        finding=finding,
        where=tuple(Link(name=name, href=hrefs.get(name)) for name in finding.scenarios[:_LINKS]),
        more=max(len(finding.scenarios) - _LINKS, 0),
        example=line_of(finding.evidence[0]) if finding.evidence else None,
        entities=tuple(named[:_LINKS]),
        unnamed=max(len(named) - _LINKS, 0),
        triggers=tuple(triggers(finding.evidence)[:_LINKS]),
    )
