"""Which item is which."""

import time

from hypothesis import given
from hypothesis import strategies as st

from gate.compare.align import alignment, by_key, by_keys, by_likeness, in_order

KEYS = st.lists(st.integers(0, 4), max_size=12)


@given(KEYS, KEYS)
def test_by_key_pairs_each_item_once_and_only_equals(left: list[int], right: list[int]) -> None:
    found = by_key(left, right)
    assert all(left[a] == right[b] for a, b in found.pairs)
    assert sorted([a for a, _ in found.pairs] + list(found.left)) == list(range(len(left)))
    assert sorted([b for _, b in found.pairs] + list(found.right)) == list(range(len(right)))
    assert not {left[a] for a in found.left} & {right[b] for b in found.right}


@given(KEYS, KEYS)
def test_in_order_never_crosses(left: list[int], right: list[int]) -> None:
    pairs = in_order(left, right)
    assert all(left[a] == right[b] for a, b in pairs)
    assert pairs == sorted(pairs)
    assert [b for _, b in pairs] == sorted({b for _, b in pairs})


def test_long_sequences_of_equals_stay_fast() -> None:
    began = time.perf_counter()
    in_order([1] * 10_000 + [2], [3] + [1] * 10_000)
    assert time.perf_counter() - began < 2


def test_by_keys_takes_the_strictest_first() -> None:
    found = by_keys((["a1", "a2"], ["a2", "b"]), (["a", "a"], ["a", "a"]))
    assert found.pairs == ((0, 1), (1, 0))


def test_by_likeness_leaves_what_is_not_alike() -> None:
    left, right = [{"a": 1, "b": 2}, {"c": 3}], [{"x": 9}, {"a": 1, "b": 3}]
    found = by_likeness(alignment([], 2, 2), left, right)
    assert (found.pairs, found.left, found.right) == (((0, 1),), (1,), (0,))


def test_by_likeness_pairs_in_order_where_scoring_would_take_seconds() -> None:
    many = [{"n": n} for n in range(300)]
    assert len(by_likeness(alignment([], 300, 300), many, many[::-1]).pairs) == 300


def test_by_likeness_pairs_in_order_where_a_few_hold_very_much() -> None:
    many = [{f"k{leaf}": n * leaf for leaf in range(500)} for n in range(70)]
    found = by_likeness(alignment([], 70, 70), many, many[::-1])
    assert found.pairs == tuple((n, n) for n in range(70))


def test_long_sequences_of_few_kinds_pair_what_begins_and_ends_alike_and_else_equals_in_place() -> None:
    middle = [n % 2 for n in range(2000)], [n // 3 % 2 for n in range(2001)]
    left, right = ["a", "b", 1, *middle[0], "y", "z"], ["a", "b", 2, *middle[1], "y", "z"]
    found = in_order(left, right)
    assert found[:2] == [(0, 0), (1, 1)] and found[-2:] == [(2003, 2004), (2004, 2005)]
    assert all(left[a] == right[b] for a, b in found)
    assert found[2:-2] == [(n + 3, n + 3) for n in range(2000) if middle[0][n] == middle[1][n]]
