"""Payments, refunds, and the provider's events."""

from billing.model import Payment, Refund
from billing.states import PaymentStatus, RefundStatus
from billing.store.database import Reader, Row, Transaction, Value

PAYMENT = (
    "id, invoice_id, customer_id, status, amount_cents, currency, intent_id, charge_id, idempotency_key, "
    "failure_code, settled_at, created_at, updated_at"
)
REFUND = (
    "id, invoice_id, payment_id, status, amount_cents, reason, provider_refund_id, created_at, updated_at"
)


def add_payment(tx: Transaction, record: Payment) -> None:
    tx.insert("payments", record)


def set_payment(tx: Transaction, payment_id: str, status: PaymentStatus, at: str, **also: Value) -> None:
    changes: dict[str, Value] = {"status": status, "updated_at": at, **also}
    assignments = ", ".join(f"{column} = ?" for column in changes)
    tx.execute(f"UPDATE payments SET {assignments} WHERE id = ?", *changes.values(), payment_id)


def latest_payment(reader: Reader, invoice_id: str) -> Payment | None:
    """The last attempt to capture an invoice."""
    row = reader.one(
        f"SELECT {PAYMENT} FROM payments WHERE invoice_id = ? ORDER BY created_at DESC, id LIMIT 1",
        invoice_id,
    )
    return None if row is None else _payment(row)


def payment_of_charge(reader: Reader, charge_id: str) -> Payment | None:
    row = reader.one(f"SELECT {PAYMENT} FROM payments WHERE charge_id = ?", charge_id)
    return None if row is None else _payment(row)


def add_refund(tx: Transaction, record: Refund) -> None:
    tx.insert("refunds", record)


def set_refund(
    tx: Transaction, refund_id: str, status: RefundStatus, at: str, provider_refund_id: str | None = None
) -> None:
    tx.execute(
        "UPDATE refunds SET status = ?, provider_refund_id = ?, updated_at = ? WHERE id = ?",
        status, provider_refund_id, at, refund_id,
    )  # fmt: skip


def refund(reader: Reader, refund_id: str) -> Refund:
    row = reader.one(f"SELECT {REFUND} FROM refunds WHERE id = ?", refund_id)
    assert row is not None, f"refund {refund_id} was written a moment ago"
    return Refund(**{**row, "status": RefundStatus(row["status"])})


def refunded_cents(reader: Reader, invoice_id: str) -> int:
    """What has gone back, or is on its way back, to the payer."""
    row = reader.one(
        "SELECT COALESCE(SUM(amount_cents), 0) AS cents FROM refunds WHERE invoice_id = ? AND status <> ?",
        invoice_id, RefundStatus.FAILED,
    )  # fmt: skip
    return 0 if row is None else int(row["cents"])


def remember_event(tx: Transaction, event_id: str, kind: str, intent_id: str, at: str) -> bool:
    """Keep a provider event; False when it was delivered before."""
    added = tx.execute(
        "INSERT INTO provider_events (id, type, intent_id, received_at) "
        "VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        event_id, kind, intent_id, at,
    )  # fmt: skip
    return added == 1


def _payment(row: Row) -> Payment:
    return Payment(**{**row, "status": PaymentStatus(row["status"])})
