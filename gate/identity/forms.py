"""Which parts of a text are, by their form, an id or a time that code may have generated.

An id by form is a UUID, a ULID, 16 or more hexadecimal digits, or a token: 20 or more letters and digits, or signs of
base64, mixed as random characters are and words are not. What is taken for an id may differ between two sides, so a
name or an error code that is taken for one hides a change: where in doubt, it is a word.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import add, ne
from string import ascii_lowercase, ascii_uppercase, digits
from typing import NamedTuple

from gate.identity.encoded import inside, jwts
from gate.model import Json

_TIME = (
    r"(?P<time>\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?"
    r"|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT)"
)
_CONSTANT = r"00000000-0000-0000-0000-0{12}|[fF]{8}-[fF]{4}-[fF]{4}-[fF]{4}-[fF]{12}"
"""The nil and the max UUID name nothing."""
_UUID = (
    rf"(?!{_CONSTANT})[0-9a-fA-F]{{8}}-[0-9a-fA-F]{{4}}-[0-9a-fA-F]{{4}}-[0-9a-fA-F]{{4}}-[0-9a-fA-F]{{12}}"
)
_ULID = "[0-7](?:[0-9A-HJKMNP-TV-Z]{25}|[0-9a-hjkmnp-tv-z]{25})"
_SURE = (
    rf"(?<![0-9A-Za-z])(?P<id>{_UUID}"
    rf"|[0-9a-f]{{16,}}|(?![A-F]{{2}}\d+\b)[0-9A-F]{{16,}}|{_ULID})(?![0-9A-Za-z])"
)
"""Two capitals and only digits are no hex: many an account number (IBAN) looks so."""
_HASHED = (
    r"(?<![\w$])(?:\$2[abxy]?\$\d\d|\$argon2(?:id|i|d)\$v=\d+\$m=\d+,t=\d+,p=\d+"
    r"|\$(?:[156y]|scrypt|pbkdf2[\w-]*)(?:\$(?:rounds=\d+|\d{3,}|ln=[\w=,]+))?"
    r"|(?:scrypt|pbkdf2)(?::\w+){1,3}|(?:pbkdf2|scrypt|argon2)_?\w*\$\d+)"
    r"\$(?P<secret>[\w./+$-]{20,}={0,2})(?![\w./+$=-])"
)
"""A password's hash, salt and all, behind what says how it was made, which is compared."""
_MARK = re.compile(f"{_TIME}|{_SURE}|{_HASHED}", re.ASCII)
_WHOLE = re.compile(f"{_TIME}|{_UUID}|[0-9a-f]{{16,}}", re.ASCII)
LOOSE = re.compile(rf"{_UUID}|(?=\d*[a-f])[0-9a-f]{{16,}}", re.ASCII)
"""What looks generated wherever it stands; for what is shown, never for what is compared."""
_PIECE = re.compile(r"(?<![0-9A-Za-z])[A-Za-z0-9]{20,}(?![0-9A-Za-z])", re.ASCII)
_BASE64 = r"(?<![\w+/.-])[A-Za-z0-9+/]{20,}={0,2}(?![\w+/=-])"
_PIECES = re.compile(rf"(?<![\w-])[\w-]{{20,}}(?![\w-])|{_PIECE.pattern}", re.ASCII)
_SIGNED = re.compile(rf"{_BASE64}|{_PIECES.pattern}", re.ASCII)
_STEP = re.compile(r"[A-Z]?[a-z]*\d*", re.ASCII)
"""What stands between two slashes of a path, and hardly ever of a base64 text."""
_NAMES_ID = re.compile(
    r"(?:^|[_-])(?:id|uuid|guid|token|code|number|ref|reference|key|cursor|session|csrf|etag|nonce|location)$"
    r"|(?:Id|Uuid|Token|Number|Key|Cursor)$"
)
_NAMES_TIME = re.compile(
    r"(?:^|[_-])(?:at|time|timestamp|ts|exp|iat|nbf|expires|expiry|deadline|until)$|(?:At|Time|Timestamp|Until)$"
)
_OPAQUE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_SIGNS = re.compile(r"[\w+/-]+={0,2}", re.ASCII)
_FORM = re.compile(
    rf"(?P<uuid>{_UUID})|(?P<hex>[0-9a-f]{{16,}})|(?P<upper>[0-9A-F]{{16,}})|(?P<ulid>{_ULID})", re.ASCII
)
_COMMON = frozenset(
    re.findall(
        "..",
        "inseerreontestoratdeesalelleenthpeartietmentannetrnocoheittyliyptararoedioaslfexndnariisngcensct"
        "amsiurefmapatuprecssrtfinclagevachcaodunacfootveemimommplopollilueicrntorsclopuldioulupleaolhake"
        "lsaddaeprrrgtsutabblptigckfattupmoapidhiholdaifrussultxtpysoniiescspbooomiocbuumwibaagfueeruiaxp"
        "nfowppgsshiroseylyberdeguirmgiivobryevduaudoifwaviqu",
    )
)
"""The pairs of letters that make up nine tenths of the names in programs."""
_KINDS = str.maketrans(
    digits + ascii_uppercase + ascii_lowercase + "_+/=", "d" * 10 + "u" * 26 + "l" * 26 + "----"
)
"""The class of each character: digit, upper or lower case, sign."""
_WORDS = -2.9
"""Words score more than this in :func:`_is_spoken`, random characters less."""
_SHORTEST_TOKEN = 20
_LONGEST_TOKEN = 1024
"""What is longer in base64 is content: an image, a document."""
SHORTEST = 16
"""No id and no time has fewer characters."""


