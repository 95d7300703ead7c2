"""Totals over many rows. They read the read store: late by its lag, and good enough to look at."""

from dataclasses import dataclass

from billing.states import InvoiceStatus, RefundStatus
from billing.store.database import Reader

SETTLED = (InvoiceStatus.PAID, InvoiceStatus.PARTIALLY_REFUNDED, InvoiceStatus.REFUNDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusTotal:
    status: str
    invoices: int
    total_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What was settled up to some moment."""

    invoices: int
    total_cents: int


def totals_by_status(reader: Reader, merchant_id: str) -> list[StatusTotal]:
    rows = reader.all(
        "SELECT status, COUNT(*) AS invoices, SUM(total_cents) AS total_cents "
        "FROM invoices WHERE merchant_id = ? GROUP BY status ORDER BY status",
        merchant_id,
    )
    return [StatusTotal(**row) for row in rows]


def collected_cents(reader: Reader, merchant_id: str) -> int:
    return history_before(reader, merchant_id, "9999").total_cents


def refunded_cents(reader: Reader, merchant_id: str) -> int:
    row = reader.one(
        "SELECT COALESCE(SUM(refunds.amount_cents), 0) AS cents "
        "FROM refunds JOIN invoices ON invoices.id = refunds.invoice_id "
        "WHERE invoices.merchant_id = ? AND refunds.status = ?",
        merchant_id, RefundStatus.SUCCEEDED,
    )  # fmt: skip
    return 0 if row is None else int(row["cents"])


def history_before(reader: Reader, merchant_id: str, moment: str) -> History:
    """A merchant's invoices that were paid before a moment, and have not bounced since."""
    marks = ", ".join("?" for _ in SETTLED)
    row = reader.one(
        "SELECT COUNT(*) AS invoices, COALESCE(SUM(total_cents), 0) AS total_cents "
        f"FROM invoices WHERE merchant_id = ? AND paid_at < ? AND status IN ({marks})",
        merchant_id, moment, *SETTLED,
    )  # fmt: skip
    return History(invoices=0, total_cents=0) if row is None else History(**row)
