"""``gate bundle``: pack, unpack, verify and show bundles."""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from gate.bundle import pack, read, shown, unpack
from gate.errors import GateError, RequestError
from gate.model import Bundle, Channel, Event, Json, Recording

_PATH = click.Path(path_type=Path)
_COLUMNS = (Channel.CALL, Channel.ROW, Channel.MESSAGE, Channel.CACHE)


@click.group()
def bundle() -> None:
    """Pack, unpack, verify and show bundles of recorded scenarios."""


@bundle.command("pack")
@click.argument("directory", type=_PATH)
@click.option("-o", "--out", type=_PATH, help="The file to make; else DIRECTORY.repro beside it.")
def pack_command(directory: Path, out: Path | None) -> None:
    """Make a bundle's DIRECTORY one .repro file; the same content gives the same bytes.

    Request files that are not sealed yet are sealed in the packed file. The directory stays as it is.

    Example: gate bundle pack bundles/billing -o billing.repro
    """
    target = out or directory.absolute().with_name(f"{directory.absolute().name}.repro")
    digest = pack(directory, target)
    click.echo(f"{shown(str(target))}  {target.stat().st_size:,} bytes  sha256 {digest}")


@bundle.command("unpack")
@click.argument("file", type=_PATH)
@click.argument("directory", type=_PATH)
def unpack_command(file: Path, directory: Path) -> None:
    """Unpack a .repro FILE into DIRECTORY, which must be empty or not there yet.

    Nothing is written unless all of the file is sound.

    Example: gate bundle unpack billing.repro bundles/billing
    """
    digest = unpack(file, directory)
    click.echo(f"{shown(str(directory))}  sha256 {digest}")


@bundle.command("verify")
@click.argument("paths", metavar="PATH...", type=_PATH, nargs=-1, required=True)
def verify_command(paths: Sequence[Path]) -> None:
    """Check every byte of bundles: limits, paths, checksums, versions and each event.

    Ends with exit code 2 where one cannot be read; the others are still checked.

    Example: gate bundle verify bundles/*
    """
    failures: list[GateError] = []
    for path in paths:
        try:
            found = read(path)
        except GateError as error:
            failures.append(error)
            continue
        scenarios = len(found.recordings)
        click.echo(f"ok  {shown(str(path))}  {_count(scenarios, 'scenario')}  sha256 {found.digest}")
    if len(failures) == 1:
        raise failures[0]
    if failures:
        for failure in failures:
            click.echo(str(failure), err=True)
        raise RequestError(
            f"verify: {len(failures)} of {len(paths)} bundles cannot be read; see the lines above"
        )


@bundle.command("show")
@click.argument("path", type=_PATH)
@click.option("--scenario", metavar="NAME", help="Show the events of this scenario, one a line.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def show_command(path: Path, scenario: str | None, form: str) -> None:
    """Show what a bundle holds: its scenarios, or the events of one.

    What was recorded is shown harmless: control characters are spelt out.

    Example: gate bundle show bundles/billing --scenario checkout
    """
    found = read(path)
    if scenario is not None:
        recording = found.recordings.get(scenario)
        if recording is None:
            raise RequestError(
                f"bundle {shown(path.name)}: has no scenario '{shown(scenario)}'; "
                f"run 'gate bundle show {shown(str(path))}' to see which there are"
            )
        lines = _events_json(recording) if form == "json" else _events_text(recording)
    else:
        lines = _bundle_json(found) if form == "json" else _bundle_text(found)
    click.echo("\n".join(lines))


def _bundle_text(found: Bundle) -> list[str]:
    rows = [["scenario", "tags", "stimuli", *(f"{channel}s" for channel in _COLUMNS), "says"]]
    for name, recording in found.recordings.items():
        counts = [len(recording.stimuli), *(len(recording.on(channel)) for channel in _COLUMNS)]
        tags = shown(",".join(recording.header.tags), 40) or "-"
        rows.append([name, tags, *(str(count) for count in counts), shown(recording.header.says, 60)])
    heading = [
        f"{shown(found.manifest.name)}  {_count(len(found.recordings), 'scenario')}  sha256 {found.digest}",
        *(
            f"state {shown(part.store)}: {shown(part.kind)} {part.path}  {len(found.payloads[part.path]):,} bytes"
            for part in found.manifest.state
        ),
    ]
    return [*heading, "", *_table(rows, right=range(2, 3 + len(_COLUMNS)))]


def _bundle_json(found: Bundle) -> list[str]:
    scenarios: list[Json] = [
        {
            "name": name,
            "says": recording.header.says,
            "tags": list(recording.header.tags),
            "stimuli": len(recording.stimuli),
            **{f"{channel}s": len(recording.on(channel)) for channel in _COLUMNS},
        }
        for name, recording in found.recordings.items()
    ]
    return [_json({"name": found.manifest.name, "digest": found.digest, "scenarios": scenarios})]


def _events_text(recording: Recording) -> list[str]:
    began = _began(recording)
    rows = [
        [_shown_ms(_ms(event, began)), event.channel, shown(event.operation), _outcome(event)]
        for event in recording.events
    ]
    return _table([["ms", "channel", "operation", "outcome"], *rows], right=range(1))


def _events_json(recording: Recording) -> list[str]:
    began = _began(recording)
    return [
        _json(
            {
                "seq": event.seq,
                "ms": _ms(event, began),
                "channel": event.channel,
                "operation": event.operation,
                "outcome": _outcome(event),
                "trace_id": event.lineage,
            }
        )
        for event in recording.events
    ]


def _ms(event: Event, began: int) -> float | None:
    """Milliseconds since the scenario began; a final row or cache key has no time."""
    return None if event.channel in (Channel.ROW, Channel.CACHE) else (event.started_at - began) / 1000


def _shown_ms(moment: float | None) -> str:
    return "" if moment is None else f"{moment:.3f}"


def _began(recording: Recording) -> int:
    return recording.header.started_at or min(
        (one.started_at for one in recording.events if one.started_at or one.channel is Channel.REQUEST),
        default=0,
    )


def _outcome(event: Event) -> str:
    output = event.output
    match event.channel:
        case Channel.ROW | Channel.CACHE:
            return "deleted" if output is None else "changed" if event.inputs.get("existed") else "created"
        case Channel.MESSAGE:
            return f"key {shown(str(event.inputs.get('key')), 60)}"
        case Channel.LOG:
            return shown(str(event.inputs.get("level")), 60)
        case Channel.REQUEST | Channel.CALL:
            if output is None:
                return "not recorded"
            error = output.get("error")
            return str(output.get("status")) if error is None else f"error: {shown(str(error), 60)}"


def _table(rows: Sequence[Sequence[str]], right: range) -> list[str]:
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    return [
        "  ".join(
            cell.rjust(width) if index in right else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _json(document: Json) -> str:
    return json.dumps(document)  # in ASCII: what could steer a terminal is escaped
