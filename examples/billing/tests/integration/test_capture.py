import asyncio

import pytest
from books import actions, events, finalized, paid
from fakes import FakeProvider

from billing import invoicing
from billing.capture import Outcome, capture_invoice
from billing.errors import Conflict, Declined, Unavailable, Unprocessable
from billing.provider_client import ProviderUnavailable
from billing.reconcile import reconcile
from billing.services import Services
from billing.states import InvoiceStatus, PaymentStatus
from billing.store import invoices, payments


def test_a_confirmed_invoice_is_paid_and_told_about(services: Services, provider: FakeProvider) -> None:
    invoice = asyncio.run(paid(services))
    payment = payments.latest_payment(services.primary, invoice.id)
    assert invoice.status is InvoiceStatus.PAID
    assert invoice.paid_at is not None
    assert payment is not None
    assert (payment.status, payment.amount_cents) == (PaymentStatus.SUCCEEDED, invoice.total_cents)
    assert provider.capture_keys == [payment.idempotency_key]
    assert {"invoice.captured", "invoice.paid"} <= events(services.primary, invoice.id)
    assert actions(services.primary, invoice.id) == ["invoice.create", "invoice.finalize", "invoice.capture"]


def test_of_many_at_once_one_captures(services: Services, provider: FakeProvider) -> None:
    async def all_at_once() -> list[Outcome]:
        invoice = await finalized(services)
        attempts = [capture_invoice(services, invoice.id, actor=f"caller {number}") for number in range(5)]
        return [captured.outcome for captured in await asyncio.gather(*attempts)]

    outcomes = asyncio.run(all_at_once())
    assert sorted(outcomes) == [Outcome.BUSY] * 4 + [Outcome.CAPTURED]
    assert len(provider.capture_keys) == 1


def test_a_declined_invoice_is_pending_again_and_can_be_retried(
    services: Services, provider: FakeProvider
) -> None:
    async def decline_then_retry() -> None:
        invoice = await finalized(services)
        provider.decline_next("card_declined")
        with pytest.raises(Declined) as caught:
            await invoicing.confirm(services, invoice.id, invoice.confirm_token or "")
        assert caught.value.code == "card_declined"
        payment = payments.latest_payment(services.primary, invoice.id)
        assert payment is not None
        assert (payment.status, payment.failure_code) == (PaymentStatus.FAILED, "card_declined")
        assert invoices.invoice(services.primary, invoice.id).status is InvoiceStatus.PENDING
        assert "invoice.payment_failed" in events(services.primary, invoice.id)
        again = await invoicing.confirm(services, invoice.id, invoice.confirm_token or "")
        assert again.status is InvoiceStatus.PAID

    asyncio.run(decline_then_retry())
    assert len(set(provider.capture_keys)) == 2


def test_a_silent_provider_leaves_the_invoice_pending(services: Services, provider: FakeProvider) -> None:
    async def fail() -> InvoiceStatus:
        invoice = await finalized(services)
        provider.failures.append(ProviderUnavailable("no_answer"))
        with pytest.raises(Unavailable):
            await invoicing.confirm(services, invoice.id, invoice.confirm_token or "")
        return invoices.invoice(services.primary, invoice.id).status

    assert asyncio.run(fail()) is InvoiceStatus.PENDING


def test_confirming_twice_captures_once(services: Services, provider: FakeProvider) -> None:
    async def twice() -> InvoiceStatus:
        invoice = await paid(services)
        return (await invoicing.confirm(services, invoice.id, invoice.confirm_token or "")).status

    assert asyncio.run(twice()) is InvoiceStatus.PAID
    assert len(provider.capture_keys) == 1


def test_the_confirm_token_must_be_right(services: Services, provider: FakeProvider) -> None:
    async def guess() -> None:
        invoice = await finalized(services)
        with pytest.raises(Unprocessable, match="confirm token"):
            await invoicing.confirm(services, invoice.id, "guessed")

    asyncio.run(guess())
    assert provider.capture_keys == []


def test_a_void_invoice_is_not_captured(services: Services, provider: FakeProvider) -> None:
    async def confirm_void() -> None:
        invoice = await finalized(services)
        invoicing.void(services.primary, invoice.id)
        with pytest.raises(Conflict, match="void"):
            await invoicing.confirm(services, invoice.id, invoice.confirm_token or "")

    asyncio.run(confirm_void())
    assert provider.capture_keys == []


def test_reconciliation_captures_what_is_pending_once(services: Services, provider: FakeProvider) -> None:
    async def reconcile_twice() -> list[int]:
        invoice = await finalized(services)
        first = await reconcile(services, invoice.merchant_id)
        second = await reconcile(services, invoice.merchant_id)
        return [first.captured, first.skipped, second.captured, second.skipped]

    assert asyncio.run(reconcile_twice()) == [1, 0, 0, 0]
    assert len(provider.capture_keys) == 1
