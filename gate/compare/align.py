"""Which item on the left is which on the right, before their ids are known."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple, TypeAlias

from gate.model import Json

_MOST_PAIRS = 40_000
"""Above this many candidate pairs the rest is paired in order; scoring all would take seconds."""
_MOST_LEAVES = 4_000_000
"""The same for what all candidate pairs hold together, however few they are."""
_MOST_EQUALS = 100_000
"""Above this many pairs of equals two sequences are paired place by place; finding what moved would take seconds."""
Items: TypeAlias = Sequence[Json] | Mapping[int, Json]
Flat: TypeAlias = dict[tuple[str | int, ...], Json]


class Alignment(NamedTuple):
    """Indexes: the pairs, and what has no counterpart."""

    pairs: tuple[tuple[int, int], ...]
    left: tuple[int, ...]
    right: tuple[int, ...]


def alignment(pairs: Sequence[tuple[int, int]], left: int, right: int) -> Alignment:
    """These pairs, and what of so many items on either side they leave over."""
    ours, theirs = {a for a, _ in pairs}, {b for _, b in pairs}
    return Alignment(
        tuple(sorted(pairs)),
        tuple(index for index in range(left) if index not in ours),
        tuple(index for index in range(right) if index not in theirs),
    )


def by_key(left: Sequence[Hashable], right: Sequence[Hashable]) -> Alignment:
    """Pair what has equal keys, in order of appearance."""
    waiting: defaultdict[Hashable, list[int]] = defaultdict(list)
    for index in range(len(right) - 1, -1, -1):
        waiting[right[index]].append(index)
    pairs = [(index, waiting[key].pop()) for index, key in enumerate(left) if waiting[key]]
    return alignment(pairs, len(left), len(right))


def by_keys(*keys: tuple[Sequence[Hashable], Sequence[Hashable]]) -> Alignment:
    """Pair by the first, strictest keys; what that leaves over by the next."""
    (left, right), *weaker = keys
    found = by_key(left, right)
    for ours, theirs in weaker:
        more = by_key([ours[a] for a in found.left], [theirs[b] for b in found.right])
        pairs = [*found.pairs, *((found.left[a], found.right[b]) for a, b in more.pairs)]
        found = alignment(pairs, len(left), len(right))
    return found


def in_order(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Pair equal keys without crossings, as many as a reader would."""
    least = min(len(left), len(right))
    start = next((i for i in range(least) if left[i] != right[i]), least)
    rest = least - start
    end = next((i for i in range(rest) if left[-1 - i] != right[-1 - i]), rest)
    ours, theirs = left[start : len(left) - end], right[start : len(right) - end]
    return [
        *((index, index) for index in range(start)),
        *((start + a, start + b) for a, b in _between(ours, theirs)),
        *((len(left) - index, len(right) - index) for index in range(end, 0, -1)),
    ]


def _between(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[tuple[int, int]]:
    """The same for what does not begin and end alike."""
    counts = Counter(right)
    if sum(counts[key] for key in left) > _MOST_EQUALS:
        return [(i, i) for i, (ours, theirs) in enumerate(zip(left, right, strict=False)) if ours == theirs]
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    return [(block.a + step, block.b + step) for block in blocks for step in range(block.size)]


def by_likeness(rest: Alignment, left: Items, right: Items, least: float = 0.5) -> Alignment:
    """Pair what is left over with its most similar counterpart, if that is similar enough."""
    if not rest.left or not rest.right:
        return rest
    pairs = _likest(rest, left, right, least)
    taken = set(pairs.values())
    return Alignment(
        tuple(sorted((*rest.pairs, *pairs.items()))),
        tuple(index for index in rest.left if index not in pairs),
        tuple(index for index in rest.right if index not in taken),
    )


def _likest(rest: Alignment, left: Items, right: Items, least: float) -> dict[int, int]:
    """Each that is left over with its most similar counterpart, the likest first; in order where they are too many."""
    in_place = dict(zip(rest.left, rest.right, strict=False))
    if len(rest.left) * len(rest.right) > _MOST_PAIRS:
        return in_place
    ours, theirs = {a: flat(left[a]) for a in rest.left}, {b: flat(right[b]) for b in rest.right}
    if len(theirs) * sum(map(len, ours.values())) + len(ours) * sum(map(len, theirs.values())) > _MOST_LEAVES:
        return in_place
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for score, a, b in sorted((-likeness(ours[a], theirs[b]), a, b) for a in ours for b in theirs):
        if -score >= least and a not in pairs and b not in taken:
            pairs[a] = b
            taken.add(b)
    return pairs


def likeness(left: Flat, right: Flat) -> float:
    """The share of leaves that two masked documents have in common."""
    everything = left.keys() | right.keys()
    if not everything:
        return 1.0
    return sum(path in left and path in right and left[path] == right[path] for path in everything) / len(
        everything
    )


def flat(content: Json, path: tuple[str | int, ...] = ()) -> Flat:
    """The leaves of a document by their path."""
    if isinstance(content, dict):
        items = content.items()
        return {key: leaf for name, value in items for key, leaf in flat(value, (*path, name)).items()}
    if isinstance(content, list):
        return {
            key: leaf
            for index, value in enumerate(content)
            for key, leaf in flat(value, (*path, index)).items()
        }
    return {path: content}