class Mark(NamedTuple):
    """A part of a text: ``text[start:end]``, an id or a time by its form; ``said`` is what can be read inside it."""

    start: int
    end: int
    text: str
    is_time: bool
    said: Json = None


@lru_cache(maxsize=65536)
def marks(text: str) -> tuple[Mark, ...]:
    """The ids and times in a text, in order."""
    if len(text) < SHORTEST:
        return ()
    if whole := _WHOLE.fullmatch(text):  # most are; looking for parts takes three times as long
        return (Mark(0, len(text), text, whole.lastgroup == "time"),)
    found: list[Mark] = []
    end = 0
    for start, after, said in jwts(text) if ".ey" in text else ():
        _sure(text, end, start, found)
        found.append(Mark(start, after, text[start:after], False, said))
        end = after
    _sure(text, end, len(text), found)
    return tuple(found)


def _sure(text: str, end: int, last: int, found: list[Mark]) -> None:
    """First what is an id or a time for sure, also behind a prefix (``pi_1f…``); tokens in what is left between."""
    for match in _MARK.finditer(text, end, last):
        kind = match.lastgroup or "id"
        start, after = match.span(kind)
        if start - end >= _SHORTEST_TOKEN:
            _tokens(text, end, start, found)
        end = after
        found.append(Mark(start, end, match[kind], kind == "time"))
    if last - end >= _SHORTEST_TOKEN:
        _tokens(text, end, last, found)


def _tokens(text: str, start: int, end: int, found: list[Mark]) -> None:
    signed = "=" in text or "/" in text or "+" in text
    for match in (_SIGNED if signed else _PIECES).finditer(text, start, end):
        word = match.group()
        if _is_token(word):
            _add(word, match.start(), found)
        elif len(word) > _LONGEST_TOKEN and ("+" in word or "/" in word):
            continue
        elif not word.isalnum():  # usr_ckv3x9k0p000001l4f3h2g7q8: a token behind words
            for piece in _PIECE.finditer(text, *match.span()):
                if _is_token(piece.group()):
                    _add(piece.group(), piece.start(), found)


def _add(token: str, start: int, found: list[Mark]) -> None:
    said = inside(token)
    if said is not None or len(token) <= _LONGEST_TOKEN or token.isalnum() or "-" in token or "_" in token:
        found.append(Mark(start, start + len(token), token, False, said))


def replaced(text: str, found: Sequence[Mark], say: Callable[[Mark], str]) -> str:
    """A text with another one in the place of each of its marks."""
    pieces, end = [], 0
    for mark in found:
        pieces += [text[end : mark.start], say(mark)]
        end = mark.end
    return "".join([*pieces, text[end:]])


