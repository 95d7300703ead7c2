"""What can be read inside a token: the claims of a JWT, and a text or a document in base64.

Such a token is no random value: it is compared by what it says, and only the ids and times in that are renamed.
"""

import re
from binascii import a2b_base64
from collections.abc import Iterator

from gate.model import Json
from gate.model.body import parse

_JWT = re.compile(r"(?<![\w-])e[yw][\w-]+\.ey[\w-]+\.[\w-]*", re.ASCII)
_URLSAFE = str.maketrans("-_", "+/")
_BLANKS = str.maketrans("\t\n\r", "   ")
DEEPEST = 100
"""What is nested deeper is compared as a text, since each level costs a frame or two of Python's stack."""
_SHORTEST_TEXT = 20


def jwts(text: str) -> Iterator[tuple[int, int, Json]]:
    """Where a text holds JSON Web Tokens, and what they say; of the signature, how long it is."""
    for match in _JWT.finditer(text):
        header, payload, signature = match.group().split(".")
        said = [_document(_decoded(part)) for part in (header, payload)]
        if all(isinstance(part, dict) for part in said):
            length = f"{len(signature)} characters"
            yield *match.span(), {"header": said[0], "payload": said[1], "signature": length}


def inside(token: str) -> Json:
    """The text or document that a token is the base64 of; None where it is random bytes, or random characters."""
    text = _decoded(token)
    if not text or not text.translate(_BLANKS).isprintable():
        return None
    if text.isalnum() and not text.isalpha() and len(text) < _SHORTEST_TEXT:
        return None
    document = _document(text)
    return text if document is None else document


def _decoded(token: str) -> str:
    try:
        return a2b_base64(token.translate(_URLSAFE) + "=" * (-len(token) % 4)).decode()
    except ValueError:
        return ""


def may_be_deep(text: str) -> bool:
    """True where a text has so many brackets that, as JSON, it may have too many levels to walk through."""
    return text.count("{") + text.count("[") > DEEPEST


def _document(text: str) -> Json:
    """The JSON object or list that a text is, unless it may be too deep to walk through."""
    if text[:1] not in ("{", "[") or may_be_deep(text):
        return None
    return parse(text.encode())
