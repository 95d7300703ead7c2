"""What gate.yml leaves out: covered, counted, and no more than that."""

import pytest

from gate.compare.ignore import Ignore
from gate.compare.paths import Path, json_path
from gate.errors import RequestError
from tests.unit.compare.build import bodies, compared, recording, request, uid


@pytest.mark.parametrize(
    ("rule", "path", "covered"),
    [
        ("$.body.a", ("body", "a"), True),
        ("$.body.a", ("body", "a", "b"), True),
        ("$.body.a", ("body", "ab"), False),
        ("$.body.a", ("body",), False),
        ("$.body.a", ("headers", "a"), False),
        ("$.body.*.c", ("body", "a", "c"), True),
        ("$.body.*.c", ("body", "a", "b", "c"), False),
        ("$.body.l[*].c", ("body", "l", 3, "c"), True),
        ("$.body.l[3]", ("body", "l", 3, "c"), True),
        ("$.body.l[3]", ("body", "l", 30), False),
        ("$.body.l[3]", ("body", "l", "3"), False),
        ("$..c", ("c",), True),
        ("$..c", ("body", "l", 3, "c", "d"), True),
        ("$..c", ("body", "cc"), False),
        ("$..a.b", ("a", "x", "a", "b"), True),
        ("$['x-y']", ("x-y", "z"), True),
        ('$["x-y"]', ("x-y",), True),
        ('$["x-y"]', ("body", "cents"), False),
        ("$['it\\'s']", ("it's",), True),
    ],
)
def test_which_paths_a_rule_covers(rule: str, path: Path, covered: bool) -> None:
    assert Ignore([rule]).rule(path) == (rule if covered else None)


@pytest.mark.parametrize("rule", ["$", "$.*", "$[*]", "body.a", "$.a[", "$..*", "$.a["])
def test_a_rule_that_would_hide_everything_or_nothing_is_refused(rule: str) -> None:
    with pytest.raises(RequestError, match=r"^ignore: "):
        Ignore([rule])


def test_what_is_left_out_is_counted() -> None:
    left, right = {"a": 1, "b": 1, "l": [1, 2]}, {"a": 2, "b": 1, "l": [1, 3]}
    result = compared(recording(request(left)), recording(request(right)), ignore=("$.body.a", "$..l"))
    assert not result.differences
    assert dict(result.suppressed) == {"$.body.a": 1, "$..l": 1}
    assert [d.path for d in bodies(left, right, ignore=("$.body.a",))] == ["$.body.l[1]"]


def test_a_field_that_is_left_out_may_be_missing() -> None:
    assert not bodies({"a": 1, "b": 1}, {"b": 1}, ignore=("$.body.a",))
    assert not bodies({"b": 1}, {"a": 1, "b": 1}, ignore=("$.body.a",))


def test_ids_that_are_left_out_bind_nothing() -> None:
    left = {"seen_by": uid(1), "id": uid(1), "other": uid(2)}
    right = {"seen_by": uid(12), "id": uid(11), "other": uid(12)}
    assert bodies(left, right)
    assert not bodies(left, right, ignore=("$.body.seen_by",))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), "$"),
        (("a", 0, "b_2"), "$.a[0].b_2"),
        (("2a",), "$['2a']"),
        (("",), "$['']"),
        (("a.b", "c d"), "$['a.b']['c d']"),
        (("it's", "a\\b"), "$['it\\'s']['a\\\\b']"),
        (("a\nb\x00",), "$['a\\nb\\u0000']"),
        (("größe",), "$['größe']"),
    ],
    ids=str,
)
def test_paths_are_json_paths(path: Path, text: str) -> None:
    assert json_path(path) == text
