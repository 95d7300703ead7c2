"""JSON as a bundle holds it: rendered compactly, read strictly and without losing a digit."""

import json
import math
import re

import orjson

from gate.bundle.limits import MAX_DOCUMENT, MAX_NESTING
from gate.bundle.where import Where, quoted, shown
from gate.model import Json

_LONG_NUMBER = re.compile(rb"\d{17}")


def render(document: Json, where: Where) -> bytes:
    """Render compactly, keys as they come. Raises RequestError where reading could not give it back."""
    try:
        content = orjson.dumps(document)
    except TypeError:  # an integer beyond 64 bits, half a surrogate pair, or too deep
        _check_depth(document, where)
        content = json.dumps(document, separators=(",", ":")).encode()
    _check_size(content, where)
    return content


def render_pretty(document: Json, where: Where) -> bytes:
    """Render for people and reviews, keys sorted; equal documents give equal bytes."""
    try:
        return orjson.dumps(document, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2) + b"\n"
    except TypeError:
        _check_depth(document, where)
        return json.dumps(document, sort_keys=True, indent=2).encode() + b"\n"


def load(content: bytes, where: Where) -> Json:
    """Read one document. Raises RequestError with the line where it is none or says a key twice."""
    _check_size(content, where)
    if not _LONG_NUMBER.search(content):  # orjson turns what exceeds 64 bits into a float
        try:
            document: Json = orjson.loads(content)
            if orjson.dumps(document) == content:  # so no key was said twice and nothing was lost
                return document
        except (ValueError, TypeError):
            pass
    return _slowly(content, where)


def _slowly(content: bytes, where: Where) -> Json:
    first = where.line or 1
    try:
        document: Json = json.loads(
            content.decode(), object_pairs_hook=_unique, parse_constant=_finite, parse_float=_finite
        )
    except UnicodeDecodeError as error:
        raise where.at(first + content.count(b"\n", 0, error.start)).error("is not UTF-8") from None
    except json.JSONDecodeError as error:
        line = where.at(first + error.lineno - 1)
        raise line.error(f"is not JSON at column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise where.error(f"is nested more than {MAX_NESTING} levels deep") from None
    except ValueError as error:
        raise where.error(f"is not JSON: {error}") from None
    _check_depth(document, where)
    return document


def _unique(pairs: list[tuple[str, Json]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {quoted(twice)} is there twice")
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{shown(text, 40)} is no number of JSON")
    return number


def _check_size(content: bytes, where: Where) -> None:
    if len(content) > MAX_DOCUMENT:
        raise where.error(
            f"is JSON of {len(content):,} bytes where {MAX_DOCUMENT:,} are allowed", "keep less in it"
        )


def _check_depth(document: Json, where: Where) -> None:
    """Walk level by level: recursion is what a deep document is made to break."""
    level = [document]
    for _ in range(MAX_NESTING + 1):
        level = [child for item in level for child in _children(item)]
        if not level:
            return
    raise where.error(f"is nested more than {MAX_NESTING} levels deep")


def _children(item: Json) -> list[Json]:
    if isinstance(item, dict):
        return list(item.values())
    return item if isinstance(item, list) else []
