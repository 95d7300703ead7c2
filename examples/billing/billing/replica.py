"""The replicator: repeats each committed transaction on the read store, a set time later."""

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from billing.store.database import Database, Statement

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    due: float
    statements: Sequence[Statement]


class Replicator:
    """Keeps the read store one lag behind the primary, transaction by transaction, in order."""

    def __init__(self, primary: Database, reads: Database, lag: float) -> None:
        self._primary = primary
        self._reads = reads
        self._lag = lag
        self._queue: asyncio.Queue[Commit] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Bring the read store up to date, then follow the primary."""
        self._primary.copy_to(self._reads)
        self._primary.on_commit(self._committed)
        self._task = asyncio.create_task(self._follow(), name="replicator")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def _committed(self, statements: Sequence[Statement]) -> None:
        if self._lag == 0:
            self._apply(statements)
        else:
            self._queue.put_nowait(Commit(due=time.monotonic() + self._lag, statements=statements))

    async def _follow(self) -> None:
        while True:
            commit = await self._queue.get()
            await asyncio.sleep(max(0.0, commit.due - time.monotonic()))
            try:
                self._apply(commit.statements)
            except Exception:
                # To skip a transaction would make the read store wrong, not late.
                log.exception("the read store no longer follows; a restart copies it anew")
                raise

    def _apply(self, statements: Sequence[Statement]) -> None:
        with self._reads.transaction() as tx:
            for sql, values in statements:
                tx.execute(sql, *values)
