"""Where files go: the folder that a person names, else one below ``.gate``."""

from pathlib import Path
from typing import Any

import click


class _Folder(click.Path):
    """A folder, there or not. An empty text is none: as a path it would be the folder at hand."""

    def __init__(self) -> None:
        super().__init__(file_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("it is empty; give it a folder", param, ctx)
        return super().convert(value, param, ctx)


out_option = click.option("--out", type=_Folder(), help="Where the files go. Default: .gate/runs/<run id>/")
"""Of every command that leaves the files of a run."""


def own_folder() -> Path:
    """``.gate`` in the folder at hand; git is told to leave it alone."""
    home = Path(".gate")
    home.mkdir(exist_ok=True)
    ignore = home / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n")
    return home


def run_folder(out: Path | None, run_id: str) -> Path:
    """Where the files of a run go."""
    return out or own_folder() / "runs" / run_id
