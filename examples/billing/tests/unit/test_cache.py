import pytest

from billing.cache import TTL_SECONDS, MemoryCache
from billing.errors import NotFound
from billing.seed import MERCHANTS
from billing.store import catalogue
from billing.store.database import Row, Value

MERCHANT = MERCHANTS[0]


class CountingReader:
    """A database with one merchant."""

    def __init__(self) -> None:
        self.asked: list[Value] = []

    def one(self, sql: str, *values: Value) -> Row | None:
        self.asked += values
        if values != (MERCHANT.id,):
            return None
        return {name: getattr(MERCHANT, name) for name in catalogue.MERCHANT.split(", ")}

    def all(self, sql: str, *values: Value) -> list[Row]:
        raise NotImplementedError


def test_a_merchant_is_read_once() -> None:
    reader, cache = CountingReader(), MemoryCache()
    for _ in range(3):
        assert catalogue.known_merchant(reader, cache, MERCHANT.id) == MERCHANT
    assert reader.asked == [MERCHANT.id]


def test_a_merchant_that_is_not_there_is_looked_for_again() -> None:
    reader, cache = CountingReader(), MemoryCache()
    for _ in range(2):
        with pytest.raises(NotFound):
            catalogue.known_merchant(reader, cache, "m_nobody")
    assert reader.asked == ["m_nobody", "m_nobody"]


def test_what_is_kept_grows_old() -> None:
    moment = 1000.0
    cache = MemoryCache(clock=lambda: moment)
    cache.keep(MERCHANT)
    moment += TTL_SECONDS - 1
    assert cache.find(MERCHANT.id) == MERCHANT
    moment += 1
    assert cache.find(MERCHANT.id) is None