def ids(text: str) -> tuple[str, ...]:
    """The ids in a text, in order."""
    return tuple(mark.text for mark in marks(text) if not mark.is_time)


@lru_cache(maxsize=16384)
def is_opaque(text: str) -> bool:
    """True where a whole text looks like a token or a long number."""
    return (
        len(text) >= SHORTEST and _OPAQUE.fullmatch(text) is not None and (text.isdigit() or _is_token(text))
    )


def opaque(left: str, right: str) -> bool:
    """True where two texts of one length look like two of a kind of token, though one of them may pass for a word."""
    if len(left) != len(right) or not (_OPAQUE.fullmatch(left) and _OPAQUE.fullmatch(right)):
        return False
    return left.isdigit() == right.isdigit() and (is_opaque(left) or is_opaque(right))


def stands_for(token: str, other: str) -> bool:
    """True where a text that passes for words may be a token as well, by its length and its characters."""
    return len(token) == len(other) and form(token) == "token" and _SIGNS.fullmatch(other) is not None


@lru_cache(maxsize=16384)
def form(value: str) -> str:
    """Which kind of id a value is: uuid, hex, upper, ulid, or any other token."""
    match = _FORM.fullmatch(value)
    return (match and match.lastgroup) or "token"


def unlike(left: str, right: str) -> bool:
    """True where two ids are not two of a kind, by form, case or length; two of digits only may be amounts."""
    if len(left) == len(right) == 36 and left[8] == left[23] == right[8] == right[23] == "-":
        return left.islower() != right.islower()  # a UUID, as most are
    kind = form(left)
    if kind != form(right) or (left.isdigit() and right.isdigit()):
        return True
    if kind == "ulid":
        return left.islower() != right.islower()
    apart = abs(len(left) - len(right))
    if kind != "token":
        return apart > 1  # a number may have lost its leading zero
    if apart and len(left.rstrip("=")) == len(right.rstrip("=")):
        return True
    return apart * 4 > max(len(left), len(right))  # packed or encrypted content varies a little


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
    kinds = value.translate(_KINDS)
    if "/" in value and value[-1] != "=" and any(map(_STEP.fullmatch, value.split("/"))):
        return False
    if "u" not in kinds or "l" not in kinds:
        changes = sum(map(ne, kinds, kinds[1:]))
        if "-" in kinds or kinds.count("d") < 2 or changes < max(4, len(value) * 0.15):
            return False
    return not _is_spoken(value, kinds)


def _is_spoken(value: str, kinds: str) -> bool:
    """True where most pairs of letters are such as words have, ``CamelCase`` taken apart.

    Measured: 2 of 1,000 long names from programs are taken for random, 1 of 1,000 random tokens for words.
    """
    return sum(map(_SCORES["l" in kinds].__getitem__, map(add, value, value[1:]))) > _WORDS


def _score(one: str, two: str, mixed: bool) -> float:
    """How much a pair of characters speaks for a word; in mixed case, capitals in a row are rare in words."""
    a, b = one.translate(_KINDS), two.translate(_KINDS)
    if a == "-" or b == "-" or a == b == "d":
        return 0.0
    if a == "d" or b == "d":
        return -1.5
    if a == "l" and b == "u":
        return -0.7
    common = 1.0 if (one + two).lower() in _COMMON else -1.0
    return common - 0.5 if mixed and a == b == "u" else common


_CHARACTERS = ascii_uppercase + ascii_lowercase + digits + "_-+/="
_SCORES = {
    mixed: {one + two: _score(one, two, mixed) for one in _CHARACTERS for two in _CHARACTERS}
    for mixed in (False, True)
}


@lru_cache(maxsize=16384)
def route(operation: str) -> str:
    """An operation with the ids and numbers in its path replaced by ``{id}``."""
    path = operation.partition("?")[0]
    pieces = path.split("/")
    return "/".join("{id}" if piece.isdigit() or _holds_id(piece) else piece for piece in pieces)


def _holds_id(piece: str) -> bool:
    return any(not mark.is_time for mark in marks(piece))
