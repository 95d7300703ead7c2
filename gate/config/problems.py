"""What is wrong with a file, where, and in which words; never showing a value that may be secret."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

Loc = tuple[str | int, ...]
LONGEST = 60
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_WORD = re.compile(r"[\w-]{1,64}", re.ASCII)
_KINDS = {
    "string_type": "text",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "int_type": "a whole number",
    "float_type": "a number",
}
_EMPTY = ("string_too_short", "too_short")
_BOUNDS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong: ``text`` for a person, ``loc`` to find its line; ``at_key``: the key, not the value."""

    loc: Loc
    text: str
    at_key: bool = False


def dotted(loc: Loc) -> str:
    """``environments.process.services.api``; a name under ``env`` is shown only where it is a name."""
    out = ""
    for index, step in enumerate(loc):
        if isinstance(step, int):
            out += f"[{step}]"
        elif _is_env(loc[:index]) and not VARIABLE.fullmatch(step):
            return out
        elif _WORD.fullmatch(step):
            out += f".{step}" if out else step
        else:
            out += f"[{key_text(step)}]"
    return out


def within(loc: Loc) -> str:
    """`` in environments.process``, or nothing at the root."""
    return f" in {dotted(loc)}" if loc else ""


def hidden(loc: Loc) -> bool:
    """Whether what stands there may be secret: everything under an ``env``."""
    return "env" in loc


def shown(value: object) -> str:
    """A value of the file in an error: shortened, and containers by their kind, as they may hold an ``env``."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    return cut(repr(value), LONGEST)


def key_text(key: str) -> str:
    """A key in quotes, on one line."""
    return cut(repr(key), LONGEST)


def cut(text: str, longest: int) -> str:
    """At most so many characters, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def near(word: str, known: Iterable[str]) -> str | None:
    """The known name that a misspelt one probably means."""
    return next(iter(get_close_matches(word, list(known), n=1)), None)


def nearest(word: str, known: Iterable[str], *, what: str) -> str:
    """``; did you mean 'api'?``, or else what there is."""
    names = sorted(known)
    if close := near(word, names):
        return f"; did you mean '{close}'?"
    return f"; {what}: {', '.join(names)}" if names else f"; there are no {what}"


def describe(error: Mapping[str, Any], keys: Callable[[Loc], list[str]]) -> Problem:
    """One of pydantic's errors in our words; ``keys`` gives the known keys at a loc."""
    loc: Loc = tuple(step for step in error["loc"] if step != "[key]")
    at_key = len(loc) < len(error["loc"])
    name, kind = loc[-1] if loc else "", error["type"]
    if kind == "extra_forbidden":
        known = keys(loc[:-1])
        text = f"unknown key {key_text(str(name))}{within(loc[:-1])}{nearest(str(name), known, what='known keys')}"
        return Problem(loc=loc, text=text, at_key=True)
    if kind == "missing":
        return Problem(loc=loc, text=f"{name} is missing{within(loc[:-1])}")
    if error["input"] is None:
        return Problem(loc=loc, text=f"{dotted(loc)} has no value; write one, or remove it", at_key=True)
    if at_key:
        what = "a name" if hidden(loc[:-1]) else key_text(str(name))
        return Problem(loc=loc, text=f"{what}{within(loc[:-1])} {_expectation(error)}", at_key=True)
    misplaced = loc[-2:-1] == ("services",)  # one text for a whole service: most likely a variable
    got = "" if hidden(loc) or misplaced or kind in _EMPTY else f"; got {shown(error['input'])}"
    return Problem(loc=loc, text=f"{dotted(loc)} {_expectation(error)}{got}{_quote(error)}")


def _expectation(error: Mapping[str, Any]) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind in _KINDS:
        return f"must be {_KINDS[kind]}"
    if kind in _BOUNDS:
        words, key = _BOUNDS[kind]
        return f"must be {words} {context[key]:g}"
    if kind == "literal_error":
        return f"must be {context['expected']}"
    if kind in _EMPTY:
        return "must not be empty"
    if kind == "string_too_long":
        return f"must not be longer than {context['max_length']} characters"
    if kind == "value_error":
        return str(context["error"])
    return "is not valid"


def _quote(error: Mapping[str, Any]) -> str:
    value = error["input"]
    braces = isinstance(value, dict) and list(value.values()) == [None]  # an unquoted {port} is a mapping
    return (
        "; quote it" if error["type"] == "string_type" and (braces or isinstance(value, int | float)) else ""
    )


def _is_env(loc: Loc) -> bool:
    return bool(loc) and loc[-1] == "env"
