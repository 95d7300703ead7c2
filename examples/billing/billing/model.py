"""The entities, as they are stored: a class a table, a field a column."""

from dataclasses import dataclass

from billing.states import InvoiceStatus, PaymentStatus, RefundStatus, SubscriptionStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Merchant:
    id: str
    name: str
    timezone: str
    currency: str
    tax_bp: int
    created_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    id: str
    name: str
    amount_cents: int
    currency: str
    interval: str
    created_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    id: str
    merchant_id: str
    name: str
    email: str
    created_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A customer's contract. The payer is who is billed: the customer itself, or say its employer."""

    id: str
    merchant_id: str
    customer_id: str
    payer_id: str
    plan_id: str
    status: SubscriptionStatus
    timezone: str
    starts_on: str
    canceled_at: str | None
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """A signed amount that waits for the subscription's next invoice."""

    id: str
    subscription_id: str
    kind: str
    description: str
    amount_cents: int
    invoice_id: str | None
    created_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    id: str
    merchant_id: str
    subscription_id: str
    customer_id: str
    status: InvoiceStatus
    currency: str
    period_start: str
    period_end: str
    subtotal_cents: int
    tax_cents: int
    total_cents: int
    intent_id: str | None
    confirm_token: str | None
    paid_at: str | None
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    id: str
    invoice_id: str
    position: int
    kind: str
    description: str
    quantity: int
    unit_cents: int
    amount_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One attempt to capture an invoice; the idempotency key is the attempt's own."""

    id: str
    invoice_id: str
    customer_id: str
    status: PaymentStatus
    amount_cents: int
    currency: str
    intent_id: str
    charge_id: str | None
    idempotency_key: str
    failure_code: str | None
    settled_at: str | None
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    id: str
    invoice_id: str
    payment_id: str
    status: RefundStatus
    amount_cents: int
    reason: str
    provider_refund_id: str | None
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEvent:
    id: int
    aggregate_type: str
    aggregate_id: str
    type: str
    payload: str
    trace_id: str
