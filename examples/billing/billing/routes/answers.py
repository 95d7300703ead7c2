"""What handlers share: the services they call, and the shape of an answer."""

from collections.abc import Mapping

from aiohttp import web

from billing.services import Services

SERVICES = web.AppKey("services", Services)
WEBHOOK_TOKEN = web.AppKey("webhook_token", str)


def services_of(request: web.Request) -> Services:
    return request.app[SERVICES]


def id_in_path(request: web.Request) -> str:
    return request.match_info["id"]


def shown(view: Mapping[str, object]) -> web.Response:
    return web.json_response(view)


def created(view: Mapping[str, object], location: str) -> web.Response:
    return web.json_response(view, status=201, headers={"Location": location})
