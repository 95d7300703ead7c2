"""Numbered migrations; each database remembers the last one that it has seen."""

import re
from pathlib import Path

from billing.store.database import Database

FOLDER = Path(__file__).parent.parent / "migrations"
NAME = re.compile(r"(?P<number>\d{4})_[a-z0-9_]+\.sql")


def migrations(folder: Path = FOLDER) -> list[tuple[int, Path]]:
    """The numbered SQL files in order."""
    found = [(match, path) for path in folder.iterdir() if (match := NAME.fullmatch(path.name))]
    return sorted((int(match["number"]), path) for match, path in found)


def upgrade(database: Database, last: int = 9999) -> list[str]:
    """Apply what is missing, each file in one transaction; answers the names of what was applied."""
    applied = []
    for number, path in migrations():
        if database.schema_version() < number <= last:
            database.script(path.read_text(), number)
            applied.append(path.stem)
    return applied
