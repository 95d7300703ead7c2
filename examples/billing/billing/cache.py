"""Caches of merchants: in memory here, on a server in `redis_cache`."""

import time
from collections.abc import Callable

from billing.model import Merchant
from billing.store.catalogue import MerchantCache

TTL_SECONDS = 300


class MemoryCache:
    """This process's own."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[float, Merchant]] = {}

    def find(self, merchant_id: str) -> Merchant | None:
        until, merchant = self._kept.get(merchant_id, (0.0, None))
        return merchant if self._clock() < until else None

    def keep(self, merchant: Merchant) -> None:
        self._kept[merchant.id] = (self._clock() + TTL_SECONDS, merchant)

    def close(self) -> None:
        self._kept.clear()


def open_cache(url: str | None) -> MerchantCache:
    """The cache at an address, or one in memory; the driver is imported only where it is used."""
    if url is None:
        return MemoryCache()
    from billing.redis_cache import RedisCache

    return RedisCache(url, TTL_SECONDS)
