"""The manners of the provider that the service has to live with."""

from typing import Any

from client import AUTHORIZATION, Answer, Shop


def capture(shop: Shop, intent: Any, key: str) -> Answer:
    body = {"intent": intent["id"], "amount": 500, "currency": "EUR", "reference": "r-1"}
    return shop.provider.post("/v1/captures", {**AUTHORIZATION, "Idempotency-Key": key}, **body)


def test_only_a_repeated_key_is_answered_again(shop: Shop) -> None:
    intent = shop.provider.post(
        "/v1/intents", AUTHORIZATION, amount=500, currency="EUR", reference="r-1"
    ).body
    first, repeated, other = (capture(shop, intent, key) for key in ("key-1", "key-1", "key-2"))
    assert first.body["reference"] == "r-1"
    assert repeated.body == first.body
    assert other.status == 201
    assert other.body["id"] != first.body["id"]


def test_a_wrong_key_is_refused(shop: Shop) -> None:
    assert shop.provider.get("/v1/charges/ch_1", {"Authorization": "Bearer guess"}).status == 401
