from dataclasses import replace

import pytest

from gate.model import Channel, Json, Kind, Severity, SideName, Verdict
from gate.report import words
from tests.golden.report import cases, make


@pytest.mark.parametrize(
    ("similarity", "reads"),
    [
        (None, "not measured"),
        (1.0, "100 %"),
        (0.9999, "99.9 %"),
        (0.9996, "99.9 %"),
        (0.5, "50.0 %"),
        (0.0004, "under 0.1 %"),
        (0.0, "0.0 %"),
        (float("nan"), "not measured"),
    ],
)
def test_similarity_is_rounded_down(similarity: float | None, reads: str) -> None:
    assert words.percent(similarity) == reads


def test_the_worst_comes_first_and_what_is_approved_last() -> None:
    ranked = words.ranked(cases.failing().findings)
    assert [(finding.severity, finding.approved) for finding in ranked] == [
        ("critical", False),
        ("high", False),
        ("medium", False),
        ("low", False),
        ("high", True),
    ]


def test_equals_keep_the_order_of_the_result() -> None:
    first = cases.failing().findings[0]
    equals = [replace(first, id=name * 64) for name in "cab"]
    assert words.ranked(equals) == equals


def test_a_pass_with_approved_findings_says_so() -> None:
    approved = tuple(finding for finding in cases.failing().findings if finding.approved)
    result = make.result(Verdict.PASS, findings=approved)
    assert words.sentence(result) == "Pass: all that changed is approved (1 finding)."


@pytest.mark.parametrize(
    ("name", "word"),
    [("refund-partial", "refund-partial"), ("a b;rm", "'a?b?rm'"), ("x*[y]", "'x??y?'"), ("\x1bé", "'??'")],
)
def test_a_name_in_a_command_is_a_word_and_a_glob(name: str, word: str) -> None:
    assert words.command(cases.passing(), [name]).endswith(f"--scenario {word}")


def test_a_command_is_repeated_as_it_was_given() -> None:
    result = make.result(
        Verdict.PASS, command=("gate", "demo", "--environment", "compose", "--change", "my change")
    )
    assert words.command(result) == "gate demo --environment compose --change 'my change'"


def test_a_command_names_the_commits_that_it_took_by_itself() -> None:
    result = make.result(Verdict.PASS, command=("gate", "run", "--baseline", "v1.4"))
    assert words.command(result) == "gate run --baseline v1.4 --candidate 8be01d27aa8b"
    work_at_hand = replace(result.sides[SideName.CANDIDATE], commit=None)
    dirty = replace(result, command=("gate", "run"), sides={**result.sides, SideName.CANDIDATE: work_at_hand})
    assert words.command(dirty) == "gate run --baseline 3f2a9c1be03f"


def test_a_word_that_cannot_be_typed_is_not_repeated() -> None:
    result = make.result(Verdict.PASS, command=("gate", "compare", "--out", "a\x1b[31m\u202e"))
    assert words.command(result) == "gate compare --out '?'"


def test_unknown_severities_are_not_hidden() -> None:
    first, *rest = cases.failing().findings
    odd = replace(first, severity="disastrous")
    assert words.ranked([*rest, odd]).index(odd) < 2


@pytest.mark.parametrize(
    ("value", "reads"), [(0, "0 µs"), (999, "999 µs"), (1500, "1.5 ms"), (2_340_000, "2.34 s")]
)
def test_microseconds_read_well(value: int, reads: str) -> None:
    assert words.micros(value) == reads


@pytest.mark.parametrize(
    ("baseline", "candidate", "says"),
    [
        (None, "text", "only in candidate"),
        ("text", None, "missing in candidate"),
        ("a", "b", "schema changed"),
    ],
)
def test_a_column_that_one_side_lacks_is_not_just_changed(baseline: Json, candidate: Json, says: str) -> None:
    column = make.difference(
        Channel.ROW, Kind.SCHEMA, "t", "$.a", baseline=baseline, candidate=candidate, event={}
    )
    assert words.how(column) == says
    assert words.place(make.finding(Severity.LOW, "x", column)) == "table"


@pytest.mark.parametrize(
    ("channel", "place"), [(Channel.CACHE, "cache keys"), (Channel.ROW, "row"), (Channel.CALL, "call")]
)
def test_what_an_operation_is(channel: Channel, place: str) -> None:
    assert (
        words.place(make.finding(Severity.LOW, "x", make.difference(channel, Kind.EXTRA, "t", "$"))) == place
    )
