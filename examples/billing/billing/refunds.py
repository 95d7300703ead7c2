"""Refunds: booked first, so that two at once cannot give back more than was paid."""

import logging
import uuid

from billing import clock
from billing.errors import Conflict, Unavailable, Unprocessable
from billing.logs import fields
from billing.model import Invoice, Payment, Refund
from billing.provider_client import ProviderError
from billing.services import Services
from billing.states import InvoiceStatus, PaymentStatus, RefundStatus
from billing.store import invoices, journal, payments
from billing.store.database import Database

log = logging.getLogger(__name__)
REFUNDABLE = frozenset({InvoiceStatus.PAID, InvoiceStatus.PARTIALLY_REFUNDED})


async def refund(services: Services, invoice_id: str, amount_cents: int | None, reason: str) -> Refund:
    """Give back an amount, or all that is left of the payment."""
    record, charge_id = _book(services.primary, invoice_id, amount_cents, reason)
    try:
        provider_refund_id = await services.provider.refund(
            charge=charge_id, amount_cents=record.amount_cents, reference=record.id, key=str(uuid.uuid4())
        )
    except ProviderError as error:
        with services.primary.transaction() as tx:
            payments.set_refund(tx, record.id, RefundStatus.FAILED, clock.now())
        raise Unavailable("provider_unavailable", f"the refund failed: {error.code}") from error
    _settle(services.primary, record, provider_refund_id)
    return payments.refund(services.primary, record.id)


def _book(primary: Database, invoice_id: str, amount_cents: int | None, reason: str) -> tuple[Refund, str]:
    """Reserve the amount on the primary; answers the refund and the charge that it comes from."""
    at = clock.now()
    with primary.transaction() as tx:
        invoice = invoices.invoice(tx, invoice_id)
        payment = payments.latest_payment(tx, invoice.id)
        charge_id = _charge_to_refund(invoice, payment)
        left = invoice.total_cents - payments.refunded_cents(tx, invoice.id)
        amount = left if amount_cents is None else amount_cents
        if not 0 < amount <= left:
            raise Unprocessable("invalid_amount", f"{amount} cents cannot be refunded; {left} are left")
        assert payment is not None
        record = Refund(
            id=str(uuid.uuid4()),
            invoice_id=invoice.id,
            payment_id=payment.id,
            status=RefundStatus.PROCESSING,
            amount_cents=amount,
            reason=reason,
            provider_refund_id=None,
            created_at=at,
            updated_at=at,
        )
        payments.add_refund(tx, record)
    return record, charge_id


def _charge_to_refund(invoice: Invoice, payment: Payment | None) -> str:
    if invoice.status not in REFUNDABLE:
        raise Conflict(f"invoice_{invoice.status}", f"an invoice that is {invoice.status} cannot be refunded")
    if payment is None or payment.status is not PaymentStatus.SUCCEEDED or payment.charge_id is None:
        raise Conflict("no_charge", f"invoice {invoice.id} has no charge to refund")
    return payment.charge_id


def _settle(primary: Database, record: Refund, provider_refund_id: str) -> None:
    at = clock.now()
    with primary.transaction() as tx:
        payments.set_refund(tx, record.id, RefundStatus.SUCCEEDED, at, provider_refund_id)
        invoice = invoices.invoice(tx, record.invoice_id)
        whole = payments.refunded_cents(tx, invoice.id) == invoice.total_cents
        target = InvoiceStatus.REFUNDED if whole else InvoiceStatus.PARTIALLY_REFUNDED
        if invoice.status is not target:
            invoices.move(tx, invoice, target, at)
        journal.emit(
            tx,
            "invoice",
            invoice.id,
            "invoice.refunded",
            refund_id=record.id,
            amount_cents=record.amount_cents,
        )
        journal.audit(
            tx, invoice.merchant_id, "api", "invoice.refund", "invoice", invoice.id,
            refund_id=record.id, amount_cents=record.amount_cents,
        )  # fmt: skip
    log.info(
        "payment refunded",
        extra=fields(invoice=record.invoice_id, refund=record.id, amount=record.amount_cents),
    )
