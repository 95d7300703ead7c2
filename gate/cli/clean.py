"""``gate clean``."""

import os

import click

from gate import wiring


@click.command()
def clean() -> None:
    """Remove what killed runs left behind: processes, worktrees, folders. Runs that live are spared."""
    lines = list(wiring.clean(os.environ))
    for line in lines or ["nothing was left behind"]:
        click.echo(line)
