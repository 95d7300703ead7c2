"""The relay: takes events from the outbox, in order, and publishes them."""

import asyncio
import logging
from contextlib import suppress

from billing import tracing
from billing.logs import fields
from billing.store import journal
from billing.store.database import Database, Statement

log = logging.getLogger(__name__)
BATCH = 100


class Relay:
    """Looks into the outbox after each commit that wrote to it, and at an interval for other processes.

    Publishing is a log line until there is a broker.
    """

    def __init__(self, primary: Database, interval: float) -> None:
        self._primary = primary
        self._interval = interval
        self._committed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._primary.on_commit(self._wake)
        self._task = asyncio.create_task(self._run(), name="relay")

    async def stop(self) -> None:
        """Publish what is left, then end."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self.publish()

    def _wake(self, statements: tuple[Statement, ...]) -> None:
        if any(sql.startswith("INSERT INTO outbox ") for sql, _ in statements):
            self._committed.set()

    async def _run(self) -> None:
        while True:
            self._committed.clear()
            try:
                self.publish()
            except Exception:
                log.exception("relay failed; it will try again")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._committed.wait(), self._interval)

    def publish(self) -> int:
        """Publish one batch; answers how many events it had."""
        events = journal.unpublished(self._primary, BATCH)
        if not events:
            return 0
        with self._primary.transaction() as tx:
            journal.mark_published(tx, events)
        for event in events:
            with tracing.activated(tracing.span_of(event.trace_id)):
                log.info("event published", extra=fields(type=event.type, aggregate=event.aggregate_id))
        return len(events)
