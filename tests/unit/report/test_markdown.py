import re
from dataclasses import replace

import pytest

from gate.model import Channel, Kind, Severity, Verdict
from gate.report import summary
from gate.report.markdown import LIMIT, code, prose
from tests.golden.report import cases, make


def outside_code(text: str) -> str:
    """What Markdown may act on: the text without its fence and its code spans."""
    text = re.sub(r"^```sh\n.*\n```$", "", text, flags=re.MULTILINE)
    pieces = text.split("`")
    assert len(pieces) % 2 == 1, "a code span is left open"
    return "".join(pieces[::2])


@pytest.mark.parametrize("case", sorted(cases.CASES))
def test_nothing_recorded_is_markdown(case: str) -> None:
    text = summary(cases.CASES[case]())
    acting = outside_code(text).replace("<br>", "")
    assert not re.findall(r"[<@\[\]_~\\{}$&]|!\[|https?:|www\.|:\w+:|GH-|\w#\d", acting)
    assert acting.count("#") == 2 and text.startswith("## ")
    assert not [char for char in text if not char.isprintable() and char not in "\n\ufe0f"]


def test_cells_stay_cells() -> None:
    rows = [line for line in summary(cases.hostile()).splitlines() if line.startswith("|")]
    assert len(rows) == 4
    assert {row.count("|") for row in rows} == {6}


@pytest.mark.parametrize(
    ("text", "shows"),
    [
        ("captured twice: 2 captures where there was 1", "captured twice: 2 captures where there was 1"),
        ("status of POST /v1/x changed", "status of POST `/v1/x` changed"),
        ("ask @octocat about #123", "ask `@octocat` about `#123`"),
        ("see www.evil.example GH-12 a_b_c *x*", "see `www.evil.example GH-12 a_b_c *x*`"),
        ("commit deadbeef :tada: x", "commit `deadbeef :tada:` x"),
        ("a `b` | c", "a `\\u{60}b\\u{60} \\u{7C}` c"),
    ],
)
def test_prose_is_prose_as_far_as_it_is_harmless(text: str, shows: str) -> None:
    assert prose(text) == shows


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_a_code_span_is_never_empty(text: str) -> None:
    assert code(text, 10) in ("(empty)", "`\\u{A}`")


def test_the_worst_twenty_lead_and_the_rest_is_counted() -> None:
    many = tuple(
        make.finding(
            Severity.CRITICAL if i == 29 else Severity.LOW,
            f"change {i}",
            make.difference(Channel.ROW, Kind.CHANGED, "t", f"$.c{i}", baseline=1, candidate=2),
        )
        for i in range(30)
    )
    text = summary(replace(cases.failing(), findings=many))
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(rows) == 22 and "change 29" in rows[2]
    assert "10 more findings in the report, none of them worse." in text


def test_the_comment_fits_github() -> None:
    wide = cases.HOSTILE.encode("utf-8", "replace").decode() + "\U0001f600" * 3000
    odd = make.difference(Channel.ROW, Kind.CHANGED, wide, f"$.{wide}", baseline=wide, candidate=wide[1:])
    findings = tuple(make.finding(Severity.HIGH, wide, odd, scenarios=(wide,) * 9) for _ in range(50))
    text = summary(replace(cases.failing(), findings=findings, reasons=(wide,) * 50))
    assert len(text.encode()) <= LIMIT
    outside_code(text)


@pytest.mark.parametrize(
    ("report", "shows"),
    [
        (
            "https://github.com/o/r/actions/runs/1/artifacts/2",
            "[open](https://github.com/o/r/actions/runs/1/artifacts/2)",
        ),
        ("report/index.html", "`report/index.html` in the files of the run"),
        ("javascript:alert(1)", "`javascript:alert(1)` in the files of the run"),
        ("https://x.example/a) [b](c", "`https://x.example/a) [b](c` in the files of the run"),
    ],
)
def test_only_an_address_becomes_a_link(report: str, shows: str) -> None:
    assert f"Full report: {shows}\n" in summary(cases.failing(), report)


def test_inconclusive_says_that_it_is_no_pass() -> None:
    text = summary(cases.inconclusive())
    assert "✅" not in text and "This is not a pass" in text and "collector of table refunds" in text


def test_an_unsealed_pass_says_so() -> None:
    assert "**unsealed**" in summary(replace(cases.passing(), sealing={"sealed": False}))
    assert summary(cases.passing()).startswith(f"## ✅ {Verdict.PASS.capitalize()}")


def test_what_gate_yml_lets_through_is_said_and_bounded() -> None:
    many = replace(cases.passing(), sealing={"status": "sealed", "allowed": [f"door {n}" for n in range(12)]})
    (said,) = [text for text in summary(many).splitlines() if "lets through" in text]
    assert said.startswith("> gate.yml lets through the seal: `door 0`, `door 1`") and said.endswith(
        "and 2 more"
    )
    for sealing in ({}, {"allowed": []}, {"allowed": "odd"}):
        assert "lets through" not in summary(replace(cases.passing(), sealing=sealing))
