from datetime import date, datetime

import pytest
from books import JUNE, MAY, actions, created, events, subscribed

from billing import invoicing, subscriptions
from billing.errors import Conflict, Unprocessable
from billing.services import Services
from billing.states import SubscriptionStatus
from billing.store import contracts, invoices


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("zone", "moment", "credit"),
    [
        ("UTC", "2026-05-21T10:00:00+00:00", 1581),
        ("UTC", "2026-05-20T22:30:00+00:00", 1739),
        ("Europe/Berlin", "2026-05-20T22:30:00+00:00", 1581),
        ("UTC", "2026-05-31T23:59:59+00:00", 0),
    ],
    ids=["ten days left", "eleven days left in UTC", "ten of them in Berlin", "last day"],
)
def test_canceling_credits_the_unused_days(services: Services, zone: str, moment: str, credit: int) -> None:
    subscription = subscribed(services, timezone=zone)
    canceled, credited = subscriptions.cancel(services.primary, subscription.id, at(moment))
    assert canceled.status is SubscriptionStatus.CANCELED
    assert credited == credit
    waiting = contracts.open_adjustments(services.primary, subscription.id)
    assert [adjustment.amount_cents for adjustment in waiting] == [-credit]
    assert "subscription.canceled" in events(services.primary, subscription.id)


def test_canceling_before_the_start_is_refused(services: Services) -> None:
    subscription = subscribed(services)
    with pytest.raises(Unprocessable, match="when the subscription starts"):
        subscriptions.cancel(services.primary, subscription.id, at("2026-04-30T10:00:00+00:00"))


def test_another_plan_is_adjusted_on_the_next_invoice(services: Services) -> None:
    primary = services.primary
    subscription = subscribed(services, plan="plan_basic")
    changed, difference = subscriptions.change_plan(primary, subscription.id, "plan_team", date(2026, 5, 22))
    assert (changed.plan_id, difference) == ("plan_team", 1262)
    assert {"subscription.plan_changed", "subscription.adjusted"} <= events(primary, subscription.id)
    invoice = created(services, subscription.id, JUNE, date(2026, 7, 1))
    amounts = [line.amount_cents for line in invoices.lines(primary, invoice.id)]
    assert amounts == [4900, 1262]
    invoicing.void(primary, invoice.id)
    assert len(contracts.open_adjustments(primary, subscription.id)) == 1


def test_a_paused_subscription_is_neither_invoiced_nor_changed(services: Services) -> None:
    subscription = subscribed(services)
    subscriptions.pause(services.primary, subscription.id)
    with pytest.raises(Conflict, match="not active"):
        created(services, subscription.id)
    with pytest.raises(Conflict, match="not active"):
        subscriptions.change_plan(services.primary, subscription.id, "plan_basic", MAY)
    assert subscriptions.resume(services.primary, subscription.id).status is SubscriptionStatus.ACTIVE
    assert actions(services.primary, subscription.id) == [
        "subscription.create",
        "subscription.pause",
        "subscription.resume",
    ]


def test_a_canceled_subscription_is_not_resumed(services: Services) -> None:
    subscription = subscribed(services)
    subscriptions.cancel(services.primary, subscription.id, at("2026-05-21T10:00:00+00:00"))
    with pytest.raises(Conflict, match="cannot become active"):
        subscriptions.resume(services.primary, subscription.id)


def test_the_plan_must_be_in_the_currency_of_the_merchant(services: Services) -> None:
    with pytest.raises(Unprocessable, match="USD"):
        subscribed(services, plan="plan_team_us")
