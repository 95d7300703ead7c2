from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from client import Answer, Shop


def at_once(*calls: Callable[[], Answer]) -> list[Answer]:
    barrier = Barrier(len(calls))

    def call(one: Callable[[], Answer]) -> Answer:
        barrier.wait(20)
        return one()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(call, calls))


def test_confirmation_and_webhook_at_once_capture_once(shop: Shop) -> None:
    invoice = shop.pending()
    confirmed, hooked = at_once(
        lambda: shop.confirm(invoice), lambda: shop.webhook("intent.authorized", intent=invoice["intent"])
    )
    assert hooked.status == 200
    assert confirmed.status in ({200, 409} if hooked.body["applied"] else {200})
    assert shop.status(invoice) == "paid"
    assert len(shop.charges(invoice)) == 1


def test_confirmation_reconciliation_and_webhook_at_once_capture_once(shop: Shop) -> None:
    invoice = shop.pending("m_race")
    answers = at_once(
        lambda: shop.confirm(invoice),
        lambda: shop.billing.post("/internal/reconcile", merchant="m_race"),
        lambda: shop.webhook("intent.authorized", intent=invoice["intent"]),
    )
    assert {answer.status for answer in answers} <= {200, 409}
    assert shop.status(invoice) == "paid"
    assert len(shop.charges(invoice)) == 1
