"""The small pure parts: inert text, slugs, contrast, cells, facts, timeline."""

import time
from dataclasses import replace
from typing import Any

import pytest

from gate.model import Channel, Json, Kind, SideName, TimelineEntry
from gate.report.cells import cells
from gate.report.contrast import Run, contrast
from gate.report.facts import facts, sealing, table
from gate.report.inert import clip, line, visible
from gate.report.slugs import slugs
from gate.report.timeline import draw
from tests.golden.report import cases, make


@pytest.mark.parametrize(
    ("text", "shows"),
    [
        ("plain é 日本 😀", "plain é 日本 😀"),
        ("a\u202eb", "a\\u{202E}b"),
        ("a\u200b\u00a0\u3164b", "a\\u{200B}\\u{A0}\\u{3164}b"),
        ("\x1b[31m\r\x7f\x9b", "\\u{1B}[31m\\u{D}\\u{7F}\\u{9B}"),
        ("\ud800\ufeff\u2028", "\\u{D800}\\u{FEFF}\\u{2028}"),
        ("a\n\tb", "a\n\tb"),
    ],
)
def test_what_cannot_be_seen_is_spelt(text: str, shows: str) -> None:
    assert visible(text) == shows
    assert "\n" not in line(text)


def test_clipping_says_how_much() -> None:
    assert clip("x" * 1500, 500) == "x" * 500 + "… (1,000 more characters)"


def test_plain_names_are_their_own_slugs() -> None:
    assert slugs(["confirm-reconcile-webhook", "a.b_C"]) == ["confirm-reconcile-webhook", "a.b_C"]


@pytest.mark.parametrize(
    "names",
    [
        ["a b", "a/b", "a-b"],
        ["A", "a"],
        ["x", "x", "x"],
        ["..", ".", "", "-", "index", "INDEX", "nul.txt", "COM1"],
        ["é" * 300, "é" * 301, "\ud800", "\x00"],
    ],
    ids=["separators", "case", "repeats", "special", "long"],
)
def test_slugs_are_safe_and_unique(names: list[str]) -> None:
    found = slugs(names)
    assert len({slug.casefold() for slug in found}) == len(names)
    for slug in found:
        assert slug.isascii() and 0 < len(slug) < 90 and not set(slug) & set("/\\:. ") and slug != "index"


@pytest.mark.parametrize(
    ("left", "right", "words", "marked"),
    [
        ("paid", "paid", False, ([], [])),
        ("paid", "paid_twice", False, ([], ["_twice"])),
        ("by the confirmation", "by the webhook", False, (["confirmation"], ["webhook"])),
        ('["a.confirmed"]', '["a.paid"]', True, (["a.confirmed"], ["a.paid"])),
        ("", "x", False, ([], ["x"])),
        ("aaa", "aa", False, (["a"], [])),
    ],
)
def test_only_what_differs_is_marked(
    left: str, right: str, words: bool, marked: tuple[list[str], list[str]]
) -> None:
    for runs, text, expected in zip(contrast(left, right, words), (left, right), marked, strict=True):
        assert "".join(run.text for run in runs) == text
        assert [run.text for run in runs if run.marked] == expected


def test_contrast_of_chosen_text_stays_quick() -> None:
    began = time.perf_counter()
    for _ in range(20):
        contrast("ab" * 1000, "ba" * 1000)
        contrast("a" * 1000 + "c", "b" * 1000 + "ac", True)
    assert time.perf_counter() - began < 5


