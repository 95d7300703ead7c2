"""Numbered migrations; `PRAGMA user_version` remembers the last one that a database has seen."""

import re
from pathlib import Path

from billing.store.database import Database

FOLDER = Path(__file__).parent.parent / "migrations"
NAME = re.compile(r"(?P<number>\d{4})_[a-z0-9_]+\.sql")


def migrations(folder: Path = FOLDER) -> list[tuple[int, Path]]:
    """The numbered SQL files in order."""
    found = [(match, path) for path in folder.iterdir() if (match := NAME.fullmatch(path.name))]
    return sorted((int(match["number"]), path) for match, path in found)


def version(database: Database) -> int:
    row = database.one("PRAGMA user_version")
    return 0 if row is None else int(row["user_version"])


def upgrade(database: Database) -> list[str]:
    """Apply what is missing, each file in one transaction; answers the names of what was applied."""
    applied = []
    for number, path in migrations():
        if number > version(database):
            database.script(f"BEGIN;\n{path.read_text()}\nPRAGMA user_version = {number};\nCOMMIT;")
            applied.append(path.stem)
    return applied
