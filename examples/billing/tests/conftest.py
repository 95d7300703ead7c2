"""What unit and integration tests share: a seeded database, and services around it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import FakeProvider

from billing.migrate import migrate
from billing.seed import seed
from billing.services import Services
from billing.store.database import Database


@pytest.fixture
def primary(tmp_path: Path) -> Iterator[Database]:
    path = str(tmp_path / "billing.db")
    migrate(path)
    database = Database(path)
    seed(database)
    yield database
    database.close()


@pytest.fixture
def provider() -> FakeProvider:
    return FakeProvider()


@pytest.fixture
def services(primary: Database, provider: FakeProvider) -> Services:
    return Services(primary=primary, reads=primary, provider=provider)
