"""The committed JSON Schema, the manual and the models say the same."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from gate.config.load import load
from gate.config.schema import json_schema, keys_at, rendered
from gate.config.source import parse

ROOT = Path(__file__).parents[3]
MANUAL = (ROOT / "docs/reference/gate-yml.md").read_text()
EXAMPLES = re.findall(r"```yaml\n(.*?)```", MANUAL, re.DOTALL)
ROWS = {
    row[0]: row[1:] for row in re.findall(r"^\| `([^`]+)` \| (.+?) \| (.+?) \| .+ \|$", MANUAL, re.MULTILINE)
}


def keys(part: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Every key below a part of the schema: its dotted name, its schema, whether it is required."""
    definitions = json_schema()["$defs"]
    for name, value in part.get("properties", {}).items():
        dotted = f"{prefix}{name}"
        yield dotted, value, name in part.get("required", [])
        inner, below = value.get("items", value), f"{dotted}."
        if "patternProperties" in inner:
            inner = next(iter(inner["patternProperties"].values()))
            below = f"{dotted}.<name>."
        if "$ref" in inner:
            yield from keys(definitions[inner["$ref"].rsplit("/", 1)[-1]], below)


_AS_ABOVE = "environments.compose.state."
"""The same keys as those of ``state``, and described there."""
KEYS = {
    name: (value, required) for name, value, required in keys(json_schema()) if not name.startswith(_AS_ABOVE)
}


def test_the_committed_schema_is_the_models() -> None:
    assert (ROOT / "gate/config/gate.schema.json").read_text() == rendered(), (
        "refresh: python -c \"from gate.config.schema import rendered; print(rendered(), end='')\" "
        "> gate/config/gate.schema.json"
    )


def test_the_schema_is_a_schema() -> None:
    jsonschema_rs.meta.validate(json_schema())


def test_the_walk_finds_all_keys() -> None:
    assert "environments.process.services.<name>.start_timeout" in KEYS
    assert "environments.compose.services.<name>.build" in KEYS
    assert "observe.messages.published" in KEYS


def test_the_databases_of_containers_have_the_keys_of_state() -> None:
    assert keys_at(("environments", "compose", "state", 0)) == keys_at(("state", 0))


@pytest.mark.parametrize("name", KEYS)
def test_each_key_is_in_the_manual(name: str) -> None:
    assert name in ROWS, f"docs/reference/gate-yml.md has no row for {name}"
    assert KEYS[name][0].get("description"), f"{name} has no description for editors"


@pytest.mark.parametrize("name", KEYS)
def test_the_manual_has_the_right_default(name: str) -> None:
    value, required = KEYS[name]
    stated = ROWS[name][1]
    assert (stated == "required") == required
    if isinstance(default := value.get("default"), str):
        assert stated == f"`{default}`"
    elif default is not None:
        number, unit = re.fullmatch(r"`([0-9]+)(ms|s|)`", stated).groups()  # type: ignore[union-attr]
        assert float(number) / (1000 if unit == "ms" else 1) == default


def test_the_manual_knows_no_other_keys() -> None:
    placeholders = {name for name in ROWS if name.startswith("{")}
    assert set(ROWS) - placeholders == set(KEYS)


@pytest.mark.parametrize(("example", "environment"), [(0, None), (1, "process"), (1, "compose")])
def test_examples_of_the_manual_are_read(example: int, environment: str | None, tmp_path: Path) -> None:
    text = EXAMPLES[example]
    (tmp_path / "gate.yml").write_text(text)
    load(tmp_path / "gate.yml", {"PAYMENTS_KEY": "k-0123456789"}, environment)
    jsonschema_rs.Draft202012Validator(json_schema()).validate(parse(text.encode(), "x").data)


def test_the_second_example_has_every_key() -> None:
    assert len(EXAMPLES) == 2
    data: Any = parse(EXAMPLES[1].encode(), "x").data
    data["state"] += data["environments"]["compose"]["state"]

    def has(node: Any, path: list[str]) -> bool:
        if not path:
            return True
        if isinstance(node, list):
            return any(has(item, path) for item in node)
        if path[0] == "<name>":
            return any(has(item, path[1:]) for item in node.values())
        return isinstance(node, dict) and path[0] in node and has(node[path[0]], path[1:])

    assert [name for name in KEYS if not has(data, name.split("."))] == []


@pytest.mark.parametrize(
    ("loc", "some"),
    [
        ((), "bundles"),
        (("environments", "process", "services", "x"), "command"),
        (("environments", "compose"), "reach"),
        (("environments", "compose", "services", "x"), "port"),
        (("environments", "compose", "allow", 0), "what"),
        (("observe", "rows", 3), "table"),
        (("compare", "tolerance"), "number"),
    ],
)
def test_keys_at(loc: tuple[str | int, ...], some: str) -> None:
    assert some in keys_at(loc)
