"""A real Redis as an observer reads it."""

import time
from base64 import b64decode
from collections.abc import Iterator

import pytest
import redis

from gate.adapters.redis_store import RedisStore
from gate.config import Redactor
from gate.errors import InconclusiveError
from gate.model import Json
from tests.integration.servers import PASSWORD, Running, redis_server

pytestmark = pytest.mark.docker

SECRET = "very-secret-value"


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with redis_server() as running:
        yield running


@pytest.fixture
def service(server: Running) -> Iterator[redis.Redis]:
    """The server as the service writes it, empty."""
    with redis.Redis(host=server.host, port=server.port, password=PASSWORD) as client:
        client.flushall()
        yield client


@pytest.fixture
def opened(server: Running, service: redis.Redis) -> Iterator[RedisStore]:
    store = store_of(server)
    yield store
    store.close()


def store_of(server: Running, *keys: str, database: int = 0, password: str | None = PASSWORD) -> RedisStore:
    redactor = Redactor({"NAME": SECRET})
    return RedisStore(
        "cache", server.host, server.port, redactor, keys=keys, database=database, password=password
    )


def values(store: RedisStore) -> dict[str, Json]:
    return {str(row["key"]): row["value"] for row in store.rows("keys")}


def one_line(error: pytest.ExceptionInfo[InconclusiveError]) -> str:
    text = str(error.value)
    assert text.startswith("store cache: ") and "\n" not in text and PASSWORD not in text
    return text


def test_one_table(opened: RedisStore) -> None:
    tables = opened.tables()
    assert {name: (table.key, table.sequence) for name, table in tables.items()} == {
        "keys": (("key",), False)
    }
    with pytest.raises(InconclusiveError, match="no sessions; check 'observe'") as error:
        opened.rows("sessions")
    one_line(error)


def test_values_of_every_type(service: redis.Redis, opened: RedisStore) -> None:
    service.set("text", "é\n")
    service.set("bytes", b"\x00\xff")
    service.set("number", 5)
    service.set("json", '{"a": [1]}')
    service.hset("hash", mapping={"b": 2, "a": b"\xff\x00"})
    service.rpush("list", "b", "a", "b")
    service.sadd("set", "c", "a", "b")
    service.zadd("zset", {"m": 2, "n": 1.5, "l": 2, "o": float("inf"), "p": float("-inf")})
    service.xadd("stream", {"f": "v", "a": "w"}, id="5-1")
    service.xadd("stream", {"f": "x"}, id="5-2")
    assert list(values(opened).items()) == [
        ("bytes", "AP8="),
        ("hash", {"a": "/wA=", "b": "2"}),
        ("json", '{"a": [1]}'),
        ("list", ["b", "a", "b"]),
        ("number", "5"),
        ("set", ["a", "b", "c"]),
        (
            "stream",
            [{"id": "5-1", "fields": {"a": "w", "f": "v"}}, {"id": "5-2", "fields": {"f": "x"}}],
        ),
        ("text", "é\n"),
        ("zset", [["p", "-inf"], ["n", 1.5], ["l", 2.0], ["m", 2.0], ["o", "inf"]]),
    ]
    assert list(values(opened)["hash"]) == ["a", "b"]  # type: ignore[arg-type]
    kinds = {row["type"] for row in opened.rows("keys")}
    assert kinds == {"string", "hash", "list", "set", "zset", "stream"}


def test_what_expires_is_told_and_what_has_expired_is_not(service: redis.Redis, opened: RedisStore) -> None:
    service.set("kept", 1)
    service.set("lent", 1, ex=1000)
    service.set("gone", 1, px=1)
    time.sleep(0.01)
    assert {row["key"]: row["expires"] for row in opened.rows("keys")} == {"kept": False, "lent": True}


def test_a_key_that_goes_while_it_is_read_is_not_there(service: redis.Redis, opened: RedisStore) -> None:
    service.set("kept", 1)
    rows = opened._rows([b"gone", b"went", b"kept"], [b"string", b"none", b"string"])
    assert [row["key"] for row in rows] == ["kept"]


@pytest.mark.parametrize("key", ["", "a b\r\nDEL kept", "*", "[", "{a}", "%s", "é\x00", "x" * 10_000])
def test_hostile_keys(service: redis.Redis, opened: RedisStore, key: str) -> None:
    service.set("kept", 1)
    service.rpush(key, key)
    assert values(opened) == {"kept": "1", key: [key]}


def test_a_key_that_is_no_text(service: redis.Redis, opened: RedisStore) -> None:
    service.set(bytes(range(240, 256)), 1)
    assert values(opened) == {"f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff": "1"}


def test_only_the_keys_of_the_patterns_each_once(server: Running, service: redis.Redis) -> None:
    for number in range(1500):
        service.set(f"cart:{number:04}", number)
    service.set("session:1", "x")
    store = store_of(server, "cart:*", "cart:0*", "none:*")
    keys = [row["key"] for row in store.rows("keys")]
    assert keys == [f"cart:{number:04}" for number in range(1500)]
    store.close()


