"""Subscriptions, and the adjustments that wait for their next invoice."""

from billing.errors import NotFound
from billing.model import Adjustment, Subscription
from billing.states import SubscriptionStatus, check_subscription_move
from billing.store.database import Reader, Row, Transaction, Value

SUBSCRIPTION = (
    "id, merchant_id, customer_id, payer_id, plan_id, status, timezone, starts_on, "
    "canceled_at, created_at, updated_at"
)
ADJUSTMENT = "id, subscription_id, kind, description, amount_cents, invoice_id, created_at"


def subscription(reader: Reader, subscription_id: str) -> Subscription:
    row = reader.one(f"SELECT {SUBSCRIPTION} FROM subscriptions WHERE id = ?", subscription_id)
    if row is None:
        raise NotFound("subscription", subscription_id)
    return _subscription(row)


def add_subscription(tx: Transaction, record: Subscription) -> None:
    tx.insert("subscriptions", record)


def move(
    tx: Transaction, record: Subscription, target: SubscriptionStatus, at: str, canceled_at: Value = None
) -> None:
    """Take a subscription to another state, if the state machine allows it."""
    check_subscription_move(record.status, target)
    tx.execute(
        "UPDATE subscriptions SET status = ?, canceled_at = ?, updated_at = ? WHERE id = ? AND status = ?",
        target, canceled_at, at, record.id, record.status,
    )  # fmt: skip


def set_plan(tx: Transaction, subscription_id: str, plan_id: str, at: str) -> None:
    tx.execute(
        "UPDATE subscriptions SET plan_id = ?, updated_at = ? WHERE id = ?", plan_id, at, subscription_id
    )


def add_adjustment(tx: Transaction, record: Adjustment) -> None:
    tx.insert("adjustments", record)


def open_adjustments(reader: Reader, subscription_id: str) -> list[Adjustment]:
    """What the next invoice must take up, oldest first."""
    rows = reader.all(
        f"SELECT {ADJUSTMENT} FROM adjustments "
        "WHERE subscription_id = ? AND invoice_id IS NULL ORDER BY created_at, id",
        subscription_id,
    )
    return [Adjustment(**row) for row in rows]


def book_adjustment(tx: Transaction, adjustment_id: str, invoice_id: str) -> None:
    tx.execute("UPDATE adjustments SET invoice_id = ? WHERE id = ?", invoice_id, adjustment_id)


def release_adjustments(tx: Transaction, invoice_id: str) -> None:
    """Give the adjustments of a void invoice back to the next one."""
    tx.execute("UPDATE adjustments SET invoice_id = NULL WHERE invoice_id = ?", invoice_id)


def _subscription(row: Row) -> Subscription:
    return Subscription(**{**row, "status": SubscriptionStatus(row["status"])})
