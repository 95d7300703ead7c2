"""Health, plans, reports, the provider's webhooks, and the scheduler's call."""

import secrets
from dataclasses import asdict

from aiohttp import web

from billing import webhooks
from billing.bodies import Body, read_body
from billing.errors import Unauthorized, Unprocessable
from billing.reconcile import reconcile
from billing.routes.answers import WEBHOOK_TOKEN, services_of, shown
from billing.store import catalogue, reports
from billing.views import plan_view
from billing.webhooks import EventType, ProviderEvent

routes = web.RouteTableDef()


@routes.get("/healthz")
async def healthz(request: web.Request) -> web.Response:
    return shown({"status": "ok"})


@routes.get("/v1/plans")
async def get_plans(request: web.Request) -> web.Response:
    return shown({"plans": [plan_view(plan) for plan in catalogue.plans(services_of(request).reads)]})


@routes.get("/v1/merchants/{merchant}/report")
async def get_report(request: web.Request) -> web.Response:
    reads = services_of(request).reads
    # Not from the cache: a merchant that the read store does not have yet has no report yet.
    merchant = catalogue.merchant(reads, request.match_info["merchant"])
    totals = reports.totals_by_status(reads, merchant.id)
    return shown(
        {
            "merchant": merchant.id,
            "currency": merchant.currency,
            "invoices": [asdict(total) for total in totals],
            "collected_cents": reports.collected_cents(reads, merchant.id),
            "refunded_cents": reports.refunded_cents(reads, merchant.id),
        }
    )


@routes.post("/webhooks/payments")
async def post_webhook(request: web.Request) -> web.Response:
    token = request.headers.get("X-Webhook-Token", "")
    expected = request.app[WEBHOOK_TOKEN]
    if not expected or not secrets.compare_digest(token.encode(), expected.encode()):
        raise Unauthorized("invalid_webhook_token", "X-Webhook-Token is missing or wrong")
    event = _event(await read_body(request))
    return shown({"applied": await webhooks.apply(services_of(request), event)})


@routes.post("/internal/reconcile")
async def post_reconcile(request: web.Request) -> web.Response:
    body = await read_body(request)
    return shown(asdict(await reconcile(services_of(request), body.text("merchant"))))


def _event(body: Body) -> ProviderEvent:
    kind = body.text("type")
    if kind not in set(EventType):
        raise Unprocessable("invalid_type", f"{kind!r} is no event that this service takes")
    data = body.part("data")
    event = ProviderEvent(
        id=body.text("id"),
        type=EventType(kind),
        intent=data.text("intent"),
        charge=data.optional_text("charge"),
    )
    if event.charge is None and event.type is not EventType.AUTHORIZED:
        raise Unprocessable("invalid_charge", f"{event.type} must name a charge")
    return event
