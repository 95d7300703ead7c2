"""The application: what is opened at start, and closed at the end in reverse."""

from collections.abc import AsyncIterator, Callable

import aiohttp
from aiohttp import web

from billing.cache import open_cache
from billing.middleware import errors_as_json, trace_and_log
from billing.provider_client import HttpProvider
from billing.relay import Relay
from billing.replica import Replicator
from billing.routes import customers, invoices, operations, subscriptions
from billing.routes.answers import SERVICES, WEBHOOK_TOKEN
from billing.services import Services
from billing.settings import Settings
from billing.store.opening import open_copy, open_database

PROVIDER_TIMEOUT = aiohttp.ClientTimeout(total=10)


def build(settings: Settings) -> web.Application:
    """The service with these settings; nothing is opened before it starts."""
    app = web.Application(middlewares=[trace_and_log, errors_as_json])
    app[WEBHOOK_TOKEN] = settings.webhook_token
    for module in (customers, subscriptions, invoices, operations):
        app.add_routes(module.routes)
    app.cleanup_ctx.append(_running(settings))
    return app


def _running(settings: Settings) -> Callable[[web.Application], AsyncIterator[None]]:
    async def running(app: web.Application) -> AsyncIterator[None]:
        primary = open_database(settings.database)
        reads = open_copy(settings.read_database) if settings.read_database else primary
        merchants = open_cache(settings.redis)
        replicator = Replicator(primary, reads, settings.read_lag)
        relay = Relay(primary, settings.relay_interval)
        async with aiohttp.ClientSession(timeout=PROVIDER_TIMEOUT) as session:
            provider = HttpProvider(session, settings.provider_url, settings.provider_key)
            app[SERVICES] = Services(primary=primary, reads=reads, merchants=merchants, provider=provider)
            if reads is not primary:
                replicator.start()
            relay.start()
            yield
            await relay.stop()
            await replicator.stop()
        merchants.close()
        if reads is not primary:
            reads.close()
        primary.close()

    return running
