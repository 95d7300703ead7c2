"""The keys of gate.yml, version 1, as strict models; their JSON Schema is for editors.

After a change here: ``python -c "from gate.config.schema import rendered; print(rendered(), end='')" >
gate/config/gate.schema.json``, and the key's row in docs/reference/gate-yml.md.
"""

import json
from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError

from gate.config import fields
from gate.config.environments import COMPOSE, Environments, Store
from gate.config.kinds import (
    BundlePath,
    Command,
    Duration,
    Header,
    Host,
    Name,
    NarrowPath,
    Part,
    Path,
    Request,
    Text,
    Tolerance,
)
from gate.config.problems import Loc, Problem, describe, near


class Migration(Part):
    service: Name = Field(description="The service whose variables and folder the command gets.")
    run: Command = Field(description="The command that brings the schema up to the side's code.")


class Stimuli(Part):
    to: Name = Field(
        default_factory=str, description="The service that gets the requests; default: the only one."
    )
    order: Literal["causal", "serial"] = Field(default="causal", description="What waits for what.")
    pace: Literal["fast", "recorded"] = Field(default="fast", description="Whether recorded gaps are kept.")
    timeout: Duration = Field(default=30.0, description="How long an answer may take.")


class Settle(Part):
    quiet: Tolerance = Field(
        default=0.005,
        description="How long nothing may move before a scenario has finished; after the last at least 200ms.",
    )
    timeout: Duration = Field(default=10.0, description="When to give up: the run is inconclusive.")


class Warmup(Part):
    request: Request = Field(description="A method and a path, such as 'GET /healthz'.")
    times: int = Field(default=1, ge=1, le=1000, description="How often it is sent.")


class Outward(Part):
    playback: Literal["strict"] = Field(default="strict", description="Only recorded calls are answered.")
    hosts: list[Host] = Field(default_factory=list, description="The hosts that the service calls.")


class Responses(Part):
    headers: list[Header] = Field(
        default_factory=lambda: ["content-type", "location"], description="The headers that are compared."
    )


class Rows(Part):
    store: Name = Field(default_factory=str, description="The store it is in; default: the only one.")
    table: Text = Field(description="The table.")
    key: list[Text] = Field(
        default_factory=list, description="What identifies a row; default: the primary key."
    )


class Messages(Part):
    kind: Literal["outbox"] = Field(description="How messages leave the service.")
    store: Name = Field(default_factory=str, description="The store it is in; default: the only one.")
    table: Text = Field(description="The outbox table.")
    order_by: Text = Field(description="The column that orders the messages.")
    key: Text = Field(description="The column within whose value the order counts.")
    published: Text = Field(
        default_factory=str, description="The column that is set once a message has been sent; default: none."
    )


class Observe(Part):
    responses: Responses = Field(default_factory=Responses, description="What of an answer is compared.")
    rows: list[Rows] = Field(
        default_factory=list, description="The tables that are compared; default: all but the outboxes."
    )
    messages: list[Messages] = Field(default_factory=list, description="Where messages are read.")


class Tolerances(Part):
    time: Tolerance = Field(default=2.0, description="How far two times may be apart.")
    number: float = Field(default=0.0, ge=0, description="How far two numbers may be apart.")


class Compare(Part):
    ignore: list[NarrowPath] = Field(default_factory=list, description="JSONPaths of what does not count.")
    tolerance: Tolerances = Field(default_factory=Tolerances, description="What still counts as equal.")
    highlight: list[Path] = Field(default_factory=list, description="JSONPaths that reports show first.")


class File(Part):
    """gate.yml"""

    version: Annotated[Literal[1], BeforeValidator(fields.version)] = Field(
        description="The format's version."
    )
    service: Text = Field(description="What reports call the service under test.")
    environments: Environments = Field(description="Where the sides run.")
    migrate: list[Migration] = Field(
        default_factory=list, description="What runs on each side after its state is restored."
    )
    stimuli: Stimuli = Field(default_factory=Stimuli, description="How recorded requests are sent.")
    settle: Settle = Field(default_factory=Settle, description="When a scenario has finished.")
    state: list[Store] = Field(default_factory=list, description="The databases of the service.")
    warmup: list[Warmup] = Field(
        default_factory=list, description="Requests that are sent before the replay."
    )
    outward: Outward = Field(default_factory=Outward, description="Calls that leave the service.")
    observe: Observe = Field(default_factory=Observe, description="What is looked at.")
    compare: Compare = Field(default_factory=Compare, description="What does not count as a difference.")
    bundles: list[BundlePath] = Field(min_length=1, description="Folders and .repro files to replay.")

    def stores(self, environment: str) -> Sequence[Store]:
        """The databases that a side has in an environment."""
        compose = self.environments.compose
        if environment == COMPOSE and compose and "state" in compose.model_fields_set:
            return compose.state
        return self.state


def check(data: object) -> File | list[Problem]:
    """The file's data as models, or everything that is wrong with its shape."""
    try:
        return File.model_validate(data)
    except ValidationError as error:
        errors: list[dict[str, Any]] = [dict(one) for one in error.errors(include_url=False)]
    meant = {_meant(one["loc"]) for one in errors if one["type"] == "extra_forbidden"}
    # a misspelt key is one mistake, not also a missing one
    return [describe(one, keys_at) for one in errors if one["type"] != "missing" or one["loc"] not in meant]


def _meant(loc: Loc) -> Loc:
    return (*loc[:-1], near(str(loc[-1]), keys_at(loc[:-1])) or "")


def keys_at(loc: Loc) -> list[str]:
    """The known keys of the mapping at ``loc``."""
    document = _document()
    part: dict[str, Any] = document
    for step in loc:
        child = (
            part.get("properties", {}).get(step)
            or part.get("items")
            or next(iter(part.get("patternProperties", {}).values()), part.get("additionalProperties", {}))
        )
        part = document["$defs"][child["$ref"].rsplit("/", 1)[-1]] if "$ref" in child else child
    return list(part.get("properties", {}))


@cache
def _document() -> dict[str, Any]:
    """For looking up only; one file may have thousands of unknown keys."""
    return json_schema()


def json_schema() -> dict[str, Any]:
    """The JSON Schema of gate.yml."""
    body: dict[str, Any] = _plain(File.model_json_schema())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "gate.yml", **body}


def rendered() -> str:
    """The text of gate.schema.json."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _plain(part: Any) -> Any:
    """Without the titles that only repeat the keys, and without the null that only says that a key may be left out."""
    if isinstance(part, dict):
        kinds = part.get("anyOf", [])
        if {"type": "null"} in kinds:
            (kind,) = (one for one in kinds if one != {"type": "null"})
            part = kind | {key: value for key, value in part.items() if key not in ("anyOf", "default")}
        return {key: _plain(value) for key, value in part.items() if key != "title"}
    return [_plain(item) for item in part] if isinstance(part, list) else part
