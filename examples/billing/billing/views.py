"""The JSON that callers see. Stored fields are named one by one, so that none slips out."""

from collections.abc import Sequence

from billing.model import Customer, Invoice, InvoiceLine, Payment, Plan, Refund, Subscription

Json = dict[str, object]


def customer_view(customer: Customer) -> Json:
    return {
        "id": customer.id,
        "merchant": customer.merchant_id,
        "name": customer.name,
        "email": customer.email,
        "created_at": customer.created_at,
    }


def plan_view(plan: Plan) -> Json:
    return {
        "id": plan.id,
        "name": plan.name,
        "amount_cents": plan.amount_cents,
        "currency": plan.currency,
        "interval": plan.interval,
    }


def subscription_view(subscription: Subscription) -> Json:
    return {
        "id": subscription.id,
        "merchant": subscription.merchant_id,
        "customer": subscription.customer_id,
        "payer": subscription.payer_id,
        "plan": subscription.plan_id,
        "status": subscription.status,
        "timezone": subscription.timezone,
        "starts_on": subscription.starts_on,
        "canceled_at": subscription.canceled_at,
        "created_at": subscription.created_at,
    }


def invoice_view(invoice: Invoice, lines: Sequence[InvoiceLine]) -> Json:
    return {
        "id": invoice.id,
        "merchant": invoice.merchant_id,
        "subscription": invoice.subscription_id,
        "customer": invoice.customer_id,
        "status": invoice.status,
        "currency": invoice.currency,
        "period_start": invoice.period_start,
        "period_end": invoice.period_end,
        "lines": [line_view(line) for line in lines],
        "subtotal_cents": invoice.subtotal_cents,
        "tax_cents": invoice.tax_cents,
        "total_cents": invoice.total_cents,
        "intent": invoice.intent_id,
        "paid_at": invoice.paid_at,
        "created_at": invoice.created_at,
    }


def line_view(line: InvoiceLine) -> Json:
    return {
        "id": line.id,
        "kind": line.kind,
        "description": line.description,
        "quantity": line.quantity,
        "unit_cents": line.unit_cents,
        "amount_cents": line.amount_cents,
    }


def payment_view(payment: Payment) -> Json:
    return {
        "id": payment.id,
        "status": payment.status,
        "amount_cents": payment.amount_cents,
        "charge": payment.charge_id,
        "failure_code": payment.failure_code,
    }


def refund_view(refund: Refund) -> Json:
    return {
        "id": refund.id,
        "invoice": refund.invoice_id,
        "payment": refund.payment_id,
        "status": refund.status,
        "amount_cents": refund.amount_cents,
        "reason": refund.reason,
        "provider_refund": refund.provider_refund_id,
        "created_at": refund.created_at,
    }