def test_only_its_database(server: Running, service: redis.Redis, opened: RedisStore) -> None:
    with redis.Redis(host=server.host, port=server.port, password=PASSWORD, db=3) as other:
        other.set("there", 1)
    store = store_of(server, database=3)
    assert (values(store), values(opened)) == ({"there": "1"}, {})
    store.close()


def test_where_else_there_are_keys(server: Running, service: redis.Redis, opened: RedisStore) -> None:
    assert opened.elsewhere() == []
    service.set("here", "1")
    with redis.Redis(host=server.host, port=server.port, password=PASSWORD, db=3) as other:
        other.set("there", "1")
        assert opened.elsewhere() == ["3"]
        other.flushdb()
    assert opened.elsewhere() == []


def test_secrets_are_redacted(service: redis.Redis, opened: RedisStore) -> None:
    service.set(f"token:{SECRET}", SECRET)
    service.set("bytes", b"\xff\xff" + SECRET.encode())
    service.hset("hash", SECRET, SECRET)
    service.zadd("zset", {SECRET: 1})
    found = values(opened)
    assert b64decode(str(found.pop("bytes"))) == b"\xff\xff[redacted:NAME]"
    assert found == {
        "token:[redacted:NAME]": "[redacted:NAME]",
        "hash": {"[redacted:NAME]": "[redacted:NAME]"},
        "zset": [["[redacted:NAME]", 1.0]],
    }


def test_the_version_changes_with_each_write_only(service: redis.Redis, opened: RedisStore) -> None:
    service.set("a", 1)
    service.set("gone", 1, px=1)
    time.sleep(0.01)
    before = opened.version()
    opened.rows("keys"), opened.tables(), service.get("a")
    assert opened.version() == before
    service.incr("a")
    assert opened.version() != before


def test_the_version_changes_where_the_count_begins_anew(service: redis.Redis, opened: RedisStore) -> None:
    service.save()
    service.incr("a")
    before = opened.version()
    service.save()  # most often within the same second
    service.incr("a")
    assert opened.version() != before
    assert isinstance(before, dict) and service.info("server")["run_id"] in before.values()


def test_reading_is_no_use_of_a_key(service: redis.Redis, opened: RedisStore) -> None:
    if tuple(map(int, service.info("server")["redis_version"].split(".")[:2])) < (7, 2):
        service.set("a", 1)
        assert values(opened) == {"a": "1"}  # it cannot say NO-TOUCH, which is no reason to fail
        return
    service.set("a", 1)
    time.sleep(1.1)
    opened.rows("keys")
    assert service.object("idletime", "a") >= 1


def test_it_has_no_outbox(opened: RedisStore) -> None:
    with pytest.raises(
        InconclusiveError, match="cannot be an outbox, which is a table of a database"
    ) as error:
        opened.undrained("outbox", "published_at")
    one_line(error)


def test_too_many_keys(service: redis.Redis, opened: RedisStore) -> None:
    service.eval("for i = 1, 100001 do redis.call('SET', i, '') end", 0)
    with pytest.raises(InconclusiveError, match=r"more than 100,000 keys in .* name the keys") as error:
        opened.rows("keys")
    one_line(error)


def test_too_big_values_are_not_read(service: redis.Redis, opened: RedisStore) -> None:
    service.setrange("big", 257 << 20, b"x")
    began = service.info("stats")["total_net_output_bytes"]
    with pytest.raises(InconclusiveError, match=r"more than 256 MiB in .* name the keys") as error:
        opened.rows("keys")
    one_line(error)
    assert service.info("stats")["total_net_output_bytes"] - began < 1 << 20


@pytest.mark.parametrize("password", ["wrong-pass-word", None])
def test_a_wrong_password(server: Running, password: str | None) -> None:
    with pytest.raises(InconclusiveError, match=r"cannot be opened: .*(?i:password|authentication)") as error:
        store_of(server, password=password)
    assert "wrong-pass-word" not in one_line(error) and error.value.__cause__ is None


def test_a_user_who_may_not_read(service: redis.Redis, opened: RedisStore) -> None:
    service.set("a", SECRET)
    service.acl_setuser("default", enabled=True, passwords=[f"+{PASSWORD}"], commands=["-get"])
    try:
        with pytest.raises(InconclusiveError, match=r"cannot be read: .*no permissions") as error:
            opened.rows("keys")
        one_line(error)
    finally:
        service.acl_setuser("default", enabled=True, commands=["+get"])


def test_a_server_that_stops() -> None:
    with redis_server() as server:
        store = store_of(server)
        assert store.rows("keys") == []
        server.container.kill()
        with pytest.raises(InconclusiveError, match="cannot be read: ") as error:
            store.rows("keys")
        one_line(error)
        with pytest.raises(InconclusiveError, match="cannot be opened: ") as error:
            store_of(server)
        one_line(error)
        store.close()
