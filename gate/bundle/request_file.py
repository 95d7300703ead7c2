"""A scenario written by hand: one request, or a list of them, without anything recorded."""

import re

from gate.bundle import text
from gate.bundle.events import check_headers
from gate.bundle.fields import Fields
from gate.bundle.where import Where, quoted
from gate.model import Channel, Event, Header, Json, Recording
from gate.model.body import encode

_APART = 1_000_000
"""Microseconds between two requests: none overlap, so each is sent after the one before."""
_METHOD = re.compile(r"[A-Z][A-Z-]{0,19}")
_PATH = re.compile(r"/[!-~]*")
ADVICE = 'write {"request": {"method": "GET", "path": "/", "headers": {}, "body": {}}} or a list of those'


def from_request_file(content: bytes, name: str, where: Where) -> Recording:
    """The stimuli of a request file; it holds no evidence, so no channel counts as collected."""
    where = where.advising(ADVICE)
    document = text.load(content, where)
    entries = document if isinstance(document, list) else [document]
    if not entries:
        raise where.error("holds no request")
    events = tuple(_event(entry, index, where) for index, entry in enumerate(entries))
    return Recording(header=Header(scenario=name), events=events)


def _event(entry: Json, index: int, where: Where) -> Event:
    what = f"request {index + 1}"
    outer = Fields(entry, where, f"the entry of {what}", ("request",))
    fields = Fields(outer.any("request"), where, what, ("method", "path"), ("headers", "body"))
    method, target = fields.text("method"), fields.text("path")
    if not _METHOD.fullmatch(method):
        raise where.error(f"the method of {what} is {quoted(method, 40)}, not such as GET or POST")
    if not _PATH.fullmatch(target) or "#" in target:
        raise where.error(
            f"the path of {what} is {quoted(target, 60)}, not such as /v1/invoices?page=2, encoded"
        )
    path, _, query = target.partition("?")
    headers = {header.lower(): value for header, value in fields.mapping("headers").items()}
    check_headers({"headers": headers}, what, where)
    payload = _payload(fields.any("body"), headers, where)
    return Event(
        seq=index,
        channel=Channel.REQUEST,
        operation=f"{method} {path}",
        inputs={"method": method, "path": path, "query": query, "headers": headers, "body": encode(payload)},
        output=None,
        started_at=index * _APART,
    )


def _payload(body: Json, headers: dict[str, Json], where: Where) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode(errors="surrogatepass")
    headers.setdefault("content-type", "application/json")
    return text.render(body, where)
