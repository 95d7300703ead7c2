"""The example on the servers it has in production: PostgreSQL behind its store, Redis behind its cache."""

import asyncio
import json
import logging
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import docker
import psycopg
import pytest
import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

EXAMPLE = Path(__file__).parents[2] / "examples" / "billing"
sys.path.append(str(EXAMPLE))  # the example is a project of its own, and is not installed

from billing import subscriptions  # noqa: E402
from billing.cache import TTL_SECONDS, MemoryCache, open_cache  # noqa: E402
from billing.migrate import migrate  # noqa: E402
from billing.redis_cache import RedisCache  # noqa: E402
from billing.replica import Replicator  # noqa: E402
from billing.seed import MERCHANTS, seed  # noqa: E402
from billing.store import catalogue, journal  # noqa: E402
from billing.store.database import Database  # noqa: E402
from billing.store.opening import make_database, open_copy, open_database  # noqa: E402
from billing.store.postgres import PostgresDatabase  # noqa: E402

sys.path.remove(str(EXAMPLE))  # it has a folder 'tests' as well, which would hide parts of this one

pytestmark = pytest.mark.docker
MERCHANT = MERCHANTS[0]
CACHE = MemoryCache()
OUTBOX = "SELECT id, aggregate_id, published_at FROM outbox ORDER BY id"
ROWS = "SELECT id FROM customers ORDER BY id"
NOBODY = "127.0.0.1:9"


