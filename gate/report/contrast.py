"""What of two texts is not the same, as runs to highlight."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

# Quadratic, and recorded text may be chosen to make it slow; beyond this the whole middle is highlighted.
_FINE = 96
# Shorter islands of equal characters are chance, and make confetti of the highlight.
_ISLAND = 3
_WORDS = re.compile(r"[\w.-]+|\s+|.")


@dataclass(frozen=True, slots=True)
class Run:
    """Characters in a row, marked where the other side has not the same."""

    text: str
    marked: bool


def contrast(left: str, right: str, words: bool = False) -> tuple[list[Run], list[Run]]:
    """Both texts cut into runs, by characters or by words; joined, the runs give the texts again."""
    ours, theirs = (_WORDS.findall(left), _WORDS.findall(right)) if words else (left, right)
    head = _shared(ours, theirs)
    rest = min(len(ours), len(theirs)) - head
    tail = _shared(ours[::-1][:rest], theirs[::-1][:rest])
    lefts, rights = [_run(ours[:head], False)], [_run(theirs[:head], False)]
    island = 1 if words else _ISLAND
    for a, b, same in _middle(ours[head : len(ours) - tail], theirs[head : len(theirs) - tail], island):
        lefts.append(_run(a, not same))
        rights.append(_run(b, not same))
    end = _run(ours[len(ours) - tail :], False)
    return _tidy([*lefts, end]), _tidy([*rights, end])


def _run(units: Sequence[str], marked: bool) -> Run:
    return Run("".join(units), marked)


def _shared(left: Sequence[str], right: Sequence[str]) -> int:
    """How many units both begin with."""
    for place, (a, b) in enumerate(zip(left, right, strict=False)):
        if a != b:
            return place
    return min(len(left), len(right))


def _middle(
    left: Sequence[str], right: Sequence[str], island: int
) -> Iterator[tuple[Sequence[str], Sequence[str], bool]]:
    if max(len(left), len(right)) > _FINE:
        yield left, right, False
        return
    at_left = at_right = 0
    for a, b, size in SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks():
        if size < island and a < len(left):
            continue
        yield left[at_left:a], right[at_right:b], False
        yield left[a : a + size], right[b : b + size], True
        at_left, at_right = a + size, b + size


def _tidy(runs: list[Run]) -> list[Run]:
    merged: list[Run] = []
    for run in runs:
        if merged and run.text and merged[-1].marked == run.marked:
            merged[-1] = Run(merged[-1].text + run.text, run.marked)
        elif run.text:
            merged.append(run)
    return merged
