"""Keeps the values of secrets out of everything that is written or shown.

A value is also found in the forms that programs give it: JSON-escaped, URL-quoted, base64 (at any offset, as in a
Basic authorization header), and line by line where it has several lines.
"""

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import AnyStr, Generic
from urllib.parse import quote, quote_plus

from gate.model import Json

SHORTEST = 6
"""A shorter value of a ``${NAME}`` stays: replacing every ``1234`` would shred the texts it is meant to protect."""
SHORTEST_GUESSED = 8
_SHORTEST_LINE = 16
_SECRET_NAME = re.compile(r"TOKEN|SECRET|PASSWORD|PASSWD|KEY|CREDENTIAL|AUTH", re.IGNORECASE)
_PATHS = re.compile(r"(?:~|\.{1,2})?(?:/[\w.@+-]*)+(?::(?:/[\w.@+-]*)+)*", re.ASCII)
_RANDOM = re.compile(r"(?=[^/]*[a-z])(?=[^/]*[A-Z])(?=[^/]*[0-9])[^/]{12,}")
_WORDS = frozenset(
    ("anonymous", "disabled", "external", "internal", "optional", "password", "publickey", "required")
)
"""Values that switch something; replacing them would shred texts."""
_PLAIN = re.compile(r"[A-Za-z0-9]+")
MARKER = re.compile(r"\[redacted:[A-Za-z0-9_]+\]")
"""What stands for a secret that is known by name."""
_UNUSUAL = re.compile(r"[^A-Za-z0-9_]")
_ESCAPED = re.compile("%[0-9A-F]{2}")


class Redactor:
    """Replaces each secret by ``[redacted:NAME]``.

    ``secrets`` are the values that gate.yml asked for; of ``environ``, the gate's own, those whose names look secret.
    """

    __slots__ = ("_bytes", "_text")

    def __init__(self, secrets: Mapping[str, str], environ: Mapping[str, str] = MappingProxyType({})) -> None:
        values: dict[str, str] = {}
        for name, value in secrets.items():
            if len(value) >= SHORTEST:
                values.setdefault(value, name)
        for name, value in environ.items():
            if looks_secret(name, value):
                values.setdefault(value, name)
        text: list[_Group[str]] = []
        for value, name in values.items():
            marker = f"[redacted:{_UNUSUAL.sub('_', name)}]"  # as MARKER finds it
            text += [(seed, tuple((form, marker) for form in forms)) for seed, forms in _forms(value)]
        self._find(text)

    def _find(self, text: Sequence["_Group[str]"]) -> None:
        self._text = _Table(text, "")
        self._bytes = _Table(
            [(_bytes(seed), tuple((_bytes(a), _bytes(b)) for a, b in forms)) for seed, forms in text], b""
        )

    def know(self, places: Mapping[str, str]) -> None:
        """From now on also replace what only this side was given, such as its URL, by what that is called.

        It is no secret, but no two sides and no two runs have the same.
        """
        groups = [
            (_seed(value), tuple((form, name) for form in _texts(value))) for value, name in places.items()
        ]
        self._find([*self._text.groups, *groups])

    def redact(self, data: bytes) -> bytes:
        """The data without the secrets."""
        return self._bytes.redact(data)

    def redact_text(self, text: str) -> str:
        """The text without the secrets."""
        return self._text.redact(text)

    def redact_json(self, content: Json) -> Json:
        """The document without the secrets in its texts, keys included."""
        if isinstance(content, str):
            return self.redact_text(content)
        if isinstance(content, dict):
            return {self.redact_text(key): self.redact_json(value) for key, value in content.items()}
        if isinstance(content, list):
            return [self.redact_json(value) for value in content]
        return content


def names_secret(name: str) -> bool:
    """Whether what has this name is taken to hold a secret: a variable, a header, a parameter."""
    return _SECRET_NAME.search(name) is not None


def looks_secret(name: str, value: str) -> bool:
    """Whether a variable of this name and value is taken for a secret."""
    if not names_secret(name) or len(value) < SHORTEST_GUESSED or value.lower() in _WORDS:
        return False
    # a base64 secret may begin with '/' and look like a path, but for its random letters
    return not _PATHS.fullmatch(value) or _RANDOM.search(value) is not None


_Group = tuple[AnyStr, tuple[tuple[AnyStr, AnyStr], ...]]
"""A seed, and the forms that all hold it, with their markers: where the seed is absent no form needs a look."""


class _Table(Generic[AnyStr]):
    """Finds forms; where occurrences overlap all of them go, under the name of the longest."""

    __slots__ = ("_empty", "groups")

    def __init__(self, groups: Sequence[_Group[AnyStr]], empty: AnyStr) -> None:
        self.groups: tuple[_Group[AnyStr], ...] = tuple(groups)
        self._empty: AnyStr = empty

    def redact(self, data: AnyStr) -> AnyStr:
        found = [form for seed, forms in self.groups if seed in data for form in forms if form[0] in data]
        if not found:
            return data
        spans = sorted((start, end, marker) for form, marker in found for start, end in _spans(form, data))
        pieces: list[AnyStr] = []
        copied = 0
        for start, end, marker in _merged(spans):
            pieces += [data[copied:start], marker]
            copied = end
        pieces.append(data[copied:])
        return self._empty.join(pieces)


def _merged(spans: list[tuple[int, int, AnyStr]]) -> Iterator[tuple[int, int, AnyStr]]:
    """One span for all that overlap, with the marker of the longest."""
    start, end, marker = spans[0]
    longest = end - start
    for first, last, other in spans[1:]:
        if first >= end:
            yield start, end, marker
            start, end, marker, longest = first, last, other, last - first
            continue
        if last - first > longest:
            longest, marker = last - first, other
        end = max(end, last)
    yield start, end, marker


def _spans(form: AnyStr, data: AnyStr) -> Iterator[tuple[int, int]]:
    start = data.find(form)
    while start >= 0:
        yield start, start + len(form)
        start = data.find(form, start + 1)


def _forms(value: str) -> Iterator[tuple[str, set[str]]]:
    """Groups of forms, each with a seed that all of them hold."""
    yield _seed(value), _texts(value)
    yield from _base64(_bytes(value))
    if "\n" in value:  # logs cut a certificate or a key file into lines
        for line in {line.strip() for line in value.splitlines()}:
            if len(line) >= _SHORTEST_LINE:
                yield line, {line}


def _seed(value: str) -> str:
    """Letters and digits stay themselves in every escaping."""
    return max(_PLAIN.findall(value), key=len, default="")


def _texts(value: str) -> set[str]:
    """The value as it stands, in JSON, and in a URL."""
    texts = {value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    raw = _bytes(value)
    for quoted in (quote(raw, safe=""), quote(raw), quote_plus(raw)):
        texts |= {quoted, _ESCAPED.sub(lambda match: match[0].lower(), quoted)}
    return texts


def _base64(raw: bytes) -> Iterator[tuple[str, set[str]]]:
    """The value encoded alone, and the letters that it alone decides when other bytes stand around it."""
    groups: dict[str, set[str]] = {}
    for alphabet in (b"+/", b"-_"):
        for before in range(3):
            encoded = base64.b64encode(b"\0" * before + raw, alphabet).decode()
            core = encoded[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]
            groups.setdefault(core, {core}).update({encoded} if before == 0 else ())
    yield from groups.items()


def _bytes(text: str) -> bytes:
    """UTF-8; what came from the environment as bytes goes back to them."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
