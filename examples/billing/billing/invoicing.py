"""Invoices up to the point where money is taken: made, finalized, confirmed, or void."""

import logging
import secrets
import uuid
from dataclasses import dataclass
from datetime import date

from billing import clock
from billing.capture import Outcome, capture_invoice
from billing.errors import Conflict, Declined, Unavailable, Unprocessable
from billing.logs import fields
from billing.model import Adjustment, Invoice, InvoiceLine, Plan, Subscription
from billing.money import tax_on
from billing.provider_client import ProviderDeclined, ProviderError
from billing.services import Services
from billing.states import InvoiceStatus, SubscriptionStatus, check_invoice_move
from billing.store import catalogue, contracts, invoices, journal
from billing.store.database import Database

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraLine:
    """Something to bill besides the plan."""

    description: str
    quantity: int
    unit_cents: int


def create(
    primary: Database,
    merchants: catalogue.MerchantCache,
    subscription_id: str,
    period_start: date,
    period_end: date,
    extras: list[ExtraLine],
) -> Invoice:
    """A draft for a period: the plan, what else is asked for, and the adjustments that were waiting."""
    if period_end <= period_start:
        raise Unprocessable("invalid_period", f"the period ends on {period_end}, not after {period_start}")
    with primary.transaction() as tx:
        subscription = contracts.subscription(tx, subscription_id)
        if subscription.status is not SubscriptionStatus.ACTIVE:
            raise Conflict(
                f"subscription_{subscription.status}", f"subscription {subscription.id} is not active"
            )
        merchant = catalogue.known_merchant(tx, merchants, subscription.merchant_id)
        plan = catalogue.plan(tx, subscription.plan_id)
        waiting = contracts.open_adjustments(tx, subscription.id)
        invoice_id = str(uuid.uuid4())
        lines = _lines(invoice_id, plan, extras, waiting)
        invoice = _draft(
            invoice_id, subscription, lines, merchant.currency, merchant.tax_bp, period_start, period_end
        )
        invoices.add(tx, invoice, lines)
        for adjustment in waiting:
            contracts.book_adjustment(tx, adjustment.id, invoice.id)
        journal.emit(tx, "invoice", invoice.id, "invoice.created", total_cents=invoice.total_cents)
        journal.audit(
            tx, invoice.merchant_id, "api", "invoice.create", "invoice", invoice.id, lines=len(lines)
        )
    return invoice


def _lines(
    invoice_id: str, plan: Plan, extras: list[ExtraLine], waiting: list[Adjustment]
) -> list[InvoiceLine]:
    parts = [("plan", plan.name, 1, plan.amount_cents)]
    parts += [("extra", extra.description, extra.quantity, extra.unit_cents) for extra in extras]
    parts += [("adjustment", adjustment.description, 1, adjustment.amount_cents) for adjustment in waiting]
    return [
        InvoiceLine(
            id=str(uuid.uuid4()),
            invoice_id=invoice_id,
            position=position,
            kind=kind,
            description=description,
            quantity=quantity,
            unit_cents=unit_cents,
            amount_cents=quantity * unit_cents,
        )
        for position, (kind, description, quantity, unit_cents) in enumerate(parts, start=1)
    ]


def _draft(
    invoice_id: str,
    subscription: Subscription,
    lines: list[InvoiceLine],
    currency: str,
    tax_bp: int,
    period_start: date,
    period_end: date,
) -> Invoice:
    subtotal = sum(line.amount_cents for line in lines)
    tax = tax_on(subtotal, tax_bp)
    at = clock.now()
    return Invoice(
        id=invoice_id,
        merchant_id=subscription.merchant_id,
        subscription_id=subscription.id,
        customer_id=subscription.payer_id,
        status=InvoiceStatus.DRAFT,
        currency=currency,
        period_start=period_start.isoformat(),
        period_end=period_end.isoformat(),
        subtotal_cents=subtotal,
        tax_cents=tax,
        total_cents=subtotal + tax,
        intent_id=None,
        confirm_token=None,
        paid_at=None,
        created_at=at,
        updated_at=at,
    )


async def finalize(services: Services, invoice_id: str) -> Invoice:
    """Announce the payment to the provider and make the draft pending; the answer has the confirm token.

    The invoice's own id is the idempotency key: two finalizations at once get one and the same intent.
    """
    invoice = invoices.invoice(services.primary, invoice_id)
    check_invoice_move(invoice.status, InvoiceStatus.PENDING)
    if invoice.total_cents <= 0:
        raise Unprocessable("nothing_due", f"invoice {invoice.id} has a total of {invoice.total_cents} cents")
    try:
        intent_id = await services.provider.create_intent(
            amount_cents=invoice.total_cents, currency=invoice.currency, reference=invoice.id, key=invoice.id
        )
    except ProviderError as error:
        raise _told(error) from error
    with services.primary.transaction() as tx:
        token = secrets.token_urlsafe(24)
        if not invoices.move(
            tx, invoice, InvoiceStatus.PENDING, clock.now(), intent_id=intent_id, confirm_token=token
        ):
            raise Conflict("invoice_busy", f"invoice {invoice.id} was changed by another request")
        journal.emit(
            tx,
            "invoice",
            invoice.id,
            "invoice.finalized",
            intent_id=intent_id,
            total_cents=invoice.total_cents,
        )
        journal.audit(
            tx, invoice.merchant_id, "api", "invoice.finalize", "invoice", invoice.id, intent_id=intent_id
        )
    log.info("invoice finalized", extra=fields(invoice=invoice.id, intent=intent_id))
    return invoices.invoice(services.primary, invoice.id)


async def confirm(services: Services, invoice_id: str, token: str) -> Invoice:
    """The payer's yes. Paid already is fine, and answered as such; being captured right now is a conflict."""
    invoice = invoices.invoice(services.primary, invoice_id)
    if invoice.confirm_token is None:
        raise Conflict(
            "invoice_not_finalized", f"invoice {invoice.id} is {invoice.status} and has no payment to confirm"
        )
    if not secrets.compare_digest(invoice.confirm_token.encode(), token.encode()):
        raise Unprocessable("invalid_confirm_token", "the confirm token is not the one of this invoice")
    if invoice.status is InvoiceStatus.PAID:
        return invoice
    if invoice.status is not InvoiceStatus.CAPTURING:
        check_invoice_move(invoice.status, InvoiceStatus.CAPTURING)
    captured = await capture_invoice(services, invoice.id, actor="payer")
    if captured.outcome is Outcome.BUSY:
        raise Conflict("invoice_busy", f"invoice {invoice.id} is being captured")
    if captured.error is not None:
        raise _told(captured.error) from captured.error
    return invoices.invoice(services.primary, invoice.id)


def void(primary: Database, invoice_id: str) -> Invoice:
    """Give up an invoice that nobody has paid; its adjustments wait for the next one again."""
    with primary.transaction() as tx:
        invoice = invoices.invoice(tx, invoice_id)
        invoices.move(tx, invoice, InvoiceStatus.VOID, clock.now())
        contracts.release_adjustments(tx, invoice.id)
        journal.emit(tx, "invoice", invoice.id, "invoice.voided", total_cents=invoice.total_cents)
        journal.audit(
            tx, invoice.merchant_id, "api", "invoice.void", "invoice", invoice.id, was=invoice.status
        )
    return invoices.invoice(primary, invoice.id)


def _told(error: ProviderError) -> Declined | Unavailable:
    if isinstance(error, ProviderDeclined):
        return Declined(error.code, "the payment was declined")
    return Unavailable("provider_unavailable", f"the payment provider failed: {error.code}")
