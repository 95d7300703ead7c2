"""Which parts of a text are, by their form, an id or a time that code may have generated.

An id by form is a UUID, a ULID, 16 or more hexadecimal digits, or a token: 20 or more characters that change
between lower case, upper case and digits as random characters do and words do not.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

_TIME = (
    r"(?P<time>\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?"
    r"|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT)"
)
_ID = (
    r"(?P<id>[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
    r"|(?<![0-9A-Za-z])(?:[0-9a-f]{16,}|[0-9A-F]{16,}|[0-7][0-9A-HJKMNP-TV-Z]{25})(?![0-9A-Za-z])"
    r"|(?<![\w-])[A-Za-z0-9_-]{20,}(?![\w-])"
    r"|(?<![0-9A-Za-z])[A-Za-z0-9]{20,}(?![0-9A-Za-z]))"
)
_MARK = re.compile(f"{_TIME}|{_ID}", re.ASCII)
_SURE = re.compile(
    r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-f]{16,}|[0-9A-F]{16,}|[0-7][0-9A-HJKMNP-TV-Z]{25}"
)
_PREFIXED = re.compile(r"([A-Za-z]{1,12}_)+(?=[A-Za-z0-9]{16,}$)")
_NAMES_ID = re.compile(
    r"(?:^|[_-])(?:id|uuid|guid|token|code|number|ref|reference|key|cursor|session|csrf|etag|nonce|location)$"
    r"|(?:Id|Uuid|Token|Number|Key|Cursor)$"
)
_OPAQUE = re.compile(r"(?=[^A-Z]*[A-Z])(?=[^a-z]*[a-z])[A-Za-z0-9_-]+", re.ASCII)
SHORTEST = 16
"""No id and no time has fewer characters."""


class Mark(NamedTuple):
    """A part of a text: ``text[start:end]``, an id or a time by its form."""

    start: int
    end: int
    text: str
    is_time: bool


@lru_cache(maxsize=65536)
def marks(text: str) -> tuple[Mark, ...]:
    """The ids and times in a text, in order."""
    return tuple(_marks(text)) if len(text) >= SHORTEST else ()


def _marks(text: str) -> Iterator[Mark]:
    for match in _MARK.finditer(text):
        start, end = match.span()
        if match.lastgroup == "time":
            yield Mark(start, end, match.group(), True)
            continue
        word = match.group()
        prefix = _PREFIXED.match(word)
        if prefix and _SURE.fullmatch(word, prefix.end()):  # pi_1f…: the prefix is a word, the rest is the id
            yield Mark(start + prefix.end(), end, word[prefix.end() :], False)
        elif _SURE.fullmatch(word) or _is_token(word):
            yield Mark(start, end, word, False)


def ids(text: str) -> tuple[str, ...]:
    """The ids in a text, in order."""
    return tuple(mark.text for mark in marks(text) if not mark.is_time)


def opaque(left: str, right: str) -> bool:
    """True where two texts of one length look like two of a kind of token, if less random than :func:`marks` asks."""
    return len(left) == len(right) >= SHORTEST and bool(_OPAQUE.fullmatch(left) and _OPAQUE.fullmatch(right))


def names_id(key: str) -> bool:
    """True where a field of this name holds what names a thing, whatever the form of the value."""
    return bool(_NAMES_ID.search(key))


def _is_token(value: str) -> bool:
    """Tell random characters from words by how often the class of character changes."""
    kinds = [_kind(character) for character in value]
    changes = sum(a != b for a, b in pairwise(kinds)) / (len(value) - 1)
    digits = kinds.count("digit")
    if "-" not in value and "_" not in value and "upper" not in kinds:
        return digits >= 3 and changes * (len(value) - 1) >= 5
    if "upper" not in kinds or "lower" not in kinds:
        return False
    return changes >= (0.25 if digits else 0.42) and len(value) >= 20


def _kind(character: str) -> str:
    if character.isdigit():
        return "digit"
    if character.isupper():
        return "upper"
    return "lower" if character.islower() else "sign"


def route(operation: str) -> str:
    """An operation with the ids and numbers in its path replaced by ``{id}``."""
    path = operation.partition("?")[0]
    pieces = path.split("/")
    return "/".join("{id}" if piece.isdigit() or _holds_id(piece) else piece for piece in pieces)


def _holds_id(piece: str) -> bool:
    return any(not mark.is_time for mark in marks(piece))
