"""What unit and integration tests share: a seeded database, and services around it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import FakeProvider
from stores import Place

from billing.cache import MemoryCache
from billing.migrate import migrate
from billing.seed import seed
from billing.services import Services
from billing.store.database import Database
from billing.store.opening import open_database


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path, os.environ.get("TEST_SERVER_URL"))


@pytest.fixture
def primary(place: Place) -> Iterator[Database]:
    url = place.database("billing")
    migrate(url)
    database = open_database(url)
    seed(database)
    yield database
    database.close()


@pytest.fixture
def provider() -> FakeProvider:
    return FakeProvider()


@pytest.fixture
def services(primary: Database, provider: FakeProvider) -> Services:
    return Services(primary=primary, reads=primary, merchants=MemoryCache(), provider=provider)
