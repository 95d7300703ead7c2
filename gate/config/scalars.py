"""What an unquoted word of YAML means, where every YAML reader agrees on it.

``no``, ``on``, ``012``, ``0x1F``, ``1_000`` and ``12:30:00`` are a boolean or a number to a YAML 1.1 reader and a
text or another number to a YAML 1.2 reader. Neither guess is right, so they are refused unless quoted.
"""

import math
import re

Scalar = str | int | float | bool | None

_WORDS: dict[str, Scalar] = {"": None, "~": None}
for _word, _value in (("null", None), ("true", True), ("false", False)):
    _WORDS.update({_word: _value, _word.capitalize(): _value, _word.upper(): _value})

_BOOLEAN = re.compile(r"(?:yes|no|on|off)", re.IGNORECASE)
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_ODD_NUMBER = re.compile(
    r"[-+]?(?:0[0-9_]+|0[box][0-9a-f_]+|[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"
    r"|(?=[0-9.]*_)[0-9.][0-9._]*|\.(?:inf|nan))",
    re.IGNORECASE,
)
_MOST_DIGITS = 15
"""A float holds 15 digits; a longer number is an id that lost its quotes."""


class AmbiguousError(ValueError):
    """YAML readers disagree about this word; the text says what to write instead."""


def plain(text: str) -> Scalar:
    """The value of an unquoted scalar; AmbiguousError where readers disagree."""
    if text in _WORDS:
        return _WORDS[text]
    if _BOOLEAN.fullmatch(text):
        raise AmbiguousError(f"unquoted {text} is a boolean to some YAML readers; quote it: '{text}'")
    if _ODD_NUMBER.fullmatch(text):  # the number itself stays out of the text: it may be a password
        raise AmbiguousError(
            "unquoted number that YAML readers disagree on (leading 0, 0x, '_', ':' or .inf); "
            "quote it, or write plain decimals"
        )
    if text == "<<":
        raise AmbiguousError("merge keys ('<<') are not read; write the keys out")
    return _number(text)


def _number(text: str) -> Scalar:
    if _INTEGER.fullmatch(text) and len(text) <= _MOST_DIGITS:
        return int(text)
    if not _FLOAT.fullmatch(text):
        return text
    if len(text) > _MOST_DIGITS + 5 or not math.isfinite(float(text)) or _INTEGER.fullmatch(text):
        raise AmbiguousError("unquoted number is too long to be kept exactly; quote it")
    return float(text)
