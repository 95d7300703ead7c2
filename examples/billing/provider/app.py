"""Intents, captures, refunds and charges, with the manners of a real payment provider.

It takes its time, it declines magic amounts, and it captures twice when asked twice: only a repeated
Idempotency-Key is answered with the first result.
"""

import asyncio
import json
import secrets
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.typedefs import Handler

INTENT_SECONDS, CAPTURE_SECONDS, REFUND_SECONDS, READ_SECONDS = 0.015, 0.150, 0.030, 0.005
ALWAYS_DECLINED, DECLINED_ONCE = 13, 17

Json = dict[str, object]
Answer = tuple[int, Json]


@dataclass(slots=True)
class Ledger:
    """What the provider remembers."""

    intents: dict[str, Json] = field(default_factory=dict)
    charges: dict[str, Json] = field(default_factory=dict)
    attempts: dict[str, int] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    locks: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))


LEDGER = web.AppKey("ledger", Ledger)
API_KEY = web.AppKey("api_key", str)
routes = web.RouteTableDef()


@routes.get("/healthz")
async def healthz(request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


@routes.post("/v1/intents")
async def post_intent(request: web.Request) -> web.Response:
    body = await request.json()
    await asyncio.sleep(INTENT_SECONDS)
    intent: Json = {"id": _new_id("pi"), "status": "requires_capture", **_echo(body)}
    request.app[LEDGER].intents[str(intent["id"])] = intent
    return web.json_response(intent, status=201)


@routes.post("/v1/captures")
async def post_capture(request: web.Request) -> web.Response:
    body = await request.json()
    await asyncio.sleep(CAPTURE_SECONDS)
    ledger = request.app[LEDGER]
    intent = str(body["intent"])
    if intent not in ledger.intents:
        return _error(404, "no_such_intent")
    attempt = ledger.attempts[intent] = ledger.attempts.get(intent, 0) + 1
    ending = int(body["amount"]) % 100
    if ending == ALWAYS_DECLINED:
        return _error(402, "card_declined")
    if ending == DECLINED_ONCE and attempt == 1:
        return _error(402, "insufficient_funds")
    charge: Json = {"id": _new_id("ch"), "intent": intent, "status": "succeeded", **_echo(body)}
    ledger.charges[str(charge["id"])] = charge
    return web.json_response(charge, status=201)


@routes.post("/v1/refunds")
async def post_refund(request: web.Request) -> web.Response:
    body = await request.json()
    await asyncio.sleep(REFUND_SECONDS)
    charge = request.app[LEDGER].charges.get(str(body["charge"]))
    if charge is None:
        return _error(404, "no_such_charge")
    refund = {"id": _new_id("re"), "status": "succeeded", **_echo({**body, "currency": charge["currency"]})}
    return web.json_response({**refund, "charge": charge["id"]}, status=201)


@routes.get("/v1/charges/{id}")
async def get_charge(request: web.Request) -> web.Response:
    await asyncio.sleep(READ_SECONDS)
    charge = request.app[LEDGER].charges.get(request.match_info["id"])
    return _error(404, "no_such_charge") if charge is None else web.json_response(charge)


@routes.get("/v1/charges")
async def list_charges(request: web.Request) -> web.Response:
    reference = request.query.get("reference")
    charges = request.app[LEDGER].charges.values()
    return web.json_response({"charges": [charge for charge in charges if charge["reference"] == reference]})


@web.middleware
async def authorized(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every path but the health check needs the bearer key."""
    expected = f"Bearer {request.app[API_KEY]}"
    if request.path != "/healthz" and request.headers.get("Authorization", "") != expected:
        return _error(401, "invalid_key")
    return await handler(request)


@web.middleware
async def idempotent(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The same key on the same path is answered again, not acted on again."""
    key = request.headers.get("Idempotency-Key")
    if key is None or request.method != "POST":
        return await handler(request)
    ledger, call = request.app[LEDGER], f"{request.path} {key}"
    async with ledger.locks[call]:
        known = ledger.answers.get(call)
        if known is not None:
            return web.json_response(known[1], status=known[0])
        response = await handler(request)
        if isinstance(response, web.Response) and response.text:
            ledger.answers[call] = (response.status, json.loads(response.text))
        return response


def build(api_key: str) -> web.Application:
    """A provider with an empty ledger."""
    app = web.Application(middlewares=[authorized, idempotent])
    app[LEDGER] = Ledger()
    app[API_KEY] = api_key
    app.add_routes(routes)
    return app


def _new_id(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(12)}"


def _echo(body: Mapping[str, object]) -> Json:
    return {name: body[name] for name in ("amount", "currency", "reference")}


def _error(status: int, code: str) -> web.Response:
    return web.json_response({"error": {"code": code}}, status=status)
