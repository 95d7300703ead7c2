"""Capture: the one way in which money is taken.

The UI's confirmation, the provider's webhook and the reconciliation job may all want the same
invoice at the same time. Each comes through here, and the first to move it from `pending` to
`capturing` on the primary has the claim; the others are told that it is busy. Nothing here reads the
read store: it is late, and money cannot be decided on late facts.
"""

import logging
import uuid
from dataclasses import dataclass
from enum import StrEnum

from billing import clock
from billing.errors import Conflict
from billing.logs import fields
from billing.model import Invoice, Payment
from billing.provider_client import ProviderError
from billing.services import Services
from billing.states import InvoiceStatus, PaymentStatus
from billing.store import invoices, journal, payments
from billing.store.database import Database

log = logging.getLogger(__name__)


class Outcome(StrEnum):
    CAPTURED = "captured"
    FAILED = "failed"
    BUSY = "busy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """How an attempt ended; the reason is the provider's, where it was the provider that ended it."""

    outcome: Outcome
    error: ProviderError | None = None


BUSY = Captured(outcome=Outcome.BUSY)


async def capture_invoice(services: Services, invoice_id: str, *, actor: str) -> Captured:
    """Claim a pending invoice, take its money, and book the result."""
    claim = _claim(services.primary, invoice_id)
    if claim is None:
        log.info("invoice is not ours to capture", extra=fields(invoice=invoice_id, actor=actor))
        return BUSY
    invoice, payment = claim
    try:
        charge_id = await services.provider.capture(
            intent=payment.intent_id,
            amount_cents=payment.amount_cents,
            currency=payment.currency,
            reference=invoice.id,
            key=payment.idempotency_key,
        )
    except ProviderError as error:
        _release(services.primary, invoice, payment, error.code, actor)
        return Captured(outcome=Outcome.FAILED, error=error)
    _settle(services.primary, invoice, payment, charge_id, actor)
    return Captured(outcome=Outcome.CAPTURED)


def _claim(primary: Database, invoice_id: str) -> tuple[Invoice, Payment] | None:
    """Move the invoice to `capturing` and open a payment, both or neither; None when another has it."""
    at = clock.now()
    with primary.transaction() as tx:
        invoice = invoices.invoice(tx, invoice_id)
        if invoice.status is not InvoiceStatus.PENDING:
            return None
        if not invoices.move(tx, invoice, InvoiceStatus.CAPTURING, at):
            return None
        payment = _new_payment(invoice, at)
        payments.add_payment(tx, payment)
    return invoice, payment


def _new_payment(invoice: Invoice, at: str) -> Payment:
    if invoice.intent_id is None:
        raise Conflict("invoice_not_finalized", f"invoice {invoice.id} has no payment intent")
    return Payment(
        id=str(uuid.uuid4()),
        invoice_id=invoice.id,
        customer_id=invoice.customer_id,
        status=PaymentStatus.PROCESSING,
        amount_cents=invoice.total_cents,
        currency=invoice.currency,
        intent_id=invoice.intent_id,
        charge_id=None,
        idempotency_key=str(uuid.uuid4()),
        failure_code=None,
        settled_at=None,
        created_at=at,
        updated_at=at,
    )


def _settle(primary: Database, invoice: Invoice, payment: Payment, charge_id: str, actor: str) -> None:
    at = clock.now()
    with primary.transaction() as tx:
        claimed = invoices.invoice(tx, invoice.id)
        payments.set_payment(tx, payment.id, PaymentStatus.SUCCEEDED, at, charge_id=charge_id)
        invoices.move(tx, claimed, InvoiceStatus.PAID, at, paid_at=at)
        journal.emit(
            tx,
            "invoice",
            invoice.id,
            "invoice.captured",
            payment_id=payment.id,
            amount_cents=payment.amount_cents,
        )
        journal.emit(tx, "invoice", invoice.id, "invoice.paid", total_cents=invoice.total_cents)
        journal.audit(
            tx, invoice.merchant_id, actor, "invoice.capture", "invoice", invoice.id,
            payment_id=payment.id, charge_id=charge_id,
        )  # fmt: skip
    log.info(
        "payment captured",
        extra=fields(invoice=invoice.id, payment=payment.id, charge=charge_id, actor=actor),
    )


def _release(primary: Database, invoice: Invoice, payment: Payment, code: str, actor: str) -> None:
    at = clock.now()
    with primary.transaction() as tx:
        claimed = invoices.invoice(tx, invoice.id)
        payments.set_payment(tx, payment.id, PaymentStatus.FAILED, at, failure_code=code)
        invoices.move(tx, claimed, InvoiceStatus.PENDING, at)
        journal.emit(tx, "invoice", invoice.id, "invoice.payment_failed", payment_id=payment.id, code=code)
        journal.audit(
            tx, invoice.merchant_id, actor, "invoice.capture_failed", "invoice", invoice.id,
            payment_id=payment.id, code=code,
        )  # fmt: skip
    log.warning(
        "payment failed", extra=fields(invoice=invoice.id, payment=payment.id, code=code, actor=actor)
    )
