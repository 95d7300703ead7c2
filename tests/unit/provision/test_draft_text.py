"""The pieces of the text of a first gate.yml, and of the first request file."""

import pytest
import yaml

from gate.provision.draft_text import numbered, request_file, scalar, scenario_name


@pytest.mark.parametrize(
    "word", ["yes", "12", "0x1f", "", "a: b", "- x", "#", "null", "~", "{a}", "v1.2", "/up", "ä"]
)
def test_a_text_stays_that_text(word: str) -> None:
    assert yaml.safe_load(f"a: {scalar(word)}") == {"a": word}


@pytest.mark.parametrize(
    ("path", "name"),
    [("/", "get-root"), ("/v1/Well_ness?x=1", "get-v1-well-ness"), ("/" + "a" * 99, "get-" + "a" * 60)],
)
def test_the_first_scenario(path: str, name: str) -> None:
    assert scenario_name(path) == name
    assert yaml.safe_load(request_file(path)) == {"request": {"method": "GET", "path": path}}


def test_sentences_are_numbered_through() -> None:
    assert list(numbered([("One", ["a", "b"]), ("None", []), ("Two", ["c"])])) == [
        "", "One", "   1. a", "   2. b", "", "Two", "   3. c",
    ]  # fmt: skip
