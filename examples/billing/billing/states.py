"""The state machines: every allowed move of an invoice and of a subscription, and nothing else."""

from collections.abc import Mapping
from enum import StrEnum

from billing.errors import Conflict


class InvoiceStatus(StrEnum):
    DRAFT = "draft"
    PENDING = "pending"
    CAPTURING = "capturing"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    VOID = "void"


class SubscriptionStatus(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    CANCELED = "canceled"


class PaymentStatus(StrEnum):
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    DISPUTED = "disputed"


class RefundStatus(StrEnum):
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


# A bounced charge reopens a paid invoice; a declined capture reopens the one it had claimed.
INVOICE_MOVES: Mapping[InvoiceStatus, frozenset[InvoiceStatus]] = {
    InvoiceStatus.DRAFT: frozenset({InvoiceStatus.PENDING, InvoiceStatus.VOID}),
    InvoiceStatus.PENDING: frozenset({InvoiceStatus.CAPTURING, InvoiceStatus.VOID}),
    InvoiceStatus.CAPTURING: frozenset({InvoiceStatus.PAID, InvoiceStatus.PENDING}),
    InvoiceStatus.PAID: frozenset(
        {
            InvoiceStatus.PARTIALLY_REFUNDED,
            InvoiceStatus.REFUNDED,
            InvoiceStatus.DISPUTED,
            InvoiceStatus.PENDING,
        }
    ),
    InvoiceStatus.PARTIALLY_REFUNDED: frozenset({InvoiceStatus.REFUNDED, InvoiceStatus.DISPUTED}),
    InvoiceStatus.REFUNDED: frozenset(),
    InvoiceStatus.DISPUTED: frozenset(),
    InvoiceStatus.VOID: frozenset(),
}

SUBSCRIPTION_MOVES: Mapping[SubscriptionStatus, frozenset[SubscriptionStatus]] = {
    SubscriptionStatus.ACTIVE: frozenset({SubscriptionStatus.PAUSED, SubscriptionStatus.CANCELED}),
    SubscriptionStatus.PAUSED: frozenset({SubscriptionStatus.ACTIVE, SubscriptionStatus.CANCELED}),
    SubscriptionStatus.CANCELED: frozenset(),
}


def check_invoice_move(source: InvoiceStatus, target: InvoiceStatus) -> None:
    """Raise a Conflict unless an invoice may go from source to target."""
    if target not in INVOICE_MOVES[source]:
        raise Conflict(f"invoice_{source}", f"an invoice that is {source} cannot become {target}")


def check_subscription_move(source: SubscriptionStatus, target: SubscriptionStatus) -> None:
    """Raise a Conflict unless a subscription may go from source to target."""
    if target not in SUBSCRIPTION_MOVES[source]:
        raise Conflict(f"subscription_{source}", f"a subscription that is {source} cannot become {target}")
