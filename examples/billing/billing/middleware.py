"""Around every request: its trace, its log line, and its errors as JSON."""

import logging
import time

from aiohttp import web
from aiohttp.typedefs import Handler

from billing import tracing
from billing.errors import Problem
from billing.logs import fields

log = logging.getLogger(__name__)


@web.middleware
async def trace_and_log(request: web.Request, handler: Handler) -> web.StreamResponse:
    with tracing.activated(tracing.from_header(request.headers.get("traceparent"))):
        started = time.perf_counter()
        response = await handler(request)
        log.info(
            "request served",
            extra=fields(
                method=request.method,
                path=request.path,
                status=response.status,
                duration_ms=round((time.perf_counter() - started) * 1000, 1),
            ),
        )
        return response


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Problem as problem:
        return _error(problem.status, problem.code, problem.message)
    except web.HTTPException as error:
        return _error(error.status, error.reason.lower().replace(" ", "_"), error.reason)
    except Exception:
        log.exception("request failed")
        return _error(500, "internal_error", "something went wrong here")


def _error(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": message}}, status=status)
