"""``gate compare``."""

from pathlib import Path

import click

from gate import wiring
from gate.cli.files import follow, show, write_run
from gate.config import Compare
from gate.pipeline import State, run


@click.command()
@click.argument("baseline", type=click.Path(path_type=Path))
@click.argument("candidate", type=click.Path(path_type=Path))
@click.option("--scenario", "scenarios", multiple=True, help="Name or glob; may be given several times.")
@click.option("--ignore", multiple=True, help="JSONPath that does not count, such as '$.headers.date'.")
@click.option("--time-tolerance", default=2.0, show_default=True, help="Seconds that times may be apart.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Where the files go. Default: .gate/runs/<run id>/"
)
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
    folder = out or Path(".gate") / "runs" / run_id
    rules = Compare(ignore=ignore, time=time_tolerance)
    job = wiring.comparison(run_id, baseline, candidate, scenarios, rules)
    result = follow(run(job, State()))
    report = write_run(result, {}, folder)
    show(result, report, form)
    return result.verdict.exit_code
