"""/v1/customers"""

from aiohttp import web

from billing import subscriptions
from billing.bodies import read_body
from billing.routes.answers import created, id_in_path, services_of, shown
from billing.store import catalogue
from billing.views import customer_view

routes = web.RouteTableDef()


@routes.post("/v1/customers")
async def post_customer(request: web.Request) -> web.Response:
    body = await read_body(request)
    services = services_of(request)
    customer = subscriptions.add_customer(
        services.primary, services.merchants, body.text("merchant"), body.text("name"), body.email("email")
    )
    return created(customer_view(customer), f"/v1/customers/{customer.id}")


@routes.get("/v1/customers/{id}")
async def get_customer(request: web.Request) -> web.Response:
    return shown(customer_view(catalogue.customer(services_of(request).primary, id_in_path(request))))
