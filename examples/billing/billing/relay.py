"""The relay: takes events from the outbox, in order, and publishes them."""

import asyncio
import logging
from contextlib import suppress

from billing import tracing
from billing.logs import fields
from billing.store import journal
from billing.store.database import Database

log = logging.getLogger(__name__)
BATCH = 100


class Relay:
    """Looks into the outbox at an interval. Publishing is a log line until there is a broker."""

    def __init__(self, primary: Database, interval: float) -> None:
        self._primary = primary
        self._interval = interval
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="relay")

    async def stop(self) -> None:
        """Publish what is left, then end."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self.publish()

    async def _run(self) -> None:
        while True:
            try:
                self.publish()
            except Exception:
                log.exception("relay failed; it will try again")
            await asyncio.sleep(self._interval)

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
