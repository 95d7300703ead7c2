"""``save`` in a request file: what a hand-written scenario takes from its answers."""

import json
from typing import Any

import pytest

from gate.bundle import Where, from_request_file
from gate.errors import RequestError


def entry(save: Any) -> bytes:
    return json.dumps([{"request": {"method": "POST", "path": "/v1/invoices"}, "save": save}]).encode()


def test_names_and_paths_are_kept_with_the_stimulus() -> None:
    recording = from_request_file(entry({"invoice": "$.body.id"}), "s", Where(bundle="b"))
    assert recording.stimuli[0].inputs["save"] == {"invoice": "$.body.id"}


@pytest.mark.parametrize(
    "save", [{"a b": "$.body.id"}, {"a": "body.id"}, {"a": "$.body[*]"}, {"a": "$..id"}, {"a": 7}, ["a"], "a"]
)
def test_anything_else_is_refused_in_one_line(save: Any) -> None:
    with pytest.raises(RequestError) as error:
        from_request_file(entry(save), "s", Where(bundle="b"))
    assert "\n" not in str(error.value)
    assert "save" in str(error.value)
