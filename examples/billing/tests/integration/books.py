"""Shortcuts into a state, and what the journal says of it."""

from datetime import date

from billing import invoicing, subscriptions
from billing.invoicing import ExtraLine
from billing.model import Customer, Invoice, Subscription
from billing.services import Services
from billing.store.database import Reader

MERCHANT = "m_willow"
MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


def added(services: Services, email: str, merchant: str = MERCHANT) -> Customer:
    return subscriptions.add_customer(services.primary, services.merchants, merchant, "Ada", email)


def subscribed(services: Services, plan: str = "plan_team", timezone: str | None = None) -> Subscription:
    customer = added(services, "ada@willow.example")
    return subscriptions.start(services.primary, services.merchants, customer.id, None, plan, MAY, timezone)


def invoiced(services: Services, extras: list[ExtraLine] | None = None) -> Invoice:
    return created(services, subscribed(services).id, extras=extras)


def created(
    services: Services,
    subscription_id: str,
    start: date = MAY,
    end: date = JUNE,
    extras: list[ExtraLine] | None = None,
) -> Invoice:
    return invoicing.create(services.primary, services.merchants, subscription_id, start, end, extras or [])


async def finalized(services: Services) -> Invoice:
    return await invoicing.finalize(services, invoiced(services).id)


async def paid(services: Services) -> Invoice:
    invoice = await finalized(services)
    return await invoicing.confirm(services, invoice.id, invoice.confirm_token or "")


def events(reader: Reader, aggregate_id: str) -> set[str]:
    return {row["type"] for row in reader.all("SELECT type FROM outbox WHERE aggregate_id = ?", aggregate_id)}


def actions(reader: Reader, entity_id: str) -> list[str]:
    rows = reader.all("SELECT action FROM audit_log WHERE entity_id = ? ORDER BY id", entity_id)
    return [row["action"] for row in rows]
