"""Large bodies of requests and calls: out of the line into ``blobs/``, and exactly back."""

import base64
from collections.abc import Mapping

from gate.bundle import text
from gate.bundle.digests import sha256
from gate.bundle.fields import Fields, kind
from gate.bundle.where import Where, quoted, shown
from gate.errors import RequestError
from gate.model import Json
from gate.model.body import payload

INLINE = 1024
"""Payloads up to here stay in the line, where a person can read them."""
_TAGS = ("json", "text", "base64")


class Shelf:
    """The payloads of one bundle by SHA-256, and which of them are in use."""

    def __init__(self, payloads: Mapping[str, bytes] | None = None) -> None:
        self.payloads = dict(payloads or {})
        self._used: set[str] = set()

    def put(self, content: bytes) -> str:
        """Keep a payload; its name."""
        name = sha256(content)
        self.payloads[name] = content
        self._used.add(name)
        return name

    def get(self, name: str) -> bytes | None:
        """A payload by its name."""
        self._used.add(name)
        return self.payloads.get(name)

    @property
    def unused(self) -> list[str]:
        """Payloads that nobody asked for, in order."""
        return sorted(self.payloads.keys() - self._used)


def outsource(body: Json, shelf: Shelf, where: Where) -> Json:
    """What stands in the line for a tagged body: itself, or a reference to the shelf."""
    content = _payload(body, where)
    if len(content) <= INLINE or not isinstance(body, dict):
        return body
    tag = next(iter(body))
    try:
        exact = text.render(_tagged(tag, content, where), where) == text.render(body, where)
    except RequestError:
        exact = False
    if not exact:  # such as base64 written in another way than ours: it stays as it is
        return body
    return {"blob": shelf.put(content), "size": len(content), "tag": tag}


def restore(body: Json, shelf: Shelf, where: Where) -> Json:
    """The tagged body for what stands in a line. Raises RequestError where it is neither."""
    if not (isinstance(body, dict) and "blob" in body):
        _payload(body, where)
        return body
    fields = Fields(body, where, "a blob", ("blob", "size", "tag"))
    name, size, tag = fields.text("blob"), fields.count("size"), fields.text("tag")
    content = shelf.get(name)
    if content is None:
        raise where.error(f"blob {shown(name, 64)} is missing", "run 'gate bundle verify' on the original")
    if len(content) != size:
        raise where.error(f"blob {name} has {len(content):,} bytes where {size:,} were recorded")
    if tag not in _TAGS:
        raise where.error(f"the tag {quoted(tag, 40)} is none of {', '.join(_TAGS)}")
    return _tagged(tag, content, where.into(f"blobs/{name}"))


def _payload(body: Json, where: Where) -> bytes:
    if body is not None and not (isinstance(body, dict) and len(body) == 1 and next(iter(body)) in _TAGS):
        raise where.error(
            f"a body is {kind(body)} where null or one of the keys {', '.join(_TAGS)} is expected"
        )
    try:
        return payload(body)
    except (ValueError, TypeError) as error:
        raise where.error(f"a body cannot be read: {shown(str(error))}") from None


def _tagged(tag: str, content: bytes, where: Where) -> Json:
    if tag == "base64":
        return {"base64": base64.b64encode(content).decode()}
    if tag == "text":
        try:
            return {"text": content.decode()}
        except UnicodeDecodeError:
            raise where.error("is tagged as text and is not UTF-8") from None
    body: Json = {"json": text.load(content, where)}
    if _payload(body, where) != content:
        raise where.error("is tagged as JSON and is not compact")
    return body
