import itertools
import logging
import socket
import time
from contextlib import closing

import pytest

from billing.cache import TTL_SECONDS
from billing.redis_cache import REST_SECONDS, RedisCache
from billing.seed import MERCHANTS
from billing.store import catalogue
from billing.store.database import Database

WARNING = "the cache does not answer"


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        record.message.partition(";")[0] for record in caplog.records if record.levelno >= logging.WARNING
    ]


def test_a_cache_that_stays_away_is_told_once(primary: Database, caplog: pytest.LogCaptureFixture) -> None:
    moments = itertools.count(step=REST_SECONDS + 1)
    with closing(RedisCache("redis://127.0.0.1:9/0", TTL_SECONDS, clock=lambda: next(moments))) as cache:
        for merchant in MERCHANTS:
            assert catalogue.known_merchant(primary, cache, merchant.id) == merchant
    assert warnings(caplog) == [WARNING]


def test_a_cache_that_hangs_does_not_hold_up_every_request(
    primary: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        started = time.monotonic()
        with closing(RedisCache(f"redis://127.0.0.1:{port}/0", TTL_SECONDS)) as cache:
            for merchant in MERCHANTS:
                assert catalogue.known_merchant(primary, cache, merchant.id) == merchant
    assert time.monotonic() - started < 3
    assert warnings(caplog) == [WARNING]
