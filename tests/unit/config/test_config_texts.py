"""The small languages inside gate.yml: unquoted scalars, JSONPaths, placeholders; and where things stand."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gate.config import jsonpath
from gate.config.jsonpath import Step, StepKind
from gate.config.placeholders import expand, fill
from gate.config.scalars import AmbiguousError, plain
from gate.config.source import parse

NAME, INDEX, ALL, DESCEND = StepKind


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("FALSE", False),
        ("0", 0),
        ("-12", -12),
        ("1.50", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("2026-11-01", "2026-11-01"),
        ("1.2.3", "1.2.3"),
        ("10s", "10s"),
        ("y", "y"),
        ("nothing", "nothing"),
        ("=", "="),
    ],
)
def test_plain_scalars(text: str, value: object) -> None:
    got = plain(text)
    assert (type(got), got) == (type(value), value)


@settings(deadline=None)
@given(
    st.from_regex(r"[-+.0-9a-fox_:]{1,12}", fullmatch=True)
    | st.sampled_from(["yes", "No", "ON", "off", "<<"])
)
def test_what_yaml_1_1_reads_otherwise_is_never_guessed(text: str) -> None:
    try:
        ours = plain(text)
    except AmbiguousError:
        return
    loader = yaml.SafeLoader("")
    tag = loader.resolve(yaml.ScalarNode, text, (True, False))
    if isinstance(ours, float) or tag.endswith("timestamp"):
        return  # 1e3 is a number to all but PyYAML; dates stay texts
    assert ours == loader.construct_object(yaml.ScalarNode(tag, text))


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("$", ()),
        ("$.a.b_1", (Step(NAME, "a"), Step(NAME, "b_1"))),
        ("$['x-y'][0]", (Step(NAME, "x-y"), Step(INDEX, 0))),
        ('$["it\'s"]', (Step(NAME, "it's"),)),
        (r"$['it\'s']['\\']", (Step(NAME, "it's"), Step(NAME, "\\"))),
        ("$.a[*].*", (Step(NAME, "a"), Step(ALL), Step(ALL))),
        ("$..id", (Step(DESCEND, "id"),)),
        ("$.größe", (Step(NAME, "größe"),)),
    ],
)
def test_jsonpaths(text: str, steps: tuple[Step, ...]) -> None:
    assert jsonpath.parse(text) == steps


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "$a",
        "$.",
        "$..",
        "$.a-b",
        "$[",
        "$[01]",
        "$[-1]",
        "$[a]",
        "$['a]",
        "$[?@.a]",
        "$[1:2]",
        "$.a ",
    ],
)
def test_what_is_no_jsonpath_here(text: str) -> None:
    with pytest.raises(ValueError, match="must be a JSONPath"):
        jsonpath.parse(text)


@pytest.mark.parametrize("text", ["$", "$.*", "$[*]", "$..*", "$..[*]", "$.*.*[*]", "$[0]", "$.*..*"])
def test_broad(text: str) -> None:
    assert jsonpath.is_broad(text)


@pytest.mark.parametrize("text", ["$.a", "$..a", "$.*.a", "$['*']", "$[0].a", "a"])
def test_narrow(text: str) -> None:
    assert not jsonpath.is_broad(text)


@settings(deadline=None)
@given(st.text(alphabet='{}$ab."', max_size=12), st.text(alphabet="{}$ab", max_size=6))
def test_filling_in_never_looks_into_a_secret(text: str, secret: str) -> None:
    source = text.replace("$", "").replace("{", "").replace("}", "")
    assert fill(expand(f"{source}${{S}}{source}", lambda _: secret), {}) == f"{source}{secret}{source}"


@settings(deadline=None)
@given(st.text(alphabet='{}$ab."', max_size=14))
def test_what_the_file_says_is_what_is_filled_in(text: str) -> None:
    try:
        got = fill(
            expand(text, lambda name: f"<{name}>"), {"a": "A", "b": "B"} | dict.fromkeys(["ab", "ba"], "C")
        )
    except (ValueError, KeyError):
        return
    if "{" not in text:
        assert got == text


def test_places() -> None:
    source = parse(b"a:\n  - b: 1\n    'c d': [x, y]\n", "f")
    assert source.place(("a", 0, "c d", 1)) == (3, 16)
    assert source.place(("a", 0, "c d"), at_key=True) == (3, 5)
    assert source.place(("a", 0, "none", "below")) == (2, 5)
    assert source.place(("a", 7)) == (2, 3)
    assert source.place((), at_key=True) == (1, 1)
    assert source.existing(("a", 0, "b", 2)) == ("a", 0, "b")
