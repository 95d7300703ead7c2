"""When has a side finished: no call in flight, the outbox drained, the observed rows unchanged."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

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
    look: Callable[[], object] = object,
) -> str | None:
    """Wait until nothing has happened for ``rules.quiet``; what was still going on if that never came.

    ``look`` gives the observed rows, to be compared only; it is asked when a store has changed at all, and tells
    whether what changed is of interest.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + rules.timeout
    quiet_since, versions = loop.time(), _versions(stores)
    rows: object = None
    while True:
        if environment.alive() is not None:
            return None  # nothing more will come of it, and its end is a finding of its own
        busy, seen = await _busy(playback, stores, outboxes), _versions(stores)
        changed = False
        if seen != versions:
            versions, before, rows = seen, rows, look()
            changed = rows != before
        now = loop.time()
        if busy or changed:
            quiet_since = now
        elif now - quiet_since >= rules.quiet:
            return None
        if now >= deadline:
            what = busy or "observed rows keep changing"
            return f"did not settle within {rules.timeout:g} s: {what}; raise settle.timeout or find what never ends"
        await asyncio.sleep(_POLL)


async def _busy(playback: Playback, stores: Mapping[str, Store], outboxes: Sequence[Messages]) -> str | None:
    if calls := await playback.in_flight():
        return f"{calls} outward calls in flight"
    for outbox in outboxes:
        if outbox.published and (rest := stores[outbox.store].undrained(outbox.table, outbox.published)):
            return f"{rest} messages wait in {outbox.table}"
    return None


def _versions(stores: Mapping[str, Store]) -> list[Json]:
    return [store.version() for store in stores.values()]
