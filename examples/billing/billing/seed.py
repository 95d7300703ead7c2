"""Merchants, plans and one merchant's settled history: `python -m billing.seed`, as often as you like."""

import logging
import os
import sys
from contextlib import closing
from dataclasses import replace

from billing import logs
from billing.logs import fields
from billing.model import Customer, Invoice, InvoiceLine, Merchant, Payment, Plan, Refund, Subscription
from billing.settings import BadSettings, Settings
from billing.states import InvoiceStatus, PaymentStatus, RefundStatus, SubscriptionStatus
from billing.store.database import Database, DatabaseUnavailable
from billing.store.opening import open_copy, open_database

log = logging.getLogger("billing.seed")
OPENED = "2026-01-01T00:00:00.000000+00:00"

MERCHANTS = tuple(
    Merchant(id=key, name=name, timezone=zone, currency="EUR", tax_bp=tax_bp, created_at=OPENED)
    for key, name, zone, tax_bp in (
        ("m_atlas", "Atlas Maps", "Europe/Lisbon", 2300),
        ("m_aurora", "Aurora Books", "Europe/London", 2000),
        ("m_birch", "Birch Bikes", "Europe/Berlin", 0),
        ("m_cedar", "Cedar Coffee", "Europe/Paris", 2000),
        ("m_dune", "Dune Travel", "Europe/Madrid", 2100),
        ("m_elm", "Elm Electric", "Europe/Vienna", 2000),
        ("m_fjord", "Fjord Fitness", "Europe/Oslo", 2500),
        ("m_grove", "Grove Gardens", "Europe/Amsterdam", 2100),
        ("m_harbor", "Harbor Hosting", "Europe/Berlin", 1900),
        ("m_iris", "Iris Design", "America/New_York", 0),
        ("m_juniper", "Juniper Juices", "Europe/Dublin", 2300),
        ("m_krill", "Krill Kitchens", "Asia/Tokyo", 1000),
        ("m_larch", "Larch Learning", "Europe/Zurich", 810),
        ("m_maple", "Maple Music", "America/Toronto", 1300),
        ("m_race", "Rapid Race Tickets", "Europe/Berlin", 1900),
        ("m_willow", "Willow Works", "UTC", 1900),
    )
)

PLANS = tuple(
    Plan(id=key, name=name, amount_cents=cents, currency=currency, interval="month", created_at=OPENED)
    for key, name, cents, currency in (
        ("plan_basic", "Basic", 990, "EUR"),
        ("plan_team", "Team", 4900, "EUR"),
        ("plan_business", "Business", 19900, "EUR"),
        ("plan_team_us", "Team US", 5500, "USD"),
    )
)

CUSTOMER = Customer(
    id="5d1c9a52-6c1e-4f0b-9a57-3f1b6d2c0001",
    merchant_id="m_atlas",
    name="Gerardus Mercator",
    email="gerardus@maps.example",
    created_at=OPENED,
)
SUBSCRIPTION = Subscription(
    id="5d1c9a52-6c1e-4f0b-9a57-3f1b6d2c0002",
    merchant_id="m_atlas",
    customer_id=CUSTOMER.id,
    payer_id=CUSTOMER.id,
    plan_id="plan_team",
    status=SubscriptionStatus.ACTIVE,
    timezone="Europe/Lisbon",
    starts_on="2026-01-01",
    canceled_at=None,
    created_at=OPENED,
    updated_at=OPENED,
)
JANUARY = Invoice(
    id="5d1c9a52-6c1e-4f0b-9a57-3f1b6d2c0011",
    merchant_id="m_atlas",
    subscription_id=SUBSCRIPTION.id,
    customer_id=CUSTOMER.id,
    status=InvoiceStatus.PAID,
    currency="EUR",
    period_start="2026-01-01",
    period_end="2026-02-01",
    subtotal_cents=4900,
    tax_cents=1127,
    total_cents=6027,
    intent_id="pi_4d61702d4a616e7561727900",
    confirm_token="seeded-january",
    paid_at="2026-01-02T09:00:00.000000+00:00",
    created_at="2026-01-01T06:00:00.000000+00:00",
    updated_at="2026-01-02T09:00:00.000000+00:00",
)
FEBRUARY = replace(
    JANUARY,
    id="5d1c9a52-6c1e-4f0b-9a57-3f1b6d2c0012",
    status=InvoiceStatus.PARTIALLY_REFUNDED,
    period_start="2026-02-01",
    period_end="2026-03-01",
    intent_id="pi_4d61702d466562727561727a",
    confirm_token="seeded-february",
    paid_at="2026-02-02T09:00:00.000000+00:00",
    created_at="2026-02-01T06:00:00.000000+00:00",
    updated_at="2026-02-10T15:30:00.000000+00:00",
)


