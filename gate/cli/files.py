"""Writes what a run leaves, and tells how far it is."""

import sys
import time
from collections.abc import Collection, Iterable
from pathlib import Path

import click

from gate.bundle import pack
from gate.cli.say import flush_output, let_go_of_streams, say, tell
from gate.errors import InconclusiveError, RequestError
from gate.model import Bundle, Manifest, Result, SideName, Verdict
from gate.pipeline import State
from gate.progress import Finished, Notice, PhaseStarted, Progress, ScenarioJudged, ScenarioSent
from gate.report import GENERATOR, console, pages, summary, to_json

_REPORTS = ("result.json", "summary.md", "report/*.html", *(f"{side}.repro" for side in SideName))
_LOGS = tuple(f"logs/{side}/*.log" for side in SideName)
"""What a run leaves."""


def follow(progress: Iterable[Progress]) -> Result:
    """Tell progress on standard error, and return the result."""
    live = sys.stderr.isatty()
    for event in progress:
        match event:
            case PhaseStarted():
                _tell(f"{event.says} …", live)
            case ScenarioSent() if live or event.done in (event.total, event.total // 2):
                _tell(f"  replayed {event.done}/{event.total} {event.scenario}", live)
            case ScenarioJudged() if event.result.problems or event.result.differences:
                _tell(f"  {event.result.verdict}: {event.result.name}", live, keep=True)
            case Notice():
                _tell(event.says, live, keep=True)
            case Finished():
                _tell("", live)
                return event.result
    raise AssertionError("a run ends with its result")


def _tell(text: str, live: bool, keep: bool = False) -> None:
    if live:
        tell(f"\r\x1b[K{text}", end="\n" if keep else "")
    elif text:
        tell(text)


def claim(folder: Path, spare: Iterable[Path] = ()) -> None:
    """Make a folder ready for a run: what an earlier one left there must not pass for this one's, and goes.

    What is to be read from there is spared. Raises RequestError where a file that no run left would be overwritten.
    """
    spared = {path.resolve() for path in spare}
    if _is_of_a_run(folder):
        _forget(folder, spared)
        return
    for path in (path for pattern in _REPORTS for path in folder.glob(pattern)):
        if path.resolve() not in spared:
            raise RequestError(f"{path}: is in the way, and no run left it; give another --out")


def _forget(folder: Path, spared: Collection[Path] = ()) -> None:
    for pattern in (*_REPORTS, *_LOGS):
        for path in folder.glob(pattern):
            if path.resolve() not in spared:
                path.unlink(missing_ok=True)


def _is_of_a_run(folder: Path) -> bool:
    """By the first page of a report, which is written first, or by the result, which is written last."""
    for name, sign in (("report/index.html", GENERATOR), ("result.json", '"run_id"')):
        try:
            if sign.encode() in (folder / name).read_bytes():
                return True
        except OSError:
            continue
    return False


def write_run(result: Result, state: State, folder: Path) -> Path:
    """Write every file of a run; returns the path of the report. Raises InconclusiveError where that fails."""
    try:
        (folder / "report").mkdir(parents=True, exist_ok=True)
        for name, page in pages(result).items():
            _write(folder / "report" / name, page.encode())
        _write(folder / "summary.md", summary(result).encode())
        for side, found in state.observations.items():
            recordings = {name: one.recording for name, one in found.items()}
            bundle = Bundle(manifest=Manifest(name=f"{result.service}-{side}"), recordings=recordings)
            try:
                pack(bundle, folder / f"{side}.repro")
            except RequestError as error:  # a bundle may hold less than a hostile service can say
                _tell(f"{side}.repro is not written: {error}", live=False)
        _write(folder / "result.json", to_json(result))
    except (OSError, InconclusiveError) as error:
        _forget(folder)  # half of it would be taken for the whole
        why = getattr(error, "strerror", None) or error
        raise InconclusiveError(
            f"{folder}: cannot write the report: {why}; the verdict was {result.verdict}; "
            "free some space, or give another --out"
        ) from None
    return folder / "report" / "index.html"


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    beside = path.with_name(f".{path.name}.{time.monotonic_ns()}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def ended(result: Result, state: State, folder: Path, form: str) -> int:
    """Write the files of a run, show its result, say why it could not judge; the exit code of its verdict."""
    report = write_run(result, state, folder)
    show(result, report, form)
    if state.stopped or result.verdict is Verdict.INCONCLUSIVE:
        more = f" (and {len(result.reasons) - 1} more)" if len(result.reasons) > 1 else ""
        logs = f"; the logs are in {folder / 'logs'}" if (folder / "logs").is_dir() else ""
        say(f"{result.verdict}: {result.reasons[0]}{more}{logs}")
    return result.verdict.exit_code


def show(result: Result, report: Path, form: str) -> None:
    """Print the result: the few lines for a person, or result.json."""
    try:
        if form == "json":
            click.echo(to_json(result).decode())
        else:
            click.echo(console(result, colour=sys.stdout.isatty(), report=str(report)), nl=False)
        flush_output()
    except BrokenPipeError:  # the verdict stands, and the files are written
        let_go_of_streams()
