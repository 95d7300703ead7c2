"""A client of the service, and shortcuts into the states that tests start from."""

import itertools
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

AUTHORIZATION = {"Authorization": "Bearer sk_test_e2e"}
WEBHOOK = {"X-Webhook-Token": "whk_test"}
TIMEOUT = 30


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    location: str | None


class Client:
    def __init__(self, url: str) -> None:
        self.url = url

    def get(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        return self._send(urllib.request.Request(self.url + path, headers=headers or {}))

    def post(self, path: str, headers: dict[str, str] | None = None, **body: object) -> Answer:
        data = json.dumps(body).encode()
        return self._send(
            urllib.request.Request(self.url + path, data=data, headers=headers or {}, method="POST")
        )

    def _send(self, request: urllib.request.Request) -> Answer:
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
                return Answer(response.status, json.load(response), response.headers["Location"])
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, json.load(error), None)


class Shop:
    """The service, the provider behind it, and a way to an invoice."""

    def __init__(self, billing: Client, provider: Client) -> None:
        self.billing = billing
        self.provider = provider
        self._numbers = itertools.count(1)

    def unique(self, prefix: str) -> str:
        return f"{prefix}_{next(self._numbers)}"

    def subscription(self, merchant: str = "m_willow", plan: str = "plan_team") -> Any:
        email = f"{self.unique('ada')}@willow.example"
        customer = self.billing.post("/v1/customers", merchant=merchant, name="Ada", email=email)
        return self.billing.post(
            "/v1/subscriptions", customer=customer.body["id"], plan=plan, starts_on="2026-05-01"
        ).body

    def pending(self, merchant: str = "m_willow", extra_cents: int = 0) -> Any:
        """A finalized invoice over 49 euros, tax and what is added."""
        lines = [{"description": "Extra", "quantity": 1, "unit_cents": extra_cents}] if extra_cents else []
        invoice = self.billing.post(
            "/v1/invoices",
            subscription=self.subscription(merchant)["id"],
            period_start="2026-05-01",
            period_end="2026-06-01",
            lines=lines,
        )
        return self.billing.post(f"/v1/invoices/{invoice.body['id']}/finalize").body

    def confirm(self, invoice: Any) -> Answer:
        return self.billing.post(
            f"/v1/invoices/{invoice['id']}/confirm", confirm_token=invoice["confirm_token"]
        )

    def webhook(self, kind: str, event_id: str | None = None, **data: str) -> Answer:
        return self.billing.post(
            "/webhooks/payments", WEBHOOK, id=event_id or self.unique("evt"), type=kind, data=data
        )

    def status(self, invoice: Any) -> str:
        return str(self.billing.get(f"/v1/invoices/{invoice['id']}").body["status"])

    def charges(self, invoice: Any) -> list[Any]:
        """What the provider has really taken for an invoice."""
        return list(
            self.provider.get(f"/v1/charges?reference={invoice['id']}", AUTHORIZATION).body["charges"]
        )
