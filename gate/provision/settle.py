"""When has a side finished: no call in flight, the outbox drained, the observed rows unchanged."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from gate.config import Messages, Settle
from gate.model import Json
from gate.ports import Environment, Playback, Store

_SOON, _LATER = 0.002, 0.02
"""Seconds to the next look: a side that ends at once is not kept waiting, one that takes its time not kept busy."""
_RESTLESS = 3
"""Changes of a store after which its rows are read, to see whether what changes is of interest."""


async def settle(
    playback: Playback,
    stores: Mapping[str, Store],
    environment: Environment,
    outboxes: Sequence[Messages],
    rules: Settle,
    look: Callable[[], object] = object,
) -> str | None:
    """Wait until nothing has happened for ``rules.quiet``; what was still going on if that never came.

    ``look`` gives the observed rows, to be compared only. It reads a lot, so it is asked only where a store keeps
    changing, and tells whether what changes is of interest.
    """
    loop = asyncio.get_running_loop()
    watch = _Watch(stores, outboxes, look)
    deadline, pause = loop.time() + rules.timeout, _SOON
    quiet_since: float | None = None
    calls = 0
    while True:
        if environment.alive() is not None:
            return None  # nothing more will come of it, and its end is a finding of its own
        # A question over a socket: asked at the beginning, while there are some, and once more at the end.
        asked = quiet_since is None or calls > 0 or loop.time() - quiet_since >= rules.quiet
        if asked:
            calls = await playback.in_flight()
        busy = f"{calls} outward calls in flight" if calls else watch.waiting()
        restless, now = watch.changed() or busy is not None, loop.time()
        if restless or quiet_since is None:
            quiet_since = now
        rest = quiet_since + rules.quiet - now
        if not restless and asked and rest <= 0:
            return None
        if now >= deadline:
            what = busy or "observed rows keep changing"
            return f"did not settle within {rules.timeout:g} s: {what}; raise settle.timeout or find what never ends"
        await asyncio.sleep(pause if restless else min(pause, max(rest, 0)))
        pause = min(2 * pause, _LATER)


class _Watch:
    """What the databases of a side say, asked again only after a commit."""

    def __init__(
        self, stores: Mapping[str, Store], outboxes: Sequence[Messages], look: Callable[[], object]
    ) -> None:
        self._stores, self._look = stores, look
        self._outboxes = [outbox for outbox in outboxes if outbox.published]
        self._drained: list[Json] | None = None
        """The versions at which nothing waited."""
        self._versions = self._now()
        self._changes = 0
        self._rows: object = None

    def _now(self) -> list[Json]:
        return [store.version() for store in self._stores.values()]

    def waiting(self) -> str | None:
        """What waits in an outbox."""
        versions = self._now()
        if versions == self._drained:
            return None
        for outbox in self._outboxes:
            if rest := self._stores[outbox.store].undrained(outbox.table, outbox.published or ""):
                return f"{rest} messages wait in {outbox.table}"
        self._drained = versions
        return None

    def changed(self) -> bool:
        """True where something was committed since this was last asked, as far as that is of interest."""
        versions = self._now()
        if versions == self._versions:
            return False
        self._versions = versions
        self._changes += 1
        if self._changes <= _RESTLESS:
            return True
        before, self._rows = self._rows, self._look()
        return before != self._rows
