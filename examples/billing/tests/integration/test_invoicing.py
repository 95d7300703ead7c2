import asyncio

import pytest
from books import JUNE, MAY, added, created, events, finalized, invoiced, subscribed

from billing import invoicing, subscriptions
from billing.errors import Conflict, NotFound, Unprocessable
from billing.invoicing import ExtraLine
from billing.services import Services
from billing.states import InvoiceStatus
from billing.store import invoices


def test_an_invoice_adds_up(services: Services) -> None:
    invoice = invoiced(services, [ExtraLine(description="Seat", quantity=3, unit_cents=700)])
    lines = invoices.lines(services.primary, invoice.id)
    assert [(line.kind, line.amount_cents) for line in lines] == [("plan", 4900), ("extra", 2100)]
    assert (invoice.subtotal_cents, invoice.tax_cents, invoice.total_cents) == (7000, 1330, 8330)
    assert invoice.status is InvoiceStatus.DRAFT


def test_a_period_is_invoiced_once_unless_the_invoice_is_void(services: Services) -> None:
    invoice = invoiced(services)
    with pytest.raises(Conflict, match="already has invoice"):
        created(services, invoice.subscription_id)
    invoicing.void(services.primary, invoice.id)
    assert "invoice.voided" in events(services.primary, invoice.id)
    assert created(services, invoice.subscription_id).id != invoice.id


def test_the_payer_is_billed(services: Services) -> None:
    employee, employer = added(services, "bob@willow.example"), added(services, "works@willow.example")
    subscription = subscriptions.start(
        services.primary, services.merchants, employee.id, employer.id, "plan_basic", MAY, None
    )
    assert created(services, subscription.id).customer_id == employer.id


def test_a_credit_alone_is_not_finalized(services: Services) -> None:
    subscription = subscribed(services)
    credit = [ExtraLine(description="Goodwill", quantity=1, unit_cents=-4900)]
    invoice = created(services, subscription.id, extras=credit)
    with pytest.raises(Unprocessable, match="total of 0 cents"):
        asyncio.run(invoicing.finalize(services, invoice.id))


def test_finalizing_names_intent_and_token(services: Services) -> None:
    invoice = asyncio.run(finalized(services))
    assert invoice.status is InvoiceStatus.PENDING
    assert invoice.intent_id is not None
    assert invoice.confirm_token is not None
    with pytest.raises(Conflict, match="cannot become pending"):
        asyncio.run(invoicing.finalize(services, invoice.id))


def test_a_backward_period_is_refused(services: Services) -> None:
    with pytest.raises(Unprocessable, match="not after"):
        created(services, subscribed(services).id, JUNE, MAY)


def test_an_unknown_invoice_is_not_found(services: Services) -> None:
    with pytest.raises(NotFound, match="no invoice 'nothing'"):
        invoicing.void(services.primary, "nothing")
