import asyncio

import pytest
from books import actions, events, finalized, paid
from fakes import FakeProvider

from billing.errors import Conflict, Unprocessable
from billing.refunds import refund
from billing.services import Services
from billing.states import InvoiceStatus, RefundStatus
from billing.store import invoices


def test_the_whole_payment_goes_back(services: Services, provider: FakeProvider) -> None:
    async def refund_all() -> str:
        invoice = await paid(services)
        record = await refund(services, invoice.id, None, "canceled")
        assert (record.status, record.amount_cents) == (RefundStatus.SUCCEEDED, invoice.total_cents)
        return invoice.id

    invoice_id = asyncio.run(refund_all())
    assert invoices.invoice(services.primary, invoice_id).status is InvoiceStatus.REFUNDED
    assert provider.refunds == [5831]
    assert "invoice.refunded" in events(services.primary, invoice_id)
    assert actions(services.primary, invoice_id)[-1] == "invoice.refund"


def test_parts_add_up_to_the_payment_and_no_further(services: Services, provider: FakeProvider) -> None:
    async def refund_parts() -> None:
        invoice = await paid(services)
        await refund(services, invoice.id, 1000, "goodwill")
        assert invoices.invoice(services.primary, invoice.id).status is InvoiceStatus.PARTIALLY_REFUNDED
        with pytest.raises(Unprocessable, match="4831 are left"):
            await refund(services, invoice.id, 4832, "too much")
        await refund(services, invoice.id, 4831, "the rest")
        assert invoices.invoice(services.primary, invoice.id).status is InvoiceStatus.REFUNDED

    asyncio.run(refund_parts())
    assert provider.refunds == [1000, 4831]


def test_two_at_once_do_not_give_back_more_than_was_paid(services: Services, provider: FakeProvider) -> None:
    async def both() -> int:
        invoice = await paid(services)
        refunds = [refund(services, invoice.id, 4000, f"caller {number}") for number in range(2)]
        answers = await asyncio.gather(*refunds, return_exceptions=True)
        return sum(isinstance(answer, Unprocessable) for answer in answers)

    assert asyncio.run(both()) == 1
    assert provider.refunds == [4000]


def test_what_is_not_paid_is_not_refunded(services: Services, provider: FakeProvider) -> None:
    async def too_early() -> None:
        invoice = await finalized(services)
        with pytest.raises(Conflict, match="pending"):
            await refund(services, invoice.id, None, "too early")

    asyncio.run(too_early())
    assert provider.refunds == []
