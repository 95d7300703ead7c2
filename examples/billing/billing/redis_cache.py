"""A cache of merchants on a Redis server, which may be away: then it knows nothing, and takes nothing."""

import json
import logging
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import TypeVar

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from billing.model import Merchant

log = logging.getLogger(__name__)
TIMEOUT_SECONDS = 0.25
REST_SECONDS = 5
T = TypeVar("T")


class RedisCache:
    """Merchants as JSON under `merchant:<id>`."""

    def __init__(self, url: str, ttl: int, clock: Callable[[], float] = time.monotonic) -> None:
        # One try more, at once: a connection that was idle may be dead while the server is not.
        self._redis = Redis.from_url(
            url,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 1),
        )
        self._ttl = ttl
        self._clock = clock
        self._warned = False
        self._resting_until = 0.0

    def find(self, merchant_id: str) -> Merchant | None:
        text = self._asked(lambda: self._redis.get(f"merchant:{merchant_id}"))
        try:
            return None if text is None else Merchant(**json.loads(text))
        except (TypeError, ValueError):
            return None  # another version of the service wrote it; what is kept next replaces it

    def keep(self, merchant: Merchant) -> None:
        text = json.dumps(asdict(merchant))
        self._asked(lambda: self._redis.set(f"merchant:{merchant.id}", text, ex=self._ttl))

    def close(self) -> None:
        self._redis.close()

    def _asked(self, ask: Callable[[], T]) -> T | None:
        """The server's answer; None while it has none, which is told once and not tried at every request."""
        if self._clock() < self._resting_until:
            return None
        try:
            answer = ask()
        except RedisError as error:
            self._resting_until = self._clock() + REST_SECONDS
            if not self._warned:
                log.warning("the cache does not answer; merchants are read from the database: %s", error)
            self._warned = True
            return None
        self._warned = False
        return answer
