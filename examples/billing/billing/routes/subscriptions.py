"""/v1/subscriptions"""

from aiohttp import web

from billing import subscriptions
from billing.bodies import read_body
from billing.routes.answers import created, id_in_path, services_of, shown
from billing.store import contracts
from billing.views import subscription_view

routes = web.RouteTableDef()


@routes.post("/v1/subscriptions")
async def post_subscription(request: web.Request) -> web.Response:
    body = await read_body(request)
    services = services_of(request)
    subscription = subscriptions.start(
        services.primary,
        services.merchants,
        body.text("customer"),
        body.optional_text("payer"),
        body.text("plan"),
        body.day("starts_on"),
        body.optional_zone("timezone"),
    )
    return created(subscription_view(subscription), f"/v1/subscriptions/{subscription.id}")


@routes.get("/v1/subscriptions/{id}")
async def get_subscription(request: web.Request) -> web.Response:
    return shown(subscription_view(contracts.subscription(services_of(request).primary, id_in_path(request))))


@routes.post("/v1/subscriptions/{id}/change-plan")
async def change_plan(request: web.Request) -> web.Response:
    body = await read_body(request)
    subscription, adjustment = subscriptions.change_plan(
        services_of(request).primary, id_in_path(request), body.text("plan"), body.day("on")
    )
    return shown({**subscription_view(subscription), "adjustment_cents": adjustment})


@routes.post("/v1/subscriptions/{id}/cancel")
async def cancel(request: web.Request) -> web.Response:
    body = await read_body(request)
    subscription, credit = subscriptions.cancel(
        services_of(request).primary, id_in_path(request), body.moment("at")
    )
    return shown({**subscription_view(subscription), "credit_cents": credit})


@routes.post("/v1/subscriptions/{id}/pause")
async def pause(request: web.Request) -> web.Response:
    return shown(subscription_view(subscriptions.pause(services_of(request).primary, id_in_path(request))))


@routes.post("/v1/subscriptions/{id}/resume")
async def resume(request: web.Request) -> web.Response:
    return shown(subscription_view(subscriptions.resume(services_of(request).primary, id_in_path(request))))
