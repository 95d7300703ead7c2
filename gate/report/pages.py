"""report/*.html: the summary of a run, and a page for each scenario; self-contained and without script."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from gate.model import Channel, Kind, Result, ScenarioResult, SideName
from gate.report import words
from gate.report.aligned import align
from gate.report.context import logs, phases, started, timeline
from gate.report.facts import facts, sealing, table, unsealed_because
from gate.report.inert import clip, line, visible
from gate.report.overview import commit, entries, images, of_scenario
from gate.report.shown import LIMIT, groups, title
from gate.report.slugs import slugs
from gate.report.timeline import draw

GENERATOR = '<meta name="generator" content="Replay Gate">'
"""In every page, as base.html has it: what tells a folder of reports from any other."""
_COUNTED = {Kind.MISSING, Kind.EXTRA, Kind.DUPLICATE}


def pages(result: Result) -> Mapping[str, str]:
    """The pages by file name: ``index.html``, and one a scenario in the order of the result."""
    names = [scenario.name for scenario in result.scenarios]
    files = [f"{slug}.html" for slug in slugs(names)]
    # The first of two scenarios with one name is the one that a finding links to.
    hrefs = dict(reversed([*zip(names, files, strict=True)]))
    environment = _environment()
    environment.globals.update(
        result=result, sealing=sealing(result), unsealed_because=unsealed_because(result)
    )
    rendered = {"index.html": environment.get_template("index.html").render(_index(result, files, hrefs))}
    template = environment.get_template("scenario.html")
    for scenario, name in zip(result.scenarios, files, strict=True):
        rendered[name] = template.render(_scenario(result, scenario, hrefs))
    return rendered


def _index(result: Result, files: list[str], hrefs: Mapping[str, str]) -> dict[str, Any]:
    page_of = {id(scenario): name for scenario, name in zip(result.scenarios, files, strict=True)}
    shown = entries(result.findings, hrefs)
    return {
        "sentence": words.sentence(result),
        "reasons": words.reasons(result),
        "started": started(result),
        "entries": shown,
        "hidden": len(result.findings) - len(shown),
        "scenarios": [(item, page_of[id(item)]) for item in words.worst_scenarios(result.scenarios)],
        "problems": [item for item in result.scenarios if item.problems],
        "stimuli": sum(item.stimuli for item in result.scenarios),
        "differences": sum(len(item.differences) for item in result.scenarios),
        "phases": phases(result),
        "command": words.command(result),
    }


def _scenario(result: Result, scenario: ScenarioResult, hrefs: Mapping[str, str]) -> dict[str, Any]:
    found = of_scenario(result, scenario)
    events = timeline(result, scenario.name)
    return {
        "scenario": scenario,
        "entries": entries(found, hrefs),
        "groups": groups(scenario, found),
        "hidden": max(len(scenario.differences) - LIMIT, 0),
        "drawing": draw(events, _odd(scenario)),
        "events": sorted(events, key=lambda entry: (entry.at, entry.side)),
        "logs": align(logs(result, scenario.name)),
        "command": words.command(result, [scenario.name]),
    }


def _odd(scenario: ScenarioResult) -> frozenset[tuple[SideName, Channel, str]]:
    """The operations that one side did more often than the other, and which side that is."""
    return frozenset(
        (
            SideName.BASELINE if item.counts[0] > item.counts[1] else SideName.CANDIDATE,
            item.channel,
            item.operation,
        )
        for item in scenario.differences
        if item.kind in _COUNTED and item.counts and item.counts[0] != item.counts[1]
    )


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("gate.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # Whatever a template prints passes here first, so no template can forget it.
        finalize=_finalize,
    )
    environment.filters.update(
        line=line,
        clip=clip,
        percent=words.percent,
        micros=words.micros,
        facts=facts,
        table=table,
        commit=commit,
        images=images,
    )
    environment.globals.update(count=words.count, part=title)
    return environment


def _finalize(value: object) -> object:
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return visible(value)
