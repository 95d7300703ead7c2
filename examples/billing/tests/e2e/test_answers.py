import urllib.error
import urllib.request

import pytest
from client import Shop

UNKNOWN = "5d1c9a52-6c1e-4f0b-9a57-3f1b6d2cffff"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"/v1/customers/{UNKNOWN}", "customer_not_found"),
        (f"/v1/subscriptions/{UNKNOWN}", "subscription_not_found"),
        (f"/v1/invoices/{UNKNOWN}", "invoice_not_found"),
        ("/v1/merchants/m_nobody/report", "merchant_not_found"),
        ("/v1/nothing", "not_found"),
    ],
)
def test_what_is_not_there_is_not_found(shop: Shop, path: str, code: str) -> None:
    answer = shop.billing.get(path)
    assert (answer.status, answer.body["error"]["code"]) == (404, code)


def test_a_body_that_is_not_json_is_a_bad_request(shop: Shop) -> None:
    request = urllib.request.Request(shop.billing.url + "/v1/customers", data=b"name=Ada", method="POST")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=30)
    with caught.value as error:
        assert error.code == 400


def test_a_missing_field_is_named(shop: Shop) -> None:
    answer = shop.billing.post("/v1/customers", merchant="m_willow", name="Ada")
    assert (answer.status, answer.body["error"]["code"]) == (422, "invalid_email")


def test_plans_are_listed_from_the_cheapest(shop: Shop) -> None:
    plans = shop.billing.get("/v1/plans").body["plans"]
    assert [plan["id"] for plan in plans] == ["plan_basic", "plan_team", "plan_team_us", "plan_business"]
    assert {plan["interval"] for plan in plans} == {"month"}


def test_a_report_adds_up_settled_history(shop: Shop) -> None:
    assert shop.billing.get("/v1/merchants/m_atlas/report").body == {
        "merchant": "m_atlas",
        "currency": "EUR",
        "invoices": [
            {"status": "paid", "invoices": 1, "total_cents": 6027},
            {"status": "partially_refunded", "invoices": 1, "total_cents": 6027},
        ],
        "collected_cents": 12054,
        "refunded_cents": 1500,
    }


def test_a_subscription_is_paused_resumed_and_canceled(shop: Shop) -> None:
    path = f"/v1/subscriptions/{shop.subscription()['id']}"
    assert shop.billing.post(f"{path}/pause").body["status"] == "paused"
    assert shop.billing.post(f"{path}/resume").body["status"] == "active"
    canceled = shop.billing.post(f"{path}/cancel", at="2026-05-21T10:00:00+00:00")
    assert (canceled.body["status"], canceled.body["credit_cents"]) == ("canceled", 1581)
    assert shop.billing.post(f"{path}/pause").status == 409


def test_another_plan_is_told_with_its_difference(shop: Shop) -> None:
    path = f"/v1/subscriptions/{shop.subscription(plan='plan_basic')['id']}"
    answer = shop.billing.post(f"{path}/change-plan", plan="plan_team", on="2026-05-22")
    assert (answer.body["plan"], answer.body["adjustment_cents"]) == ("plan_team", 1262)
