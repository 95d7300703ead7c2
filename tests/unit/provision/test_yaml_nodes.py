"""Whatever is written in a file, reading it comes to an end, and walking it does."""

import time

import pytest
import yaml

from gate.provision.yaml_nodes import BrokenYamlError, child, items, parsed, scalars, value_of

LAUGHS = b"\n".join(
    [b"x0: &x0 [1, 2]"]
    + [b"x%d: &x%d [%s]" % (level, level, b", ".join([b"*x%d" % (level - 1)] * 9)) for level in range(1, 20)]
)
MERGED_LAUGHS = b"\n".join(
    [b"x0: &x0 {a: b}"]
    + [
        b"x%d: &x%d {<<: [%s]}" % (level, level, b", ".join([b"*x%d" % (level - 1)] * 9))
        for level in range(1, 20)
    ]
)
TOWER = b"\n".join(
    [b"x0: &x0 " + b"[" * 40 + b"]" * 40]
    + [b"x%d: &x%d " % (one, one) + b"[" * 40 + b"*x%d" % (one - 1) + b"]" * 40 for one in range(1, 9)]
)


@pytest.mark.parametrize(
    ("content", "what", "line"),
    [
        pytest.param(b"[" * 2**20, "nested deeper", None, id="deep, flow"),
        pytest.param(b"- " * 2**19, "nested deeper", None, id="deep, block"),
        pytest.param(b"{a: " * 2**18, "nested deeper", None, id="deep, mappings"),
        pytest.param(b"-\n" * 2**19, "larger than", None, id="long"),
        pytest.param(LAUGHS, "aliases make it larger", 6, id="billion laughs"),
        pytest.param(MERGED_LAUGHS, "aliases make it larger", None, id="billion merges"),
        pytest.param(TOWER, "aliases make it larger", 2, id="a tower of aliases"),
        pytest.param(b"a: 1\nb: &b [*b]", "contains itself", 2, id="itself"),
        pytest.param(b"services: &s\n  <<: *s", "contains itself", 1, id="merged into itself"),
        pytest.param(b"a: 1\nb: !!binary JHtYfQ==", "the tag '!!binary'", 2, id="hidden text"),
        pytest.param(b"a: !<tag:yaml.org,2002:%62inary> eA==", "'!!binary'", 1, id="hidden tag"),
        pytest.param(b"%TAG ! tag:yaml.org,2002:\n---\na: !binary eA==", "'!!binary'", 3, id="renamed tag"),
        pytest.param(b"a: !!python/object:os.system x", "python/object", 1, id="object"),
        pytest.param(b"a: b\n---\na: c", "not YAML", 2, id="two documents"),
        pytest.param(b"a:\n\tb: c", "not YAML", 2, id="tab"),
        pytest.param(b"a: \0", "not YAML", None, id="NUL"),
        pytest.param(b"a: \xff", "not YAML", None, id="no UTF-8"),
        pytest.param(b"a: *b", "not YAML", 1, id="no such anchor"),
        pytest.param(b"a: 'b", "not YAML", 1, id="no end"),
    ],
)
def test_what_is_not_read(content: bytes, what: str, line: int | None) -> None:
    began = time.monotonic()
    with pytest.raises(BrokenYamlError, match=what) as error:
        parsed(content)
    assert line is None or error.value.line == line
    assert "\n" not in str(error.value) and time.monotonic() - began < 5


def node(text: str) -> yaml.Node:
    found = parsed(text.encode())
    assert found is not None
    return found


def test_an_empty_file_holds_nothing() -> None:
    assert parsed(b"# nothing\n") is None


@pytest.mark.parametrize(
    "text",
    [
        "{a: 1, b: 2.5, c: true, d: ~, e: 2026-11-01, f: [x], g: '=', h: =}",
        "a: !reset null\nb: !override [x]",
    ],
    ids=["plain", "what Compose knows"],
)
def test_usual_tags_are_read(text: str) -> None:
    assert parsed(text.encode()) is not None


def test_merges_are_followed_and_replaced() -> None:
    root = node("x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz: {<<: [*x, *y], a: 0}")
    assert [(key.value, value.value) for key, value in items(value_of(root, "z"))] == [
        ("a", "0"),
        ("b", "2"),
        ("c", "4"),
    ]


@pytest.mark.parametrize(
    ("text", "step", "line"),
    [
        ("- /a:/data\n- /b:/d", "/d", 2),
        ("- {source: /a, target: /data}\n- {source: /b, target: /d}", "/d", 2),
        ("- a=1\n- b=2", "b", 2),
        ("- 'c 1:3 mr'\n- 'c 1:3 rw'", "c 1:3 rw", 2),
    ],
    ids=["short form", "long form", "pair", "whole"],
)
def test_an_item_is_found_by_what_it_names(text: str, step: str, line: int) -> None:
    found = child(node(text), step)
    assert found is not None and found[0].start_mark.line + 1 == line


def test_what_is_not_there_is_not_found() -> None:
    root = node("a: {b: [c]}")
    assert value_of(root, "a", "x", "y") is None and child(value_of(root, "a", "b"), "d") is None
    assert list(items(value_of(root, "a", "b", "c"))) == []


def test_a_shared_text_is_told_for_each_place() -> None:
    root = node("x: &x {k: v}\na: {e: *x, <<: {f: [w]}}\n<<: {g: u}")
    assert [(one.value, path) for one, path in scalars(root)] == [
        ("v", ("x", "k")),
        ("v", ("a", "e", "k")),
        ("w", ("a", "f")),
        ("u", ("g",)),
    ]
