"""Which item on the left is which on the right, before their ids are known."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple, TypeVar

from gate.model import Json

Item = TypeVar("Item")
_MOST_PAIRS = 40_000
"""Above this many candidate pairs the rest is paired in order; scoring all would take seconds."""


class Alignment(NamedTuple):
    """Indexes: the pairs, and what has no counterpart."""

    pairs: tuple[tuple[int, int], ...]
    left: tuple[int, ...]
    right: tuple[int, ...]


def by_key(left: Sequence[Hashable], right: Sequence[Hashable]) -> Alignment:
    """Pair what has equal keys, in order of appearance."""
    waiting: defaultdict[Hashable, list[int]] = defaultdict(list)
    for index in range(len(right) - 1, -1, -1):
        waiting[right[index]].append(index)
    pairs = tuple((index, waiting[key].pop()) for index, key in enumerate(left) if waiting[key])
    ours, theirs = {a for a, _ in pairs}, {b for _, b in pairs}
    return Alignment(
        pairs,
        tuple(index for index in range(len(left)) if index not in ours),
        tuple(index for index in range(len(right)) if index not in theirs),
    )


def by_likeness(rest: Alignment, likeness: Callable[[int, int], float], least: float = 0.5) -> Alignment:
    """Pair what is left over with its most similar counterpart, if that is similar enough."""
    if len(rest.left) * len(rest.right) > _MOST_PAIRS:
        extra = tuple(zip(rest.left, rest.right, strict=False))
    else:
        scored = sorted(
            ((-likeness(a, b), a, b) for a in rest.left for b in rest.right), key=lambda item: item
        )
        extra = ()
        taken: set[tuple[str, int]] = set()
        for score, a, b in scored:
            if -score >= least and ("l", a) not in taken and ("r", b) not in taken:
                taken |= {("l", a), ("r", b)}
                extra += ((a, b),)
    ours, theirs = {a for a, _ in extra}, {b for _, b in extra}
    return Alignment(
        tuple(sorted(rest.pairs + extra)),
        tuple(index for index in rest.left if index not in ours),
        tuple(index for index in rest.right if index not in theirs),
    )


def likeness(left: Json, right: Json) -> float:
    """The share of leaves that two masked documents have in common."""
    ours, theirs = dict(_flat(left, ())), dict(_flat(right, ()))
    everything = ours.keys() | theirs.keys()
    if not everything:
        return 1.0
    return sum(path in ours and path in theirs and ours[path] == theirs[path] for path in everything) / len(
        everything
    )


def _flat(content: Json, path: tuple[str | int, ...]) -> list[tuple[tuple[str | int, ...], Json]]:
    if isinstance(content, dict):
        return [item for key, value in content.items() for item in _flat(value, (*path, key))]
    if isinstance(content, list):
        return [item for index, value in enumerate(content) for item in _flat(value, (*path, index))]
    return [(path, content)]
