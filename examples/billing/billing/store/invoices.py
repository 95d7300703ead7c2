"""Invoices and their lines."""

from billing.errors import Conflict, NotFound
from billing.model import Invoice, InvoiceLine
from billing.states import InvoiceStatus, check_invoice_move
from billing.store.database import Reader, Row, Transaction, Value

INVOICE = (
    "id, merchant_id, subscription_id, customer_id, status, currency, period_start, period_end, "
    "subtotal_cents, tax_cents, total_cents, intent_id, confirm_token, paid_at, created_at, updated_at"
)
LINE = "id, invoice_id, position, kind, description, quantity, unit_cents, amount_cents"


def invoice(reader: Reader, invoice_id: str) -> Invoice:
    row = reader.one(f"SELECT {INVOICE} FROM invoices WHERE id = ?", invoice_id)
    if row is None:
        raise NotFound("invoice", invoice_id)
    return _invoice(row)


def invoice_of_intent(reader: Reader, intent_id: str) -> Invoice | None:
    row = reader.one(f"SELECT {INVOICE} FROM invoices WHERE intent_id = ?", intent_id)
    return None if row is None else _invoice(row)


def pending_invoices(reader: Reader, merchant_id: str) -> list[Invoice]:
    """A merchant's invoices that wait for their money, oldest first."""
    rows = reader.all(
        f"SELECT {INVOICE} FROM invoices WHERE merchant_id = ? AND status = ? ORDER BY created_at, id",
        merchant_id, InvoiceStatus.PENDING,
    )  # fmt: skip
    return [_invoice(row) for row in rows]


def lines(reader: Reader, invoice_id: str) -> list[InvoiceLine]:
    rows = reader.all(f"SELECT {LINE} FROM invoice_lines WHERE invoice_id = ? ORDER BY position", invoice_id)
    return [InvoiceLine(**row) for row in rows]


def add(tx: Transaction, record: Invoice, invoice_lines: list[InvoiceLine]) -> None:
    """Insert an invoice with its lines; a period is invoiced once."""
    taken = tx.one(
        "SELECT id FROM invoices WHERE subscription_id = ? AND period_start = ? AND status <> ?",
        record.subscription_id, record.period_start, InvoiceStatus.VOID,
    )  # fmt: skip
    if taken is not None:
        raise Conflict(
            "period_invoiced", f"the period from {record.period_start} already has invoice {taken['id']}"
        )
    tx.insert("invoices", record)
    for line in invoice_lines:
        tx.insert("invoice_lines", line)


def move(tx: Transaction, record: Invoice, target: InvoiceStatus, at: str, **also: Value) -> bool:
    """Take an invoice from the state it was read in to another; False when it has left that state since."""
    check_invoice_move(record.status, target)
    changes: dict[str, Value] = {"status": target, "updated_at": at, **also}
    assignments = ", ".join(f"{column} = ?" for column in changes)
    sql = f"UPDATE invoices SET {assignments} WHERE id = ? AND status = ?"
    return tx.execute(sql, *changes.values(), record.id, record.status) == 1


def _invoice(row: Row) -> Invoice:
    return Invoice(**{**row, "status": InvoiceStatus(row["status"])})
