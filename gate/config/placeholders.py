"""``{port}`` and ``${NAME}`` in commands and in values of ``env``.

``${NAME}`` is filled in while gate.yml is read, ``{port}`` when a side starts, by ``fill``. In between a text keeps
its literal braces as ``{{word}}``, so that a secret which happens to hold ``{port}`` stays what it is.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

_NAME = r"[A-Za-z][A-Za-z0-9_.-]*"
_FILL = re.compile(rf"\{{\{{(?P<literal>{_NAME})\}}\}}|\{{(?P<placeholder>{_NAME})\}}")
_TOKEN = re.compile(
    r"(?P<escape>\$\$\{)|\$\{(?P<variable>[A-Za-z_][A-Za-z0-9_]*)\}|(?P<broken>\$\{)|" + _FILL.pattern
)
_PLACEHOLDER = re.compile(rf"\{{{_NAME}\}}")


class Part(NamedTuple):
    """A piece of a text; ``kind`` is ``text``, ``placeholder``, ``variable`` or ``broken``."""

    kind: str
    text: str


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put ``values`` in for the ``{name}`` of a text of Settings; ``{{name}}`` becomes ``{name}``."""
    return _FILL.sub(
        lambda match: f"{{{match['literal']}}}" if match["literal"] else values[match["placeholder"]], text
    )


def parts(text: str) -> Iterator[Part]:
    """The pieces of a text as it was written in the file."""
    end = 0
    for match in _TOKEN.finditer(text):
        if match.start() > end:
            yield Part("text", text[end : match.start()])
        end = match.end()
        kind = str(match.lastgroup)
        if kind == "escape":
            yield Part("text", "${")
        elif kind == "literal":
            yield Part("text", f"{{{match['literal']}}}")
        else:
            yield Part(kind, match[kind])
    if end < len(text):
        yield Part("text", text[end:])


def expand(text: str, variable: Callable[[str], str]) -> str:
    """The text as Settings hold it: variables filled in, literal ``{word}`` doubled.

    ValueError where a variable's value would run together with the braces around it.
    """
    pieces: list[Part] = []
    for kind, word in parts(text):
        value = variable(word) if kind == "variable" else word
        if kind != "placeholder" and pieces and pieces[-1].kind == "text":
            pieces[-1] = Part("text", pieces[-1].text + value)
        else:
            pieces.append(Part("placeholder" if kind == "placeholder" else "text", value))
    out = "".join(f"{{{word}}}" if kind == "placeholder" else _double(word) for kind, word in pieces)
    literal = "".join(f"\0{word}\0" if kind == "placeholder" else word for kind, word in pieces)
    if fill(out, _Marked()) != literal:
        raise ValueError("braces around a placeholder or a variable cannot be told from its own")
    return out


def _double(text: str) -> str:
    return _PLACEHOLDER.sub(lambda match: f"{{{match[0]}}}", text)


class _Marked(dict[str, str]):
    """Fills a placeholder with its own name, marked by what no text can hold."""

    def __missing__(self, key: str) -> str:
        return f"\0{key}\0"
