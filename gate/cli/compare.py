"""``gate compare``."""

from pathlib import Path

import click

from gate import wiring
from gate.cli.files import claim, ended, follow
from gate.cli.own import out_option, run_folder
from gate.compare.ignore import steps_of
from gate.config import Compare
from gate.pipeline import State, run

_LONGEST = 24 * 60 * 60


def _seconds(_context: click.Context, _option: click.Parameter, value: float) -> float:
    if not 0 <= value <= _LONGEST:  # true of what is no number, too
        raise click.BadParameter(f"{value} is not between 0 and {_LONGEST} seconds")
    return value


def _paths(_context: click.Context, _option: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    for rule in value:
        steps_of(rule)
    return value


@click.command()
@click.argument("baseline", type=click.Path(path_type=Path))
@click.argument("candidate", type=click.Path(path_type=Path))
@click.option("--scenario", "scenarios", multiple=True, help="Name or glob; may be given several times.")
@click.option(
    "--ignore",
    multiple=True,
    callback=_paths,
    help="JSONPath that does not count, such as '$.headers.date'.",
)
@click.option(
    "--time-tolerance",
    default=2.0,
    show_default=True,
    callback=_seconds,
    help="Seconds that times may be apart.",
)
@out_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def compare(
    baseline: Path,
    candidate: Path,
    scenarios: tuple[str, ...],
    ignore: tuple[str, ...],
    time_tolerance: float,
    out: Path | None,
    form: str,
) -> int:
    """Compare two recordings, folders or .repro files; no environment is started.

    \b
    gate compare .gate/runs/A/candidate.repro .gate/runs/B/candidate.repro
    """
    run_id = wiring.new_run_id()
    rules = Compare(ignore=ignore, time=time_tolerance)
    job = wiring.comparison(run_id, baseline, candidate, scenarios, rules)
    folder = run_folder(out, run_id)
    claim(folder, (baseline, candidate))
    state = State()
    return ended(follow(run(job, state)), state, folder, form)
