import re
from dataclasses import replace

from gate.model import Verdict
from gate.report import console
from tests.golden.report import cases


def test_a_finding_names_title_place_and_triggers() -> None:
    assert console(cases.failing(), False).startswith(
        "FAIL  captured twice: 2 captures where there was 1\n"
        "      invoice#1 in confirm-reconcile-webhook\n"
        "      triggers: POST /v1/invoices/{id}/confirm, POST /webhooks/payments\n"
    )


def test_colour_is_only_colour() -> None:
    for build in cases.CASES.values():
        plain, coloured = console(build(), False, "r.html"), console(build(), True, "r.html")
        assert re.sub("\x1b\\[[0-9;]+m", "", coloured) == plain
        assert "\x1b" not in plain and coloured.count("\x1b[0m") * 2 == coloured.count("\x1b")


def test_nothing_recorded_moves_the_cursor() -> None:
    text = console(cases.hostile(), False, "a\x1b]0;title\x07b")
    assert not [char for char in text if not char.isprintable() and char != "\n"]
    assert "a\\u{1B}]0;title\\u{7}b" in text


def test_an_approved_finding_does_not_read_fail() -> None:
    assert "NOTE  amount is text where it was a number (approved)" in console(cases.failing(), False)


def test_problems_are_told() -> None:
    text = console(cases.inconclusive(), False)
    assert "NOT_RUN  refund-partial\n      baseline: the outward call" in text
    assert text.startswith("INCONCLUSIVE  ")


def test_a_failure_without_findings_gives_its_reason_once() -> None:
    failed = replace(cases.passing(), verdict=Verdict.FAIL, reasons=("the candidate does not start: exit 3",))
    assert console(failed, False).splitlines()[:2] == ["FAIL  the candidate does not start: exit 3.", ""]
