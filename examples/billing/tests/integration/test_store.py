import asyncio
import time
from collections.abc import Iterator

import pytest
from books import added, subscribed
from stores import Place

from billing.errors import Conflict, NotFound
from billing.migrate import migrate
from billing.model import Customer
from billing.relay import Relay
from billing.replica import Replicator
from billing.seed import CUSTOMER, seed
from billing.services import Services
from billing.store import catalogue
from billing.store.database import Database
from billing.store.opening import open_database


@pytest.fixture
def reads(place: Place) -> Iterator[Database]:
    url = place.database("reads")
    migrate(url)
    database = open_database(url)
    yield database
    database.close()


def test_migrating_and_seeding_again_change_nothing(place: Place) -> None:
    url = place.database("again")
    assert migrate(url)
    assert migrate(url) == []
    database = open_database(url)
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
    with pytest.raises(Exception, match=r"(?i)foreign key"), primary.transaction() as tx:
        catalogue.add_customer(tx, stray)


def test_an_address_is_used_once_a_merchant(services: Services) -> None:
    added(services, "ada@willow.example")
    added(services, "ada@willow.example", merchant="m_aurora")
    with pytest.raises(Conflict, match="already has a customer"):
        added(services, "ada@willow.example")


def test_the_read_store_starts_up_to_date_and_follows_at_once_without_lag(
    services: Services, reads: Database
) -> None:
    async def follow() -> None:
        replicator = Replicator(services.primary, reads, lag=0)
        replicator.start()
        assert catalogue.customer(reads, CUSTOMER.id) == CUSTOMER
        customer = added(services, "ada@willow.example")
        assert catalogue.customer(reads, customer.id) == customer
        await replicator.stop()

    asyncio.run(follow())


def test_the_read_store_is_late_by_its_lag_and_keeps_the_order(services: Services, reads: Database) -> None:
    async def follow() -> None:
        replicator = Replicator(services.primary, reads, lag=0.05)
        replicator.start()
        first, last = added(services, "ada@willow.example"), added(services, "bob@willow.example")
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
