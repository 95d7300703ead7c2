"""What the provider tells us, at least once and in any order."""

import logging
from dataclasses import dataclass
from enum import StrEnum

from billing import clock
from billing.capture import Outcome, capture_invoice
from billing.errors import Unavailable
from billing.logs import fields
from billing.model import Invoice, Payment
from billing.provider_client import ProviderError
from billing.services import Services
from billing.states import INVOICE_MOVES, InvoiceStatus, PaymentStatus
from billing.store import invoices, journal, payments
from billing.store.database import Database

log = logging.getLogger(__name__)
ACTOR = "provider"


class EventType(StrEnum):
    AUTHORIZED = "intent.authorized"
    SUCCEEDED = "charge.succeeded"
    FAILED = "charge.failed"
    DISPUTED = "charge.disputed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderEvent:
    id: str
    type: EventType
    intent: str
    charge: str | None


async def apply(services: Services, event: ProviderEvent) -> bool:
    """Act on an event once; False when there was nothing to do or another did it first."""
    invoice = invoices.invoice_of_intent(services.primary, event.intent)
    if invoice is None:
        log.warning("event for an unknown intent", extra=fields(event=event.id, intent=event.intent))
        return False
    disputed = await _disputed_cents(services, event) if event.type is EventType.DISPUTED else 0
    with services.primary.transaction() as tx:
        if not payments.remember_event(tx, event.id, event.type, event.intent, clock.now()):
            log.info("event was delivered before", extra=fields(event=event.id))
            return False
    if event.type is EventType.AUTHORIZED:
        captured = await capture_invoice(services, invoice.id, actor=ACTOR)
        return captured.outcome is Outcome.CAPTURED
    return _apply_to_charge(services.primary, invoice, event, disputed)


def _apply_to_charge(primary: Database, invoice: Invoice, event: ProviderEvent, disputed: int) -> bool:
    payment = payments.payment_of_charge(primary, event.charge or "")
    if payment is None or payment.invoice_id != invoice.id:
        return _unexpected(primary, invoice, event)
    if event.type is EventType.SUCCEEDED:
        return _settled(primary, invoice, payment)
    if event.type is EventType.FAILED:
        return _bounced(primary, invoice, payment)
    return _disputed(primary, invoice, payment, disputed)


async def _disputed_cents(services: Services, event: ProviderEvent) -> int:
    """The amount in dispute, asked of the provider rather than believed from the event."""
    try:
        return (await services.provider.charge(event.charge or "")).amount_cents
    except ProviderError as error:
        # Not remembered yet: the provider delivers the event again, and it is looked up again.
        raise Unavailable("provider_unavailable", f"the charge cannot be read: {error.code}") from error


def _unexpected(primary: Database, invoice: Invoice, event: ProviderEvent) -> bool:
    """A charge that this service did not make, say on a void invoice: a person must look at it."""
    with primary.transaction() as tx:
        journal.emit(
            tx, "invoice", invoice.id, "invoice.unexpected_charge", charge=event.charge, event=event.type
        )
        journal.audit(
            tx, invoice.merchant_id, ACTOR, "invoice.unexpected_charge", "invoice", invoice.id,
            charge=event.charge, event=event.type,
        )  # fmt: skip
    log.warning("charge was not expected", extra=fields(invoice=invoice.id, charge=event.charge))
    return True


def _settled(primary: Database, invoice: Invoice, payment: Payment) -> bool:
    if payment.settled_at is not None or payment.status is not PaymentStatus.SUCCEEDED:
        return False
    at = clock.now()
    with primary.transaction() as tx:
        payments.set_payment(tx, payment.id, PaymentStatus.SUCCEEDED, at, settled_at=at)
        journal.emit(tx, "invoice", invoice.id, "invoice.settled", payment_id=payment.id)
        journal.audit(
            tx, invoice.merchant_id, ACTOR, "payment.settle", "payment", payment.id, charge=payment.charge_id
        )
    return True


def _bounced(primary: Database, invoice: Invoice, payment: Payment) -> bool:
    """The money did not arrive after all: the invoice is open again."""
    if InvoiceStatus.PENDING not in INVOICE_MOVES[invoice.status]:
        return False
    at = clock.now()
    with primary.transaction() as tx:
        payments.set_payment(tx, payment.id, PaymentStatus.FAILED, at, failure_code="bounced")
        invoices.move(tx, invoice, InvoiceStatus.PENDING, at, paid_at=None)
        journal.emit(
            tx, "invoice", invoice.id, "invoice.payment_failed", payment_id=payment.id, code="bounced"
        )
        journal.audit(
            tx, invoice.merchant_id, ACTOR, "payment.bounce", "payment", payment.id, charge=payment.charge_id
        )
    return True


def _disputed(primary: Database, invoice: Invoice, payment: Payment, amount_cents: int) -> bool:
    if InvoiceStatus.DISPUTED not in INVOICE_MOVES[invoice.status]:
        return False
    at = clock.now()
    with primary.transaction() as tx:
        payments.set_payment(tx, payment.id, PaymentStatus.DISPUTED, at)
        invoices.move(tx, invoice, InvoiceStatus.DISPUTED, at)
        journal.emit(
            tx, "invoice", invoice.id, "invoice.disputed", payment_id=payment.id, amount_cents=amount_cents
        )
        journal.audit(
            tx,
            invoice.merchant_id,
            ACTOR,
            "payment.dispute",
            "payment",
            payment.id,
            amount_cents=amount_cents,
        )
    return True
