"""Recorded text made harmless to look at: it moves no cursor, reverses no line, hides no character.

What could is written as ``\\u{202E}``, the same way in pages, Markdown and terminals. Escaping for HTML or
Markdown comes on top of this and is the business of each renderer.
"""

from itertools import chain

# Letters and marks by category, yet blank on the screen.
_BLANK = frozenset(
    chain(
        "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0",
        map(chr, range(0xFE00, 0xFE10)),
        map(chr, range(0xE0100, 0xE01F0)),
    )
)
_LAYOUT = frozenset("\n\t")


def visible(text: str) -> str:
    """The text with every control, bidi, invisible and unassigned character spelt out; lines stay lines."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if _shows(char) or char in _LAYOUT else spelt(char) for char in text)


def line(text: str) -> str:
    """The same on one line."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if _shows(char) else spelt(char) for char in text)


def clip(text: str, limit: int) -> str:
    """At most ``limit`` characters, and how many were cut."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}… ({len(text) - limit:,} more characters)"


def short(text: str, limit: int) -> str:
    """One visible line that fits a label; the full text stands elsewhere."""
    text = line(text[: limit + 1])
    return text if len(text) <= limit else text[: limit - 1] + "…"


def spelt(char: str) -> str:
    """A character by its code point."""
    return f"\\u{{{ord(char):X}}}"


def _shows(char: str) -> bool:
    return char.isprintable() and char not in _BLANK
