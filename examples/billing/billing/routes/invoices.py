"""/v1/invoices"""

from aiohttp import web

from billing import invoicing, refunds
from billing.bodies import Body, read_body
from billing.errors import Unprocessable
from billing.invoicing import ExtraLine
from billing.model import Invoice
from billing.routes.answers import created, id_in_path, services_of, shown
from billing.store import invoices, payments
from billing.store.database import Database
from billing.views import Json, invoice_view, payment_view, refund_view

routes = web.RouteTableDef()


@routes.post("/v1/invoices")
async def post_invoice(request: web.Request) -> web.Response:
    body = await read_body(request)
    services = services_of(request)
    invoice = invoicing.create(
        services.primary,
        services.merchants,
        body.text("subscription"),
        body.day("period_start"),
        body.day("period_end"),
        [_extra(line) for line in body.parts("lines")],
    )
    return created(_view(services.primary, invoice), f"/v1/invoices/{invoice.id}")


@routes.get("/v1/invoices/{id}")
async def get_invoice(request: web.Request) -> web.Response:
    primary = services_of(request).primary
    return shown(_view(primary, invoices.invoice(primary, id_in_path(request))))


@routes.post("/v1/invoices/{id}/finalize")
async def finalize(request: web.Request) -> web.Response:
    services = services_of(request)
    invoice = await invoicing.finalize(services, id_in_path(request))
    return shown({**_view(services.primary, invoice), "confirm_token": invoice.confirm_token})


@routes.post("/v1/invoices/{id}/confirm")
async def confirm(request: web.Request) -> web.Response:
    body = await read_body(request)
    services = services_of(request)
    invoice = await invoicing.confirm(services, id_in_path(request), body.text("confirm_token"))
    payment = payments.latest_payment(services.primary, invoice.id)
    return shown({**_view(services.primary, invoice), "payment": payment_view(payment) if payment else None})


@routes.post("/v1/invoices/{id}/void")
async def void(request: web.Request) -> web.Response:
    primary = services_of(request).primary
    return shown(_view(primary, invoicing.void(primary, id_in_path(request))))


@routes.post("/v1/invoices/{id}/refund")
async def refund(request: web.Request) -> web.Response:
    body = await read_body(request)
    record = await refunds.refund(
        services_of(request), id_in_path(request), body.optional_whole("amount_cents"), body.text("reason")
    )
    return created(refund_view(record), f"/v1/invoices/{record.invoice_id}")


def _extra(line: Body) -> ExtraLine:
    extra = ExtraLine(
        description=line.text("description"),
        quantity=line.whole("quantity"),
        unit_cents=line.whole("unit_cents"),
    )
    if extra.quantity <= 0:
        raise Unprocessable("invalid_quantity", "quantity must be positive")
    return extra


def _view(primary: Database, invoice: Invoice) -> Json:
    return invoice_view(invoice, invoices.lines(primary, invoice.id))
