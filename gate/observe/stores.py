"""Which of the stores are databases and which are caches, and what is read of each."""

from collections.abc import Mapping

from gate.config import Settings
from gate.model import StateKind
from gate.observe.rows import Snapshot, qualified, snapshot
from gate.ports import Store


def snapshots(stores: Mapping[str, Store], settings: Settings) -> dict[str, Snapshot]:
    """Read every observed table of every store, and every cache. Raises InconclusiveError where one is not there."""
    found = {name: snapshot(store, _keys(name, store, settings)) for name, store in stores.items()}
    # The one table of a cache is never taken for one of a database.
    called = caches(settings) | (databases(settings) if several(settings) else frozenset())
    return {name: qualified(shot, name) if name in called else shot for name, shot in found.items()}


def unseen(
    stores: Mapping[str, Store],
    before: Mapping[str, Snapshot],
    after: Mapping[str, Snapshot],
    settings: Settings,
) -> dict[str, str]:
    """The stores in which nothing was found that could be compared, and why each may be the wrong one."""
    found = {}
    chosen = {store.store for store in settings.stores if store.database or store.keys}
    for name, store in stores.items():
        where = "name the one that the service uses as 'database' of that store under 'state' in gate.yml"
        if name in caches(settings):
            if name in chosen:
                continue  # it may well be that nothing was kept
            keys = [rows for shot in (before[name], after[name]) for rows in shot.rows.values() if rows]
            if not keys and (others := store.elsewhere()):
                found[name] = (
                    f"store {name}: no key was seen, but database {', '.join(others)} has some; {where}"
                )
        elif settings.observe.rows is None and not after[name].tables:
            others = store.elsewhere()
            beside = f"; there is also the database {', '.join(others)}" if others else ""
            found[name] = (
                f"store {name}: has no table{beside}; {where}, or what makes its tables as 'migrate'"
            )
    return found


def caches(settings: Settings) -> frozenset[str]:
    """The stores whose keys are observed."""
    return frozenset(store.store for store in settings.stores if store.kind == StateKind.REDIS)


def databases(settings: Settings) -> frozenset[str]:
    """The stores whose rows are observed."""
    return frozenset(store.store for store in settings.stores if store.kind != StateKind.REDIS)


def several(settings: Settings) -> bool:
    """True where a table is called by its store as well, since another store may have one of that name."""
    return len(databases(settings)) > 1


def _keys(name: str, store: Store, settings: Settings) -> dict[str, tuple[str, ...]]:
    outboxes = [messages.table for messages in settings.observe.messages if messages.store == name]
    if settings.observe.rows is None or name in caches(settings):
        keys: dict[str, tuple[str, ...]] = dict.fromkeys(store.tables(), ())
    else:
        keys = {rows.table: rows.key for rows in settings.observe.rows if rows.store == name}
    return keys | dict.fromkeys(outboxes, ())
