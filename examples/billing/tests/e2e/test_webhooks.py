from client import Shop


def test_an_authorization_captures_once_however_often_it_comes(shop: Shop) -> None:
    invoice = shop.pending()
    first = shop.webhook("intent.authorized", "evt_twice", intent=invoice["intent"])
    second = shop.webhook("intent.authorized", "evt_twice", intent=invoice["intent"])
    assert (first.status, first.body) == (200, {"applied": True})
    assert (second.status, second.body) == (200, {"applied": False})
    assert shop.status(invoice) == "paid"
    assert len(shop.charges(invoice)) == 1


def test_a_charge_is_settled_then_disputed(shop: Shop) -> None:
    invoice = shop.pending()
    charge = shop.confirm(invoice).body["payment"]["charge"]
    assert shop.webhook("charge.succeeded", intent=invoice["intent"], charge=charge).body == {"applied": True}
    assert shop.status(invoice) == "paid"
    assert shop.webhook("charge.disputed", intent=invoice["intent"], charge=charge).body == {"applied": True}
    assert shop.status(invoice) == "disputed"
    assert shop.webhook("charge.failed", intent=invoice["intent"], charge=charge).body == {"applied": False}


def test_a_bounced_charge_opens_the_invoice_again(shop: Shop) -> None:
    invoice = shop.pending()
    charge = shop.confirm(invoice).body["payment"]["charge"]
    assert shop.webhook("charge.failed", intent=invoice["intent"], charge=charge).body == {"applied": True}
    assert shop.status(invoice) == "pending"


def test_an_unexpected_charge_is_taken_note_of(shop: Shop) -> None:
    invoice = shop.pending()
    answer = shop.webhook("charge.succeeded", intent=invoice["intent"], charge="ch_of_somebody_else")
    assert (answer.status, answer.body) == (200, {"applied": True})
    assert shop.status(invoice) == "pending"


def test_a_forged_webhook_is_refused(shop: Shop) -> None:
    forged = shop.billing.post(
        "/webhooks/payments", {"X-Webhook-Token": "guess"}, id="e", type="charge.succeeded"
    )
    assert (forged.status, forged.body["error"]["code"]) == (401, "invalid_webhook_token")


def test_an_unknown_intent_is_acknowledged(shop: Shop) -> None:
    assert shop.webhook("intent.authorized", intent="pi_unknown").body == {"applied": False}
