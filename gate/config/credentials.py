"""Which parts of an outward call are credentials, by their names, and what stands for one that is kept.

A call is judged by which credential it uses, never by what the credential is: one that the redactor knows keeps its
name, any other becomes a value that looks generated, the same wherever the credential is the same.
"""

import hmac
import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote_plus

from gate.config.redaction import MARKER, names_secret
from gate.model import Json

Replace = Callable[[str], str]
_SCHEME = re.compile(
    r"(?:AWS4-HMAC-SHA256|ApiKey|Basic|Bearer|DPoP|Digest|HMAC|Hawk|JWT|Key|NTLM|Negotiate|OAuth|SharedKey|Token) +",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"(?:cache|continuation|idempotency|next|pag(?:e|ing|ination)|partition|routing|sort|surrogate|sync)[_-]?(?:key|token)"
    r"|author(?!i[sz])|authenticated|keyword",
    re.IGNORECASE,
)
"""Names that look secret and hold what a call is about; hidden, a change of it would be."""
_DIGITS = 32


def names_credential(name: str) -> bool:
    """Whether a header or a query parameter of this name holds a credential."""
    return names_secret(_HARMLESS.sub("", name)) or name.lower() == "cookie"


def with_credentials(inputs: Mapping[str, Json], replace: Replace) -> dict[str, Json]:
    """The inputs of a call with each credential in its headers and its query replaced; schemes and names stay."""
    found = dict(inputs)
    headers, query = inputs.get("headers"), inputs.get("query")
    if isinstance(headers, dict):
        found["headers"] = {
            name: _header(name, value, replace) if names_credential(name) else value
            for name, value in headers.items()
        }
    if isinstance(query, str):
        found["query"] = "&".join(_parameter(piece, replace) for piece in query.split("&"))
    return found


def stand_in(credential: str, key: bytes) -> str:
    """What is kept of a credential that went through the redactor: the names of the secrets in it, else a digest."""
    if not credential:
        return ""
    if known := MARKER.findall(credential):
        return "".join(known)
    return hmac.new(key, credential.encode("utf-8", "surrogatepass"), "sha256").hexdigest()[:_DIGITS]


def _header(name: str, value: Json, replace: Replace) -> Json:
    if isinstance(value, list):
        return [_header(name, item, replace) for item in value]
    text = str(value)
    if name.lower() == "cookie":
        return "; ".join(_cookie(piece.strip(), replace) for piece in text.split(";"))
    scheme = match.group() if (match := _SCHEME.match(text)) else ""
    return scheme + replace(text[len(scheme) :])


def _cookie(piece: str, replace: Replace) -> str:
    name, sign, value = piece.partition("=")
    return name + sign + replace(value) if sign else replace(piece)


def _parameter(piece: str, replace: Replace) -> str:
    name, sign, value = piece.partition("=")
    if not names_credential(unquote_plus(name)):
        return piece
    return name + sign + replace(unquote_plus(value))
