"""``gate run``."""

import os
from pathlib import Path

import click

from gate import wiring
from gate.cli.files import claim, ended, follow
from gate.cli.own import out_option, run_folder
from gate.cli.say import tell
from gate.config.load import load
from gate.pipeline import State
from gate.pipeline import run as run_job

_CONFIG = "gate.yml"


@click.command()
@click.option(
    "--config", default=_CONFIG, show_default=True, type=click.Path(path_type=Path), help="Settings."
)
@click.option(
    "--environment",
    type=click.Choice(["process", "compose"]),
    help="Where the sides run: as plain processes or in containers. Default: in containers, where gate.yml says how.",
)
@click.option(
    "--baseline", help="Git ref, folder, or 'recorded'. Default: where the work left the main branch."
)
@click.option("--candidate", help="Git ref, folder, or 'recorded'. Default: the folder of gate.yml as it is.")
@click.option(
    "--bundle",
    "bundles",
    multiple=True,
    help="Folder or .repro, instead of those of gate.yml; may be given several times.",
)
@click.option("--scenario", "scenarios", multiple=True, help="Name or glob; may be given several times.")
@out_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def run(
    config: Path,
    environment: str | None,
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
    settings = load(config, os.environ, environment)
    asked = wiring.Asked(
        settings=settings,
        tell=tell,
        baseline=baseline,
        candidate=candidate,
        bundles=bundles,
        scenarios=scenarios,
        command=_command(config, environment, baseline, candidate, bundles),
    )
    return gate_run(asked, out, form)


def _command(
    config: Path,
    environment: str | None,
    baseline: str | None,
    candidate: str | None,
    bundles: tuple[str, ...],
) -> tuple[str, ...]:
    """The words that give this run again; which scenarios is for the report to say."""
    words = ["gate", "run"]
    if str(config) != _CONFIG:
        words += ["--config", str(config)]
    named = (("--environment", environment), ("--baseline", baseline), ("--candidate", candidate))
    for option, value in named:
        words += [option, value] if value else []
    for bundle in bundles:
        words += ["--bundle", bundle]
    return tuple(words)


def gate_run(asked: wiring.Asked, out: Path | None, form: str) -> int:
    """Run what was asked, write its files, show the result; the exit code of its verdict."""
    for line in wiring.clean(os.environ):
        tell(line)
    run_id = wiring.new_run_id()
    folder = run_folder(out, run_id)
    folder.mkdir(parents=True, exist_ok=True)
    claim(folder, map(Path, asked.bundles))
    state = State()
    with wiring.job(asked, run_id, folder / "logs", os.environ) as job:
        result = follow(run_job(job, state))
    return ended(result, state, folder, form)
