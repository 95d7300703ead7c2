import json
import sqlite3
import time
from pathlib import Path

from client import Shop

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def test_from_customer_to_paid_invoice(shop: Shop) -> None:
    customer = shop.billing.post("/v1/customers", merchant="m_aurora", name="Ada", email="ada@aurora.example")
    assert (customer.status, customer.location) == (201, f"/v1/customers/{customer.body['id']}")
    assert shop.billing.get(customer.location or "").body == customer.body
    subscription = shop.billing.post(
        "/v1/subscriptions", customer=customer.body["id"], plan="plan_team", starts_on="2026-05-01"
    )
    assert (subscription.status, subscription.body["timezone"]) == (201, "Europe/London")
    invoice = shop.billing.post(
        "/v1/invoices",
        subscription=subscription.body["id"],
        period_start="2026-05-01",
        period_end="2026-06-01",
    )
    assert (invoice.status, invoice.body["total_cents"]) == (201, 5880)
    finalized = shop.billing.post(f"/v1/invoices/{invoice.body['id']}/finalize")
    assert (finalized.status, finalized.body["status"]) == (200, "pending")
    assert finalized.body["intent"].startswith("pi_")
    confirmed = shop.confirm(finalized.body)
    assert (confirmed.status, confirmed.body["status"]) == (200, "paid")
    assert [charge["id"] for charge in shop.charges(finalized.body)] == [confirmed.body["payment"]["charge"]]
    assert "confirm_token" not in shop.billing.get(f"/v1/invoices/{invoice.body['id']}").body


def test_a_declined_card_can_be_tried_again(shop: Shop) -> None:
    # (4900 + 114) cents and 20 % of tax: the provider refuses an amount that ends in 17 the first time.
    invoice = shop.pending("m_cedar", extra_cents=114)
    assert invoice["total_cents"] == 6017
    declined = shop.confirm(invoice)
    assert (declined.status, declined.body["error"]["code"]) == (402, "insufficient_funds")
    assert shop.status(invoice) == "pending"
    assert shop.confirm(invoice).status == 200
    assert shop.confirm(invoice).status == 200
    assert len(shop.charges(invoice)) == 1


def test_refund_in_full(shop: Shop) -> None:
    invoice = shop.pending()
    shop.confirm(invoice)
    refund = shop.billing.post(f"/v1/invoices/{invoice['id']}/refund", reason="canceled")
    assert (refund.status, refund.body["amount_cents"]) == (201, invoice["total_cents"])
    assert refund.body["provider_refund"].startswith("re_")
    assert shop.status(invoice) == "refunded"


def test_the_trace_reaches_the_outbox_and_the_logs(shop: Shop, folder: Path) -> None:
    header = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
    answer = shop.billing.post(
        "/v1/customers", header, merchant="m_willow", name="Eve", email="eve@willow.example"
    )
    store = sqlite3.connect(folder / "billing.db")
    query = "SELECT trace_id, published_at FROM outbox WHERE aggregate_id = ?"
    deadline = time.monotonic() + 20
    while not (row := store.execute(query, (answer.body["id"],)).fetchone())[1]:
        assert time.monotonic() < deadline, "the relay did not publish the event"
        time.sleep(0.02)
    store.close()
    assert row[0] == TRACE
    lines = [
        json.loads(line)
        for line in (folder / "billing.log").read_text().splitlines(keepends=True)
        if line[-1] == "\n"
    ]
    assert any(line["trace_id"] == TRACE and line["logger"] == "billing.middleware" for line in lines)