def _cell_texts(channel: Channel, kind: Kind, **more: Any) -> list[tuple[str, str]]:
    pair = cells(make.difference(channel, kind, "t", "$", **more))
    return [("".join(run.text for run in cell.runs), cell.note) for cell in pair]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (_cell_texts(Channel.ROW, Kind.CHANGED, candidate=1), [("null", ""), ("1", "")]),
        (_cell_texts(Channel.ROW, Kind.EXTRA, candidate="x"), [("", "not there"), ('"x"', "")]),
        (_cell_texts(Channel.ROW, Kind.MISSING, baseline="x"), [('"x"', ""), ("", "not there")]),
        (_cell_texts(Channel.ROW, Kind.SCHEMA, candidate="x"), [("", "not there"), ('"x"', "")]),
        (_cell_texts(Channel.ROW, Kind.SCHEMA, baseline=""), [('""', ""), ("", "not there")]),
        (_cell_texts(Channel.ROW, Kind.SCHEMA, baseline="x", candidate="y"), [('"x"', ""), ('"y"', "")]),
        (
            _cell_texts(Channel.CACHE, Kind.EXTRA, candidate="x", counts=(0, 2)),
            [("", "0 cache keys in this scenario"), ('"x"', "2 cache keys in this scenario")],
        ),
        (
            _cell_texts(Channel.CALL, Kind.DUPLICATE, candidate="x", counts=(1, 2)),
            [("", "once"), ('"x"', "2 times")],
        ),
        (
            _cell_texts(Channel.ROW, Kind.EXTRA, candidate="x", counts=(0, 1)),
            [("", "0 rows in this scenario"), ('"x"', "1 row in this scenario")],
        ),
    ],
    ids=[
        "null",
        "extra",
        "missing",
        "column added",
        "column removed",
        "column of another type",
        "count of cache keys",
        "count of calls",
        "count of rows",
    ],
)
def test_absence_is_not_null(texts: list[tuple[str, str]], expected: list[tuple[str, str]]) -> None:
    assert texts == expected


def test_numbers_are_marked_as_a_whole() -> None:
    left, _ = cells(make.difference(Channel.ROW, Kind.CHANGED, "t", "$.a", baseline=1299, candidate=1300))
    assert left.runs == (Run("1299", True),)


@pytest.mark.parametrize(
    ("stated", "reads"),
    [
        ({}, "not stated"),
        ({"state": "sealed"}, "sealed"),
        ({"sealed": True}, "sealed"),
        ({"sealed": False}, "unsealed"),
        ({"unsealed": True, "state": "sealed"}, "unsealed"),
        ({"unsealed": False}, "sealed"),
        ({"status": "sealed", "allowed": ["unsealed: all"]}, "sealed"),
        ({"allowed": ["sealed"]}, "not stated"),
        ({"baseline": "sealed", "candidate": {"state": "unsealed: no namespace"}}, "unsealed"),
        ({"unsealed": ["candidate"]}, "unsealed"),
        ({"sides": [{"state": "Unsealed"}]}, "unsealed"),
        ({"attempts": []}, "not stated"),
        ({"status": "not applicable", "why": "both sides are recordings"}, "not applicable"),
        ({"status": "not applicable", "candidate": "unsealed"}, "unsealed"),
    ],
)
def test_any_word_of_unsealed_counts(stated: dict[str, Json], reads: str) -> None:
    assert sealing(replace(cases.passing(), sealing=stated)) == reads


def test_facts_are_flat_and_bounded() -> None:
    assert facts({"a": {"b": [1, "x"], "c": None}, "d": True}) == [
        ("a.b", "1, x"),
        ("a.c", "none"),
        ("d", "yes"),
    ]
    assert len(facts({str(i): i for i in range(500)})) == 101


def test_a_table_takes_any_items() -> None:
    assert table(["x", {"a": 1}]) == (["what", "a"], [["x", "x"], ["none", "1"]])


def _event(
    side: SideName, channel: Channel, at: int, duration: int, trace: str | None = None
) -> TimelineEntry:
    return TimelineEntry(
        side=side, channel=channel, label="x", at=at, duration=duration, detail="", trace_id=trace
    )


def test_overlapping_requests_are_a_race() -> None:
    base = SideName.BASELINE
    drawing = draw(
        [
            _event(base, Channel.REQUEST, 0, 40, "a"),
            _event(base, Channel.REQUEST, 20, 80, "b"),
            _event(base, Channel.CALL, 30, 10, "a"),
        ],
        frozenset(),
    )
    assert drawing
    lane, empty = drawing.lanes
    (start, width), *rest = lane.overlaps
    span = lane.bars[2].x + lane.bars[2].width - lane.bars[0].x
    assert not rest and (start - lane.bars[0].x, width) == pytest.approx((span / 5, span / 5))
    assert [(bar.entry.channel, bar.indent > 0) for bar in lane.bars] == [
        (Channel.REQUEST, False),
        (Channel.CALL, True),
        (Channel.REQUEST, False),
    ]
    assert empty.says == "nothing seen"


def test_a_long_lane_is_cut() -> None:
    drawing = draw([_event(SideName.CANDIDATE, Channel.CALL, i, 1) for i in range(90)], frozenset())
    assert drawing and drawing.lanes[1].hidden == 50 and draw([], frozenset()) is None
