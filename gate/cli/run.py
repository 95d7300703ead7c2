"""``gate run``."""

import os
from pathlib import Path

import click

from gate import wiring
from gate.cli.files import follow, forget, show, write_run
from gate.cli.say import say
from gate.config.load import load
from gate.model import Verdict
from gate.pipeline import State
from gate.pipeline import run as run_job

_CONFIG = "gate.yml"


@click.command()
@click.option(
    "--config", default=_CONFIG, show_default=True, type=click.Path(path_type=Path), help="Settings."
)
@click.option("--environment", type=click.Choice(["process"]), default="process", show_default=True)
@click.option(
    "--baseline", help="Git ref, folder, or 'recorded'. Default: where the work left the main branch."
)
@click.option("--candidate", help="Git ref or folder. Default: the folder of gate.yml as it is.")
@click.option("--bundle", "bundles", multiple=True, help="Folder or .repro, instead of those of gate.yml.")
@click.option("--scenario", "scenarios", multiple=True, help="Name or glob; may be given several times.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Where the files go. Default: .gate/runs/<run id>/"
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def run(
    config: Path,
    environment: str,
    baseline: str | None,
    candidate: str | None,
    bundles: tuple[str, ...],
    scenarios: tuple[str, ...],
    out: Path | None,
    form: str,
) -> int:
    """Replay bundles against baseline and candidate, and judge.

    \b
    gate run                                   the work at hand against the main branch
    gate run --baseline v1.4 --candidate HEAD  two commits
    gate run --baseline recorded               production's recording against the work at hand
    """
    settings = load(config, os.environ)
    asked = wiring.Asked(
        settings=settings,
        baseline=baseline,
        candidate=candidate,
        bundles=bundles,
        scenarios=scenarios,
        command=_command(config, baseline, candidate, bundles),
    )
    return gate_run(asked, out, form)


def _command(
    config: Path, baseline: str | None, candidate: str | None, bundles: tuple[str, ...]
) -> tuple[str, ...]:
    """The words that give this run again; which scenarios is for the report to say."""
    words = ["gate", "run"]
    if str(config) != _CONFIG:
        words += ["--config", str(config)]
    for option, value in (("--baseline", baseline), ("--candidate", candidate)):
        words += [option, value] if value else []
    for bundle in bundles:
        words += ["--bundle", bundle]
    return tuple(words)


def gate_run(asked: wiring.Asked, out: Path | None, form: str) -> int:
    """Run what was asked, write its files, show the result; the exit code of its verdict."""
    for line in wiring.clean(os.environ):
        click.echo(line, err=True)
    run_id = wiring.new_run_id()
    folder = out or _default(run_id)
    folder.mkdir(parents=True, exist_ok=True)
    forget(folder)
    state = State()
    with wiring.job(asked, run_id, folder / "logs", os.environ) as job:
        result = follow(run_job(job, state))
        recordings = {
            side: {name: one.recording for name, one in found.items()}
            for side, found in state.observations.items()
        }
    report = write_run(result, recordings, folder)
    show(result, report, form)
    if state.stopped or result.verdict is Verdict.INCONCLUSIVE:
        more = f" (and {len(result.reasons) - 1} more)" if len(result.reasons) > 1 else ""
        say(f"{result.verdict}: {result.reasons[0]}{more}; the logs are in {folder / 'logs'}")
    return result.verdict.exit_code


def _default(run_id: str) -> Path:
    """Where a run's files go that nobody named a place for; git is told to leave them alone."""
    home = Path(".gate")
    if not home.exists():
        home.mkdir()
        (home / ".gitignore").write_text("*\n")
    return home / "runs" / run_id
