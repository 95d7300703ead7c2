"""When has a side finished: no call in flight, the outbox drained, the observed rows unchanged."""

import asyncio
from collections.abc import Mapping, Sequence

from gate.config import Messages, Settle
from gate.model import Json
from gate.ports import Environment, Playback, Store

_POLL = 0.02


async def settle(
    playback: Playback,
    stores: Mapping[str, Store],
    environment: Environment,
    outboxes: Sequence[Messages],
    rules: Settle,
) -> str | None:
    """Wait until nothing has happened for ``rules.quiet``; what was still going on if that never came."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + rules.timeout
    quiet_since, versions = loop.time(), await _versions(stores)
    while True:
        busy = await _busy(playback, stores, outboxes)
        seen = await _versions(stores)
        now = loop.time()
        if busy or seen != versions:
            quiet_since, versions = now, seen
        elif now - quiet_since >= rules.quiet or environment.alive() is not None:
            return None
        if now >= deadline:
            what = busy or "rows keep changing"
            return f"did not settle within {rules.timeout:.0f} s: {what}; raise settle.timeout or find what never ends"
        await asyncio.sleep(_POLL)


async def _busy(playback: Playback, stores: Mapping[str, Store], outboxes: Sequence[Messages]) -> str | None:
    if calls := await playback.in_flight():
        return f"{calls} outward calls in flight"
    for outbox in outboxes:
        if outbox.published and (rest := stores[outbox.store].undrained(outbox.table, outbox.published)):
            return f"{rest} messages wait in {outbox.table}"
    return None


async def _versions(stores: Mapping[str, Store]) -> list[Json]:
    return [store.version() for store in stores.values()]
