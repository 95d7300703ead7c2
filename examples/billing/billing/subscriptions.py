"""Customers and their subscriptions: started, changed, paused, resumed, canceled."""

import uuid
from datetime import date, datetime

from billing import clock
from billing.errors import Conflict, Unprocessable
from billing.model import Adjustment, Customer, Subscription
from billing.money import prorate
from billing.periods import Period, local_day, period_containing
from billing.states import SubscriptionStatus
from billing.store import catalogue, contracts, journal
from billing.store.database import Database, Transaction


def add_customer(
    primary: Database, merchants: catalogue.MerchantCache, merchant_id: str, name: str, email: str
) -> Customer:
    """A new customer of a merchant."""
    with primary.transaction() as tx:
        merchant = catalogue.known_merchant(tx, merchants, merchant_id)
        customer = Customer(
            id=str(uuid.uuid4()), merchant_id=merchant.id, name=name, email=email, created_at=clock.now()
        )
        catalogue.add_customer(tx, customer)
        journal.emit(tx, "customer", customer.id, "customer.created", merchant_id=merchant.id)
        journal.audit(tx, merchant.id, "api", "customer.create", "customer", customer.id)
    return customer


def start(
    primary: Database,
    merchants: catalogue.MerchantCache,
    customer_id: str,
    payer_id: str | None,
    plan_id: str,
    starts_on: date,
    timezone: str | None,
) -> Subscription:
    """A subscription in the merchant's time zone, billed to the customer, where nothing else is said."""
    at = clock.now()
    with primary.transaction() as tx:
        customer = catalogue.customer(tx, customer_id)
        payer = customer if payer_id is None else catalogue.customer(tx, payer_id)
        if payer.merchant_id != customer.merchant_id:
            raise Unprocessable("invalid_payer", f"{payer.id} is a customer of another merchant")
        merchant = catalogue.known_merchant(tx, merchants, customer.merchant_id)
        plan = catalogue.plan(tx, plan_id)
        if plan.currency != merchant.currency:
            raise Unprocessable(
                "invalid_plan", f"{plan.id} is in {plan.currency}, {merchant.id} in {merchant.currency}"
            )
        subscription = Subscription(
            id=str(uuid.uuid4()),
            merchant_id=merchant.id,
            customer_id=customer.id,
            payer_id=payer.id,
            plan_id=plan.id,
            status=SubscriptionStatus.ACTIVE,
            timezone=timezone or merchant.timezone,
            starts_on=starts_on.isoformat(),
            canceled_at=None,
            created_at=at,
            updated_at=at,
        )
        contracts.add_subscription(tx, subscription)
        _tell(tx, subscription, "created", "create")
    return subscription


def change_plan(primary: Database, subscription_id: str, plan_id: str, day: date) -> tuple[Subscription, int]:
    """Another plan from a day on; the difference for the rest of the period waits for the next invoice."""
    with primary.transaction() as tx:
        subscription = contracts.subscription(tx, subscription_id)
        if subscription.status is not SubscriptionStatus.ACTIVE:
            raise Conflict(
                f"subscription_{subscription.status}", f"subscription {subscription.id} is not active"
            )
        if subscription.plan_id == plan_id:
            raise Conflict("same_plan", f"subscription {subscription.id} is on {plan_id} already")
        old, new = catalogue.plan(tx, subscription.plan_id), catalogue.plan(tx, plan_id)
        period = _period(subscription, day)
        left = period.days_from(day)
        difference = prorate(new.amount_cents, left, period.days) - prorate(
            old.amount_cents, left, period.days
        )
        contracts.set_plan(tx, subscription.id, new.id, clock.now())
        _adjust(tx, subscription, "plan_change", f"{old.name} to {new.name}", difference)
        journal.emit(
            tx, "subscription", subscription.id, "subscription.plan_changed", old_plan=old.id, new_plan=new.id
        )
        journal.emit(tx, "subscription", subscription.id, "subscription.adjusted", amount_cents=difference)
        journal.audit(
            tx, subscription.merchant_id, "api", "subscription.change_plan", "subscription", subscription.id,
            old_plan=old.id, new_plan=new.id,
        )  # fmt: skip
    return contracts.subscription(primary, subscription.id), difference


def cancel(primary: Database, subscription_id: str, at: datetime) -> tuple[Subscription, int]:
    """End a subscription; the days of the period after the local day of `at` are credited."""
    with primary.transaction() as tx:
        subscription = contracts.subscription(tx, subscription_id)
        day = local_day(at, subscription.timezone)
        period = _period(subscription, day)
        plan = catalogue.plan(tx, subscription.plan_id)
        credit = prorate(plan.amount_cents, period.days_from(day) - 1, period.days)
        contracts.move(tx, subscription, SubscriptionStatus.CANCELED, clock.now(), canceled_at=at.isoformat())
        _adjust(tx, subscription, "cancel_credit", f"{plan.name} unused", -credit)
        _tell(tx, subscription, "canceled", "cancel", credit_cents=credit)
    return contracts.subscription(primary, subscription.id), credit


def pause(primary: Database, subscription_id: str) -> Subscription:
    """No invoices until it is resumed."""
    return _move(primary, subscription_id, SubscriptionStatus.PAUSED, "paused", "pause")


def resume(primary: Database, subscription_id: str) -> Subscription:
    """Active again after a pause."""
    return _move(primary, subscription_id, SubscriptionStatus.ACTIVE, "resumed", "resume")


def _move(
    primary: Database, subscription_id: str, target: SubscriptionStatus, event: str, action: str
) -> Subscription:
    with primary.transaction() as tx:
        subscription = contracts.subscription(tx, subscription_id)
        contracts.move(tx, subscription, target, clock.now())
        _tell(tx, subscription, event, action)
    return contracts.subscription(primary, subscription.id)


def _period(subscription: Subscription, day: date) -> Period:
    first = date.fromisoformat(subscription.starts_on)
    if day < first:
        raise Unprocessable("invalid_day", f"{day} is before {first}, when the subscription starts")
    return period_containing(first, day)


def _adjust(
    tx: Transaction, subscription: Subscription, kind: str, description: str, amount_cents: int
) -> None:
    contracts.add_adjustment(
        tx,
        Adjustment(
            id=str(uuid.uuid4()),
            subscription_id=subscription.id,
            kind=kind,
            description=description,
            amount_cents=amount_cents,
            invoice_id=None,
            created_at=clock.now(),
        ),
    )


def _tell(tx: Transaction, subscription: Subscription, event: str, action: str, **detail: int) -> None:
    journal.emit(
        tx, "subscription", subscription.id, f"subscription.{event}", plan_id=subscription.plan_id, **detail
    )
    journal.audit(
        tx,
        subscription.merchant_id,
        "api",
        f"subscription.{action}",
        "subscription",
        subscription.id,
        **detail,
    )
