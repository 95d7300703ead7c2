"""The part of JSONPath (RFC 9535) that gate.yml may use: ``$ .name ['name'] [0] [*] .* ..name``."""

import re
from enum import StrEnum
from typing import NamedTuple


class StepKind(StrEnum):
    """What a step goes to."""

    NAME = "name"
    INDEX = "index"
    ALL = "all"
    DESCEND = "descend"
    """``..name``: that name at any depth."""


class Step(NamedTuple):
    """One step of a path; ``value`` is the name, the index, or None for all."""

    kind: StepKind
    value: str | int | None = None


_NAME = r"[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_\x80-\U0010ffff]*"
_STEP = re.compile(
    rf"\.\.(?P<descend>{_NAME})|\.(?P<name>{_NAME})|\[(?P<index>0|[1-9][0-9]{{0,8}})\]|(?P<all>\.\*|\[\*\])"
    r"|\[(?P<quoted>'(?:[^'\\]|\\['\\])*'|\"(?:[^\"\\]|\\[\"\\])*\")\]"
)
_NAMELESS = re.compile(r"\$(?:\.{1,2}\*|(?:\.\.)?\[(?:\*|[0-9]+)\])*")


def parse(text: str) -> tuple[Step, ...]:
    """The steps of a path; ValueError says where it leaves the subset."""
    if not text.startswith("$"):
        raise ValueError("must be a JSONPath that starts with '$'")
    steps: list[Step] = []
    end = 1
    while end < len(text):
        match = _STEP.match(text, end)
        if match is None:
            raise ValueError(
                f"must be a JSONPath of .name ['name'] [0] [*] .* ..name; see character {end + 1}"
            )
        end = match.end()
        steps.append(_step(match))
    return tuple(steps)


def is_broad(text: str) -> bool:
    """Whether the path names no field, so that it would match everything (``$..*`` too, which ``parse`` refuses)."""
    return _NAMELESS.fullmatch(text) is not None


def covers(steps: tuple[Step, ...], path: tuple[str | int, ...]) -> bool:
    """Whether a path, given by its names and indexes, leads to what the steps name, or into it."""
    if not steps:
        return True
    step, rest = steps[0], steps[1:]
    if step.kind is StepKind.DESCEND:
        return any(part == step.value and covers(rest, path[at + 1 :]) for at, part in enumerate(path))
    if not path:
        return False
    return (step.kind is StepKind.ALL or _is(path[0], step.value)) and covers(rest, path[1:])


def _is(part: str | int, value: str | int | None) -> bool:
    return type(part) is type(value) and part == value


def _step(match: re.Match[str]) -> Step:
    kind, word = str(match.lastgroup), match[str(match.lastgroup)]
    if kind == "index":
        return Step(StepKind.INDEX, int(word))
    if kind == "all":
        return Step(StepKind.ALL)
    if kind == "quoted":
        return Step(StepKind.NAME, re.sub(r"\\(.)", r"\1", word[1:-1], flags=re.DOTALL))
    return Step(StepKind(kind), word)
