"""How the servers of a side are opened. Their drivers are extras, which only those need who have such a store."""

from collections.abc import Callable, Collection

from gate.config import Redactor
from gate.ports import Store, StorePlan

Opened = Callable[[StorePlan, str, int], Store]
"""Opens a store at a host and a port. Raises InconclusiveError while it does not answer."""


def opener(kinds: Collection[str], redactor: Redactor) -> Opened:
    """Opens stores of these kinds. Raises ModuleNotFoundError where the driver of one is not installed."""
    known = {kind: make(redactor) for kind, make in _MAKERS.items() if kind in kinds}
    return lambda store, host, port: known[store.kind](store, host, port)


def _postgres(redactor: Redactor) -> Opened:
    from gate.adapters.postgres import PostgresStore, Server

    def opened(store: StorePlan, host: str, port: int) -> Store:
        server = Server(
            host=host, port=port, database=store.database, user=store.user, password=store.password
        )
        return PostgresStore(store.store, server, redactor)

    return opened


def _redis(redactor: Redactor) -> Opened:
    from gate.adapters.redis_store import RedisStore

    def opened(store: StorePlan, host: str, port: int) -> Store:
        password, number = store.password or None, int(store.database)
        return RedisStore(
            store.store, host, port, redactor, keys=store.keys, database=number, password=password
        )

    return opened


_MAKERS: dict[str, Callable[[Redactor], Opened]] = {"postgres": _postgres, "redis": _redis}
