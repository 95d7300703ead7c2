"""Reconciliation: capture what was left pending, by a scheduler's call, merchant by merchant."""

import logging
from collections import Counter
from dataclasses import dataclass

from billing import clock
from billing.capture import Outcome, capture_invoice
from billing.logs import fields
from billing.services import Services
from billing.store import catalogue, invoices, reports

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """How the merchant's pending invoices ended; skipped ones were captured by another meanwhile."""

    captured: int
    failed: int
    skipped: int


async def reconcile(services: Services, merchant_id: str) -> Reconciled:
    """Capture each pending invoice of a merchant, one after the other, and log how its books stand."""
    merchant = catalogue.known_merchant(services.primary, services.merchants, merchant_id)
    counts: Counter[Outcome] = Counter()
    for invoice in invoices.pending_invoices(services.primary, merchant.id):
        captured = await capture_invoice(services, invoice.id, actor="reconcile")
        counts[captured.outcome] += 1
    history = reports.history_before(services.reads, merchant.id, clock.start_of_today())
    log.info(
        "merchant reconciled",
        extra=fields(
            merchant=merchant.id,
            captured=counts[Outcome.CAPTURED],
            settled_invoices=history.invoices,
            settled_cents=history.total_cents,
        ),
    )
    return Reconciled(
        captured=counts[Outcome.CAPTURED], failed=counts[Outcome.FAILED], skipped=counts[Outcome.BUSY]
    )
