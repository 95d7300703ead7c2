"""Where tests keep their databases: files of their own, or a PostgreSQL server that they are pointed to."""

import uuid
from dataclasses import dataclass
from pathlib import Path

from billing.store.opening import make_database


@dataclass(frozen=True)
class Place:
    """A folder; with a server's address, as in TEST_SERVER_URL, that server in its stead."""

    folder: Path
    server: str | None

    def database(self, name: str) -> str:
        """The address of a new and empty database."""
        if self.server is None:
            return f"sqlite:///{self.folder / name}.db"
        url = f"{self.server}/{name}_{uuid.uuid4().hex}"
        make_database(url)
        return url
