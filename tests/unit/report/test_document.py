import json
from dataclasses import fields, replace
from types import MappingProxyType
from typing import Any

import jsonschema_rs
import pytest

from gate.errors import RequestError
from gate.model import (
    Channel,
    Difference,
    Finding,
    Kind,
    LogLine,
    Result,
    ScenarioResult,
    ScenarioVerdict,
    Side,
    TimelineEntry,
    Verdict,
)
from gate.report import from_json, schema, to_json
from tests.golden.report import cases, make


@pytest.fixture(scope="module")
def validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema())


@pytest.mark.parametrize("case", sorted(cases.CASES))
def test_results_fit_the_schema(case: str, validator: jsonschema_rs.Draft202012Validator) -> None:
    document = from_json(to_json(cases.CASES[case]()))
    assert [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(document)] == []


def test_the_schema_is_one() -> None:
    jsonschema_rs.meta.validate(schema())


@pytest.mark.parametrize(
    ("model", "where"),
    [
        (Result, None),
        (Side, "side"),
        (ScenarioResult, "scenario"),
        (Difference, "difference"),
        (Finding, "finding"),
        (TimelineEntry, "timeline_entry"),
        (LogLine, "log_line"),
    ],
)
def test_the_schema_describes_every_field(model: Any, where: str | None) -> None:
    described = schema()["$defs"][where] if where else schema()
    assert set(described["properties"]) == {field.name.rstrip("_") for field in fields(model)}
    assert set(described["required"]) <= set(described["properties"])


def _break(document: dict[str, Any], path: str, value: Any) -> None:
    *steps, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    target: Any = document
    for step in steps:
        target = target[step]
    if value is ...:
        del target[last]
    else:
        target[last] = value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("schema_version", 2),
        ("verdict", "green"),
        ("findings", ...),
        ("sides/baseline/name", "candidate"),
        ("sides/candidate", ...),
        ("sides/baseline/commit", "main"),
        ("sides/baseline/images", {"api": "latest"}),
        ("sealing/allowed", "all"),
        ("bundles/0/digest", "latest"),
        ("scenarios/0/similarity", 1.01),
        ("scenarios/0/verdict", "SAME"),
        ("scenarios/0/differences/0/path", "body.status"),
        ("scenarios/0/differences/0/channel", "http"),
        ("scenarios/0/differences/0/event/candidate", "third call"),
        ("scenarios/0/differences/0/counts", [1]),
        ("findings/0/id", "F-1"),
        ("findings/0/severity", "bad"),
        ("findings/0/class", ...),
        ("findings/0/evidence/0/kind", "other"),
    ],
)
def test_the_schema_refuses(path: str, value: Any, validator: jsonschema_rs.Draft202012Validator) -> None:
    document = from_json(to_json(cases.failing()))
    _break(document, path, value)
    assert not validator.is_valid(document)


def test_the_schema_refuses_a_pass_without_evidence(validator: jsonschema_rs.Draft202012Validator) -> None:
    lost = make.scenario("lost", ScenarioVerdict.NOT_RUN, None)
    document = from_json(to_json(make.result(Verdict.PASS, scenarios=(lost,))))
    assert not validator.is_valid(document)


def test_the_order_of_mappings_does_not_matter() -> None:
    one = replace(cases.passing(), determinism={"a": 1, "b": {"c": 2, "d": 3}})
    two = replace(cases.passing(), determinism=MappingProxyType({"b": {"d": 3, "c": 2}, "a": 1}))
    assert to_json(one) == to_json(two)


def test_enums_are_strings_and_keywords_lose_their_underscore() -> None:
    document = from_json(to_json(cases.failing()))
    assert next(iter(document)) == "schema_version"
    assert document["findings"][1]["class"] == "duplicate side effect"
    assert "class_" not in document["findings"][0]
    assert document["scenarios"][0]["differences"][0]["kind"] == "duplicate"


def _deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "reads"),
    [
        (2**70, 2**70),
        ("half \ud800", "half \\ud800"),
        (float("nan"), "nan"),
        ({"a": "\x00"}, {"a": "\x00"}),
    ],
    ids=["beyond 64 bits", "half a surrogate pair", "no number", "control"],
)
def test_whatever_was_recorded_can_be_written(value: Any, reads: Any) -> None:
    odd = make.difference(Channel.ROW, Kind.CHANGED, "t", "$.a", baseline=value)
    one = make.scenario("one", ScenarioVerdict.DIFFERENT, 0.5, differences=(odd,))
    document = from_json(to_json(make.result(Verdict.FAIL, scenarios=(one,))))
    assert document["scenarios"][0]["differences"][0]["baseline"] == reads


def test_endless_nesting_is_cut() -> None:
    text = to_json(replace(cases.passing(), determinism={"deep": _deep(400)}))
    assert b"nested deeper than 100 levels" in text


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (b"{", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[]", "no schema_version"),
        (b"[" * 100_000, "not JSON"),
        (json.dumps({"schema_version": 9}).encode(), "schema_version is 9, this gate reads 1"),
    ],
    ids=["cut", "binary", "list", "nested", "newer"],
)
def test_what_is_no_result_is_named(payload: bytes, says: str) -> None:
    with pytest.raises(RequestError, match=says):
        from_json(payload)
