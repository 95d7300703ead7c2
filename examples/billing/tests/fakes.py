"""The provider's port, in memory."""

import asyncio
import itertools

from billing.provider_client import Charge, ProviderDeclined, ProviderError


class FakeProvider:
    """Keeps what it was asked, and fails with what it is told to."""

    def __init__(self) -> None:
        self.capture_keys: list[str] = []
        self.refunds: list[int] = []
        self.failures: list[ProviderError] = []
        self._numbers = itertools.count(1)

    def decline_next(self, code: str) -> None:
        self.failures.append(ProviderDeclined(code))

    async def create_intent(self, *, amount_cents: int, currency: str, reference: str, key: str) -> str:
        return f"pi_{next(self._numbers):024x}"

    async def capture(
        self, *, intent: str, amount_cents: int, currency: str, reference: str, key: str
    ) -> str:
        self.capture_keys.append(key)
        await asyncio.sleep(0.02)
        if self.failures:
            raise self.failures.pop()
        return f"ch_{next(self._numbers):024x}"

    async def refund(self, *, charge: str, amount_cents: int, reference: str, key: str) -> str:
        self.refunds.append(amount_cents)
        return f"re_{next(self._numbers):024x}"

    async def charge(self, charge_id: str) -> Charge:
        return Charge(id=charge_id, amount_cents=1)
