"""``gate clean``."""

import os

import click

from gate import wiring
from gate.errors import InconclusiveError


@click.command()
def clean() -> None:
    """Remove what killed runs left behind: processes, worktrees, folders, and what they made in the Docker engine.

    Runs that live are spared. The image of the playback server goes as well; the next run builds it anew.
    """
    lines = list(wiring.clean(os.environ))
    try:
        lines += wiring.clean_engine(os.environ, everything=True)
    except InconclusiveError as error:  # nobody who uses no containers has to have an engine
        lines.append(f"the Docker engine was left alone: {error}")
    except ModuleNotFoundError:
        lines.append("the Docker engine was left alone: install 'replay-gate[compose]' to look there as well")
    for line in lines or ["nothing was left behind"]:
        click.echo(line)
