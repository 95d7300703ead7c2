"""A scenario written by hand: one request, or a list of them, without anything recorded."""

import re
from collections.abc import Mapping, Sequence

from gate.bundle import text
from gate.bundle.events import check_headers
from gate.bundle.fields import Fields
from gate.bundle.where import Where, quoted
from gate.config.jsonpath import StepKind, parse
from gate.model import Channel, Event, Header, Json, Recording
from gate.model.body import encode
from gate.model.event import PLACEHOLDER

_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_PLAIN = (StepKind.NAME, StepKind.INDEX)
_APART = 1_000_000
"""Microseconds between two requests: none overlap, so each is sent after the one before."""
_METHOD = re.compile(r"[A-Z][A-Z-]{0,19}")
_PATH = re.compile(r"/[!-~]*")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_UNSENT = re.compile(r"[\r\n\0]")
"""What no header can carry."""
ADVICE = 'write {"request": {"method": "GET", "path": "/", "headers": {}, "body": {}}} or a list of those'


def from_request_file(content: bytes, name: str, where: Where) -> Recording:
    """The stimuli of a request file; it holds no evidence, so no channel counts as collected."""
    where = where.advising(ADVICE)
    document = text.load(content, where)
    entries = document if isinstance(document, list) else [document]
    if not entries:
        raise where.error("holds no request")
    events = tuple(_event(entry, index, where) for index, entry in enumerate(entries))
    _check_placeholders(events, where)
    return Recording(header=Header(scenario=name), events=events)


def _event(entry: Json, index: int, where: Where) -> Event:
    what = f"request {index + 1}"
    outer = Fields(entry, where, f"the entry of {what}", ("request",), ("save",))
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
    _check_headers(headers, what, where)
    payload = _payload(fields.any("body"), headers, where)
    inputs: dict[str, Json] = {
        "method": method,
        "path": path,
        "query": query,
        "headers": headers,
        "body": encode(payload),
    }
    if save := _save(outer.mapping("save"), what, where):
        inputs["save"] = save
    return Event(
        seq=index,
        channel=Channel.REQUEST,
        operation=f"{method} {path}",
        inputs=inputs,
        output=None,
        started_at=index * _APART,
    )


def _check_headers(headers: dict[str, Json], what: str, where: Where) -> None:
    check_headers({"headers": headers}, what, where)
    for name, value in headers.items():
        if not _HEADER.fullmatch(name):
            raise where.error(f"{what} has a header {quoted(name, 40)}, which is no name of one")
        if any(_UNSENT.search(str(item)) for item in (value if isinstance(value, list) else [value])):
            raise where.error(f"the header {quoted(name, 40)} of {what} has a line break in it")


def _check_placeholders(events: Sequence[Event], where: Where) -> None:
    """A name that nothing saved would be sent as it stands, and both sides would answer alike that it is not there."""
    known: set[str] = set()
    for number, event in enumerate(events, start=1):
        said = (event.inputs["path"], event.inputs["query"], event.inputs["headers"])
        for name in PLACEHOLDER.findall(str(said)):
            if name not in known:
                raise where.error(
                    f"request {number} sends {{{name}}}, which no request before it saves",
                    f'save it from an earlier answer, as "save": {{"{name}": "$.body.id"}}',
                )
        if isinstance(save := event.inputs.get("save"), dict):
            known |= save.keys()


def _save(wanted: Mapping[str, Json], what: str, where: Where) -> dict[str, Json]:
    for name, path in wanted.items():
        try:
            good = (
                _NAME.fullmatch(name) and isinstance(path, str) and all(s.kind in _PLAIN for s in parse(path))
            )
        except ValueError:
            good = False
        if not good:
            seen = f"{quoted(name, 40)}: {quoted(str(path), 60)}"
            raise where.error(
                f"'save' of {what} has {seen}, not a name and a path", 'write it as {"invoice": "$.body.id"}'
            )
    return dict(wanted)


def _payload(body: Json, headers: dict[str, Json], where: Where) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode(errors="surrogatepass")
    headers.setdefault("content-type", "application/json")
    return text.render(body, where)
