"""Which parts of a text are, by their form, an id or a time that code may have generated.

An id by form is a UUID, a ULID, 16 or more hexadecimal digits, or a token: 20 or more letters and digits, mixed as
random characters are and words are not. What is taken for an id may differ between two sides, so a name or an error
code that is taken for one hides a change: where in doubt, it is a word.
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
_SURE = (
    r"(?<![0-9A-Za-z])(?P<id>[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
    r"|[0-9a-f]{16,}|[0-9A-F]{16,}|[0-7][0-9A-HJKMNP-TV-Z]{25})(?![0-9A-Za-z])"
)
_MARK = re.compile(f"{_TIME}|{_SURE}", re.ASCII)
_WORD = re.compile(r"(?<![\w-])[\w-]{20,}(?![\w-])", re.ASCII)
_PIECE = re.compile(r"(?<![0-9A-Za-z])[A-Za-z0-9]{20,}(?![0-9A-Za-z])", re.ASCII)
_NAMES_ID = re.compile(
    r"(?:^|[_-])(?:id|uuid|guid|token|code|number|ref|reference|key|cursor|session|csrf|etag|nonce|location)$"
    r"|(?:Id|Uuid|Token|Number|Key|Cursor)$"
)
_NAMES_TIME = re.compile(
    r"(?:^|[_-])(?:at|time|timestamp|ts|exp|iat|nbf|expires|expiry|deadline|until)$|(?:At|Time|Timestamp|Until)$"
)
_OPAQUE = re.compile(r"(?=[^A-Z]*[A-Z])(?=[^a-z]*[a-z])[A-Za-z0-9_-]+|\d{16,}", re.ASCII)
_SPOKEN = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{3,}")
_VOWEL = re.compile(r"[aeiouyAEIOUY]")
_SHORTEST_TOKEN = 20
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
    """First what is an id or a time for sure, also behind a prefix (``pi_1f…``); tokens in what is left between."""
    end = 0
    for match in _MARK.finditer(text):
        yield from _tokens(text, end, match.start())
        yield Mark(match.start(), match.end(), match.group(), match.lastgroup == "time")
        end = match.end()
    yield from _tokens(text, end, len(text))


def _tokens(text: str, start: int, end: int) -> Iterator[Mark]:
    if end - start < _SHORTEST_TOKEN:
        return
    last = start
    for match in _WORD.finditer(text, start, end):
        yield from _pieces(text, last, match.start())
        if _is_token(match.group()):
            yield Mark(match.start(), match.end(), match.group(), False)
        else:  # usr_ckv3x9k0p000001l4f3h2g7q8: a token behind words
            yield from _pieces(text, match.start(), match.end())
        last = match.end()
    yield from _pieces(text, last, end)


def _pieces(text: str, start: int, end: int) -> Iterator[Mark]:
    if end - start >= _SHORTEST_TOKEN:
        for match in _PIECE.finditer(text, start, end):
            if _is_token(match.group()):
                yield Mark(match.start(), match.end(), match.group(), False)


def ids(text: str) -> tuple[str, ...]:
    """The ids in a text, in order."""
    return tuple(mark.text for mark in marks(text) if not mark.is_time)


@lru_cache(maxsize=16384)
def _is_opaque(text: str) -> bool:
    return len(text) >= SHORTEST and _OPAQUE.fullmatch(text) is not None and not _is_spoken(text)


def opaque(left: str, right: str) -> bool:
    """True where two texts of one length look like two of a kind of token, if less random than :func:`marks` asks."""
    return len(left) == len(right) and _is_opaque(left) and _is_opaque(right)


@lru_cache(maxsize=16384)
def names_id(key: str) -> bool:
    """True where a field of this name holds what names a thing, whatever the form of the value."""
    return _NAMES_ID.search(key) is not None


@lru_cache(maxsize=16384)
def names_time(key: str) -> bool:
    """True where a number in a field of this name may be a time that does not lie in the run, such as an expiry."""
    return _NAMES_TIME.search(key) is not None


def _is_token(value: str) -> bool:
    """Tell random characters from words: they change often between classes, and hardly ever can be spoken."""
    kinds = [_kind(character) for character in value]
    digits = kinds.count("digit")
    one_case = "upper" not in kinds or "lower" not in kinds
    if one_case:
        changes = sum(a != b for a, b in pairwise(kinds))
        if "-" in value or "_" in value or digits < 3 or changes < 5:
            return False
    return not _is_spoken(value)


def _is_spoken(value: str) -> bool:
    """True where most letters stand in words: runs of letters with a vowel, ``CamelCase`` taken apart."""
    letters = sum(map(str.isalpha, value))
    spoken = sum(len(word) for word in _SPOKEN.findall(value) if len(word) > 2 and _VOWEL.search(word))
    return spoken > letters * 0.6


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