@contextmanager
def container(image: str, **settings: object) -> Iterator[str]:
    """A server of this test's own on a network of its own, at its own address; gone afterwards."""
    with closing(docker.from_env()) as client, ExitStack() as stack:
        network = client.networks.create(f"billing-test-{uuid.uuid4().hex}")
        stack.callback(network.remove)
        server = client.containers.create(image, network=network.name, **settings)
        stack.callback(server.remove, force=True, v=True)
        server.start()
        server.reload()
        yield server.attrs["NetworkSettings"]["Networks"][network.name]["IPAddress"]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a PostgreSQL server that answers, without a database."""
    environment = {"POSTGRES_USER": "billing", "POSTGRES_PASSWORD": "hunter2"}
    with container("postgres:15", environment=environment, command="postgres -c fsync=off") as address:
        url = f"postgresql://billing:hunter2@{address}"
        PostgresDatabase(f"{url}/billing", patience=60).close()
        yield url


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    with container("redis:7") as address:
        url = f"redis://{address}:6379/0"
        with closing(redis.Redis.from_url(url, retry=Retry(ConstantBackoff(0.1), 100))) as client:
            client.ping()
        yield url


@pytest.fixture
def url(server: str) -> str:
    """The address of a new database with the newest schema."""
    return new(server)


@pytest.fixture
def primary(url: str) -> Iterator[Database]:
    with closing(open_database(url)) as database:
        seed(database)
        yield database


@pytest.fixture
def reads(server: str) -> Iterator[Database]:
    with closing(open_database(new(server))) as database:
        yield database


def new(server: str) -> str:
    url = f"{server}/b_{uuid.uuid4().hex}"
    make_database(url)
    migrate(url)
    return url


def customer(primary: Database, email: str) -> str:
    return subscriptions.add_customer(primary, CACHE, MERCHANT.id, "Ada", email).id


def run(module: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", *module.split()]
    return subprocess.run(command, cwd=EXAMPLE, env=environ, capture_output=True, text=True, timeout=120)


def test_the_services_own_tests_are_green_on_postgresql(server: str) -> None:
    done = run("pytest -q -p no:cacheprovider tests/integration", TEST_SERVER_URL=server)
    assert done.returncode == 0, done.stdout + done.stderr
    with psycopg.connect(f"{server}/postgres") as connection:
        made = connection.execute("SELECT 1 FROM pg_database WHERE datname LIKE 'again%'").fetchall()
    assert len(made) == 1, "the tests did not run on the server"


def test_migrating_makes_the_read_store_and_again_changes_nothing(server: str) -> None:
    urls = {"DATABASE_URL": f"{server}/billing", "READ_DATABASE_URL": f"{server}/billing_reads"}
    for count in (4, 0):
        done = run("billing.migrate", **urls)
        assert done.returncode == 0, done.stdout
        assert [len(json.loads(line)["applied"]) for line in done.stdout.splitlines()] == [count, count]


def test_a_rolled_back_transaction_leaves_no_row_and_no_gap(primary: Database) -> None:
    customer(primary, "ada@atlas.example")
    with suppress(RuntimeError), primary.transaction() as tx:
        journal.emit(tx, "customer", "c-1", "customer.created")
        raise RuntimeError
    customer(primary, "bob@atlas.example")
    assert [row["id"] for row in primary.all(OUTBOX)] == [1, 2]


def test_an_error_inside_leaves_the_connection_usable(primary: Database) -> None:
    with pytest.raises(psycopg.IntegrityError), primary.transaction() as tx:
        tx.execute("INSERT INTO customers VALUES ('c-1', 'm_nobody', 'Ada', 'ada@atlas.example', 'now')")
    assert customer(primary, "ada@atlas.example")


def test_one_writer_at_a_time(url: str, primary: Database) -> None:
    with closing(open_database(url)) as other, primary.transaction():
        other.one("SELECT set_config('lock_timeout', '50ms', false)")
        with pytest.raises(psycopg.errors.LockNotAvailable), other.transaction():
            pass
        assert other.one("SELECT COUNT(*) AS plans FROM plans") == {"plans": 4}


def test_statements_replicate_with_their_ids(primary: Database, reads: Database) -> None:
    async def follow() -> None:
        customer(primary, "ada@atlas.example")
        replicator = Replicator(primary, reads, lag=0)
        replicator.start()
        with suppress(RuntimeError), primary.transaction() as tx:
            journal.emit(tx, "customer", "c-1", "customer.created")
            raise RuntimeError
        customer(primary, "bob@atlas.example")
        with primary.transaction() as tx:
            journal.mark_published(tx, journal.unpublished(tx, 100))
        await replicator.stop()

    asyncio.run(follow())
    assert reads.all(ROWS) == primary.all(ROWS)
    assert reads.all(OUTBOX) == primary.all(OUTBOX)
    assert all(row["published_at"] for row in reads.all(OUTBOX))


def test_a_copy_replaces_everything_and_counts_on(primary: Database, reads: Database) -> None:
    seed(reads)
    stray = customer(reads, "stray@atlas.example")
    for name in ("ada", "bob"):
        customer(primary, f"{name}@atlas.example")
    primary.copy_to(reads)
    assert reads.all(ROWS) == primary.all(ROWS)
    assert stray not in {row["id"] for row in reads.all(ROWS)}
    with reads.transaction() as tx:
        last = tx.one(
            "INSERT INTO outbox (aggregate_type, aggregate_id, type, payload, trace_id, created_at) "
            "VALUES ('a', 'b', 'c', '{}', '0', 'now') RETURNING id"
        )
    assert last == {"id": 3}


def test_a_copy_brings_the_schema(server: str, primary: Database) -> None:
    with closing(open_copy(f"{server}/blank_{uuid.uuid4().hex}")) as blank:
        primary.copy_to(blank)
        assert blank.schema_version() == primary.schema_version()
        assert catalogue.plans(blank) == catalogue.plans(primary)


def test_seeding_reaches_the_read_store(server: str) -> None:
    urls = {"DATABASE_URL": new(server), "READ_DATABASE_URL": new(server)}
    assert run("billing.seed", **urls).returncode == 0
    with closing(open_database(urls["READ_DATABASE_URL"])) as reads:
        assert catalogue.merchant(reads, MERCHANT.id) == MERCHANT


def test_a_migration_that_another_process_has_run_is_not_run_again(primary: Database) -> None:
    primary.script("CREATE TABLE plans (id TEXT)", primary.schema_version())
    assert len(catalogue.plans(primary)) == 4


def test_a_lost_connection_is_made_again_at_its_next_use(server: str, primary: Database) -> None:
    def cut() -> None:
        with psycopg.connect(f"{server}/postgres", autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE usename = 'billing' AND pid <> pg_backend_pid()"
            )

    cut()
    assert catalogue.merchant(primary, MERCHANT.id) == MERCHANT
    cut()
    assert customer(primary, "ada@atlas.example")
    with pytest.raises(psycopg.OperationalError), primary.transaction() as tx:
        journal.emit(tx, "customer", "c-1", "customer.created")
        cut()
        journal.emit(tx, "customer", "c-2", "customer.created")
    customer(primary, "bob@atlas.example")
    assert [row["id"] for row in primary.all(OUTBOX)] == [1, 2]


def test_a_server_that_is_not_there_is_told_in_one_line() -> None:
    done = run("billing", DATABASE_URL=f"postgresql://billing:hunter2@{NOBODY}/billing")
    (line,) = done.stdout.splitlines()
    assert done.returncode == 1
    assert json.loads(line)["message"].startswith(f"no database: PostgreSQL at {NOBODY}/billing: ")
    assert "hunter2" not in line + done.stderr


def test_a_merchant_is_kept_as_json_for_a_while(primary: Database, redis_url: str) -> None:
    with closing(open_cache(redis_url)) as cache, closing(redis.Redis.from_url(redis_url)) as client:
        assert cache.find(MERCHANT.id) is None
        assert catalogue.known_merchant(primary, cache, MERCHANT.id) == MERCHANT
        assert cache.find(MERCHANT.id) == MERCHANT
        assert json.loads(client.get("merchant:m_atlas"))["name"] == "Atlas Maps"
        assert 0 < client.ttl("merchant:m_atlas") <= TTL_SECONDS
        with primary.transaction() as tx:
            tx.execute("UPDATE merchants SET name = 'Read from the database' WHERE id = ?", MERCHANT.id)
        assert catalogue.known_merchant(primary, cache, MERCHANT.id) == MERCHANT
        client.set("merchant:m_atlas", '{"id": "m_atlas", "colour": "red"}')
        assert catalogue.known_merchant(primary, cache, MERCHANT.id).name == "Read from the database"


def test_a_cache_that_is_away_costs_one_warning(primary: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    with closing(RedisCache(f"redis://{NOBODY}/0", TTL_SECONDS)) as cache:
        for merchant in MERCHANTS:
            assert catalogue.known_merchant(primary, cache, merchant.id) == merchant
    assert [record.message.partition(";")[0] for record in caplog.records] == ["the cache does not answer"]
