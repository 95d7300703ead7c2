"""The outside payment provider, as this service needs it, and over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp

from billing import tracing


class ProviderError(Exception):
    """The provider did not do what was asked; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ProviderDeclined(ProviderError):
    """It answered, and refused."""


class ProviderUnavailable(ProviderError):
    """It did not answer in time, or not sensibly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    id: str
    amount_cents: int


class Provider(Protocol):
    """The port. A key makes a repeated call harmless: the same key is answered with the first result."""

    async def create_intent(self, *, amount_cents: int, currency: str, reference: str, key: str) -> str: ...

    async def capture(
        self, *, intent: str, amount_cents: int, currency: str, reference: str, key: str
    ) -> str: ...

    async def refund(self, *, charge: str, amount_cents: int, reference: str, key: str) -> str: ...

    async def charge(self, charge_id: str) -> Charge: ...


class HttpProvider:
    """The provider at a URL."""

    def __init__(self, session: aiohttp.ClientSession, url: str, api_key: str) -> None:
        self._session = session
        self._url = url.rstrip("/")
        self._api_key = api_key

    async def create_intent(self, *, amount_cents: int, currency: str, reference: str, key: str) -> str:
        body = {"amount": amount_cents, "currency": currency, "reference": reference}
        return str((await self._call("POST", "/v1/intents", body, key))["id"])

    async def capture(
        self, *, intent: str, amount_cents: int, currency: str, reference: str, key: str
    ) -> str:
        body = {"intent": intent, "amount": amount_cents, "currency": currency, "reference": reference}
        return str((await self._call("POST", "/v1/captures", body, key))["id"])

    async def refund(self, *, charge: str, amount_cents: int, reference: str, key: str) -> str:
        body = {"charge": charge, "amount": amount_cents, "reference": reference}
        return str((await self._call("POST", "/v1/refunds", body, key))["id"])

    async def charge(self, charge_id: str) -> Charge:
        answer = await self._call("GET", f"/v1/charges/{charge_id}")
        return Charge(id=str(answer["id"]), amount_cents=int(answer["amount"]))

    async def _call(
        self, method: str, path: str, body: Mapping[str, object] | None = None, key: str | None = None
    ) -> Mapping[str, Any]:
        headers = {"Authorization": f"Bearer {self._api_key}", "traceparent": tracing.current().traceparent}
        if key is not None:
            headers["Idempotency-Key"] = key
        try:
            async with self._session.request(
                method, self._url + path, json=body, headers=headers
            ) as response:
                answer = await response.json()
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise ProviderUnavailable("no_answer") from error
        return _checked(response.status, answer)


def _checked(status: int, answer: object) -> Mapping[str, Any]:
    if not isinstance(answer, dict):
        raise ProviderUnavailable("unreadable_answer")
    if status < 300:
        return answer
    error = answer.get("error")
    code = str(error.get("code", status)) if isinstance(error, dict) else str(status)
    raise ProviderDeclined(code) if status == 402 else ProviderUnavailable(code)
