import asyncio
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from books import subscribed

from billing import subscriptions
from billing.errors import Conflict, NotFound
from billing.migrate import migrate
from billing.model import Customer
from billing.relay import Relay
from billing.replica import Replicator
from billing.seed import CUSTOMER, seed
from billing.services import Services
from billing.store import catalogue
from billing.store.database import Database


@pytest.fixture
def reads(tmp_path: Path) -> Iterator[Database]:
    path = str(tmp_path / "reads.db")
    migrate(path)
    database = Database(path)
    yield database
    database.close()


def test_migrating_and_seeding_again_change_nothing(tmp_path: Path) -> None:
    path = str(tmp_path / "again.db")
    assert migrate(path)
    assert migrate(path) == []
    database = Database(path)
    assert seed(database) > 0
    assert seed(database) == 0
    database.close()


def test_a_failed_transaction_leaves_nothing(primary: Database) -> None:
    customer = Customer(
        id="c-1", merchant_id="m_willow", name="Ada", email="ada@willow.example", created_at="now"
    )

    def fail_late() -> None:
        with primary.transaction() as tx:
            catalogue.add_customer(tx, customer)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_late()
    with pytest.raises(NotFound):
        catalogue.customer(primary, "c-1")


def test_foreign_keys_hold(primary: Database) -> None:
    stray = Customer(
        id="c-1", merchant_id="m_nobody", name="Ada", email="ada@willow.example", created_at="now"
    )
    with pytest.raises(sqlite3.IntegrityError), primary.transaction() as tx:
        catalogue.add_customer(tx, stray)


def test_an_address_is_used_once_a_merchant(primary: Database) -> None:
    subscriptions.add_customer(primary, "m_willow", "Ada", "ada@willow.example")
    subscriptions.add_customer(primary, "m_aurora", "Ada", "ada@willow.example")
    with pytest.raises(Conflict, match="already has a customer"):
        subscriptions.add_customer(primary, "m_willow", "Ada", "ada@willow.example")


def test_the_read_store_starts_up_to_date_and_follows_at_once_without_lag(
    primary: Database, reads: Database
) -> None:
    async def follow() -> None:
        replicator = Replicator(primary, reads, lag=0)
        replicator.start()
        assert catalogue.customer(reads, CUSTOMER.id) == CUSTOMER
        added = subscriptions.add_customer(primary, "m_willow", "Ada", "ada@willow.example")
        assert catalogue.customer(reads, added.id) == added
        await replicator.stop()

    asyncio.run(follow())


def test_the_read_store_is_late_by_its_lag_and_keeps_the_order(primary: Database, reads: Database) -> None:
    async def follow() -> None:
        replicator = Replicator(primary, reads, lag=0.05)
        replicator.start()
        first = subscriptions.add_customer(primary, "m_willow", "Ada", "ada@willow.example")
        last = subscriptions.add_customer(primary, "m_willow", "Bob", "bob@willow.example")
        committed = time.monotonic()
        assert not reads.all("SELECT id FROM customers WHERE merchant_id = 'm_willow'")
        while not reads.one("SELECT id FROM customers WHERE id = ?", last.id):
            assert time.monotonic() < committed + 10, "the read store did not follow"
            await asyncio.sleep(0.005)
        assert catalogue.customer(reads, first.id) == first
        await replicator.stop()

    asyncio.run(follow())


def test_the_relay_publishes_each_event_once(services: Services) -> None:
    subscribed(services)
    relay = Relay(services.primary, interval=1)
    assert relay.publish() == 2
    assert relay.publish() == 0
    assert not services.primary.all("SELECT id FROM outbox WHERE published_at IS NULL")


def test_the_relay_does_not_wait_for_its_interval(services: Services) -> None:
    async def publish() -> None:
        relay = Relay(services.primary, interval=3600)
        relay.start()
        await asyncio.sleep(0)  # it has looked, and found nothing
        subscribed(services)
        started = time.monotonic()
        while services.primary.all("SELECT id FROM outbox WHERE published_at IS NULL"):
            assert time.monotonic() < started + 10, "the relay was not woken"
            await asyncio.sleep(0.005)
        await relay.stop()

    asyncio.run(publish())