def history() -> list[tuple[str, object]]:
    """Rows of Atlas Maps, each with its table: two invoices paid, one of them refunded in part."""
    rows: list[tuple[str, object]] = [("customers", CUSTOMER), ("subscriptions", SUBSCRIPTION)]
    for number, invoice in enumerate((JANUARY, FEBRUARY), start=1):
        rows += [
            ("invoices", invoice),
            ("invoice_lines", _line(invoice, number)),
            ("payments", _payment(invoice, number)),
        ]
    rows.append(("refunds", _refund(FEBRUARY, _payment(FEBRUARY, 2))))
    return rows


def _line(invoice: Invoice, number: int) -> InvoiceLine:
    return InvoiceLine(
        id=f"5d1c9a52-6c1e-4f0b-9a57-3f1b6d2c002{number}",
        invoice_id=invoice.id,
        position=1,
        kind="plan",
        description="Team",
        quantity=1,
        unit_cents=invoice.subtotal_cents,
        amount_cents=invoice.subtotal_cents,
    )


def _payment(invoice: Invoice, number: int) -> Payment:
    return Payment(
        id=f"5d1c9a52-6c1e-4f0b-9a57-3f1b6d2c003{number}",
        invoice_id=invoice.id,
        customer_id=invoice.customer_id,
        status=PaymentStatus.SUCCEEDED,
        amount_cents=invoice.total_cents,
        currency=invoice.currency,
        intent_id=invoice.intent_id or "",
        charge_id=f"ch_4d61702d53656564000000{number:02d}",
        idempotency_key=f"5d1c9a52-6c1e-4f0b-9a57-3f1b6d2c004{number}",
        failure_code=None,
        settled_at=invoice.paid_at,
        created_at=invoice.paid_at or OPENED,
        updated_at=invoice.paid_at or OPENED,
    )


def _refund(invoice: Invoice, payment: Payment) -> Refund:
    return Refund(
        id="5d1c9a52-6c1e-4f0b-9a57-3f1b6d2c0051",
        invoice_id=invoice.id,
        payment_id=payment.id,
        status=RefundStatus.SUCCEEDED,
        amount_cents=1500,
        reason="goodwill",
        provider_refund_id="re_4d61702d5365656400000001",
        created_at=invoice.updated_at,
        updated_at=invoice.updated_at,
    )


def seed(database: Database) -> int:
    """Insert what is missing; answers how many rows that was."""
    rows = (
        [("merchants", merchant) for merchant in MERCHANTS] + [("plans", plan) for plan in PLANS] + history()
    )
    with database.transaction() as tx:
        return sum(tx.insert_missing(table, record) for table, record in rows)


def main() -> int:
    logs.configure()
    try:
        settings = Settings.from_environment(os.environ)
    except BadSettings as error:
        log.error("bad settings: %s", error)
        return 2
    try:
        log.info("seeded", extra=fields(rows=_seed_both(settings)))
    except DatabaseUnavailable as error:
        log.error("no database: %s", error)
        return 1
    return 0


def _seed_both(settings: Settings) -> int:
    """Seed the primary and copy it: a service that runs repeats only its own commits on the read store."""
    with closing(open_database(settings.database)) as primary:
        rows = seed(primary)
        if settings.read_database:
            with closing(open_copy(settings.read_database)) as reads:
                primary.copy_to(reads)
    return rows


if __name__ == "__main__":
    sys.exit(main())
