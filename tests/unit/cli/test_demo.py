"""What a demonstration is to show, and whether it did."""

from pathlib import Path

import pytest

from gate.cli.demo import expected_verdict, outcome
from gate.errors import RequestError
from gate.model import Verdict

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "billing"


@pytest.mark.parametrize(
    ("change", "verdict"), [("recover-pending", Verdict.FAIL), ("refactor", Verdict.PASS)]
)
def test_the_example_says_what_a_change_deserves(change: str, verdict: Verdict) -> None:
    assert expected_verdict(EXAMPLE, change) is verdict


def test_every_patch_is_listed() -> None:
    for patch in (EXAMPLE / "changes").glob("*.patch"):
        assert expected_verdict(EXAMPLE, patch.stem) in Verdict


def test_a_change_that_is_not_there() -> None:
    with pytest.raises(RequestError, match=r"demo: no change 'nope'; there are .*, refactor, "):
        expected_verdict(EXAMPLE, "nope")


@pytest.mark.parametrize(
    ("code", "expected", "exits"),
    [
        pytest.param(1, Verdict.FAIL, 0, id="the bug was shown"),
        pytest.param(0, Verdict.FAIL, 1, id="the bug was missed"),
        pytest.param(0, Verdict.PASS, 0, id="nothing was found where nothing is"),
        pytest.param(1, Verdict.PASS, 1, id="something was found where nothing is"),
        pytest.param(3, Verdict.FAIL, 3, id="inconclusive, of a bug"),
        pytest.param(3, Verdict.PASS, 3, id="inconclusive, of none"),
    ],
)
def test_exit_codes(code: int, expected: Verdict, exits: int) -> None:
    assert outcome(code, expected) == exits
