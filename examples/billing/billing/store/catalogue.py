"""Merchants, plans and customers."""

from typing import Protocol

from billing.errors import Conflict, NotFound
from billing.model import Customer, Merchant, Plan
from billing.store.database import Reader, Transaction

MERCHANT = "id, name, timezone, currency, tax_bp, created_at"
PLAN = "id, name, amount_cents, currency, interval, created_at"
CUSTOMER = "id, merchant_id, name, email, created_at"


class MerchantCache(Protocol):
    """The port. Merchants hardly change, so one that is a few minutes old will do."""

    def find(self, merchant_id: str) -> Merchant | None: ...

    def keep(self, merchant: Merchant) -> None: ...

    def close(self) -> None: ...


def merchant(reader: Reader, merchant_id: str) -> Merchant:
    row = reader.one(f"SELECT {MERCHANT} FROM merchants WHERE id = ?", merchant_id)
    if row is None:
        raise NotFound("merchant", merchant_id)
    return Merchant(**row)


def known_merchant(reader: Reader, cache: MerchantCache, merchant_id: str) -> Merchant:
    """The same from the cache where it is there, else read and kept; what is not found is not kept."""
    known = cache.find(merchant_id)
    if known is None:
        known = merchant(reader, merchant_id)
        cache.keep(known)
    return known


def plan(reader: Reader, plan_id: str) -> Plan:
    row = reader.one(f"SELECT {PLAN} FROM plans WHERE id = ?", plan_id)
    if row is None:
        raise NotFound("plan", plan_id)
    return Plan(**row)


def plans(reader: Reader) -> list[Plan]:
    """All plans, cheapest first."""
    return [Plan(**row) for row in reader.all(f"SELECT {PLAN} FROM plans ORDER BY amount_cents, id")]


def customer(reader: Reader, customer_id: str) -> Customer:
    row = reader.one(f"SELECT {CUSTOMER} FROM customers WHERE id = ?", customer_id)
    if row is None:
        raise NotFound("customer", customer_id)
    return Customer(**row)


def add_customer(tx: Transaction, record: Customer) -> None:
    """Insert a customer; an address is used once a merchant."""
    taken = tx.one(
        "SELECT id FROM customers WHERE merchant_id = ? AND email = ?", record.merchant_id, record.email
    )
    if taken is not None:
        raise Conflict("customer_exists", f"{record.merchant_id} already has a customer {record.email}")
    tx.insert("customers", record)
