"""The keys of gate.yml, version 1, as strict models; their JSON Schema is for editors.

After a change here: ``python -c "from gate.config.schema import rendered; print(rendered(), end='')" >
gate/config/gate.schema.json``, and the key's row in docs/reference/gate-yml.md.
"""

import json
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
)

from gate.config import fields
from gate.config.problems import Loc, Problem, describe, near

_DAY = 86400


def _text(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern}$"})


def _seconds(minimum: str) -> WithJsonSchema:
    text = {"type": "string", "pattern": f"^{fields.DURATION.pattern}$"}
    return WithJsonSchema({"anyOf": [{"type": "number", minimum: 0, "maximum": _DAY}, text]})


_WORDS = {"type": "array", "items": {"type": "string"}, "minItems": 1}
Text = Annotated[str, Field(min_length=1, max_length=1000)]
Value = Annotated[str, Field(max_length=fields.LONGEST_WORD)]
Name = Annotated[str, AfterValidator(fields.name), _text(fields.NAME.pattern)]
ServiceName = Annotated[str, AfterValidator(fields.service_name), _text(fields.NAME.pattern)]
Variable = Annotated[str, AfterValidator(fields.variable), _text(r"[A-Za-z_][A-Za-z0-9_]*")]
Host = Annotated[str, AfterValidator(fields.host), WithJsonSchema({"type": "string", "format": "hostname"})]
Header = Annotated[str, AfterValidator(fields.header), WithJsonSchema({"type": "string", "minLength": 1})]
UrlPath = Annotated[str, AfterValidator(fields.url_path), _text("/.*")]
Request = Annotated[str, AfterValidator(fields.request), _text("[A-Z]+ /.*")]
Relative = Annotated[str, AfterValidator(fields.relative), _text("[^/~].*")]
StorePath = Annotated[str, AfterValidator(fields.store_path), _text("[^/~].*")]
BundlePath = Annotated[Text, AfterValidator(fields.bundle)]
Path = Annotated[str, AfterValidator(fields.path_of_values), _text(r"\$.*")]
NarrowPath = Annotated[str, AfterValidator(fields.narrow_path), _text(r"\$.+")]
Command = Annotated[
    list[str],
    BeforeValidator(fields.command),
    WithJsonSchema({"anyOf": [{"type": "string", "minLength": 1}, _WORDS]}),
]
Duration = Annotated[
    float, BeforeValidator(fields.duration), Field(gt=0, le=_DAY), _seconds("exclusiveMinimum")
]
Tolerance = Annotated[float, BeforeValidator(fields.duration), Field(ge=0, le=_DAY), _seconds("minimum")]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


class Service(_Part):
    command: Command = Field(description="The program and its arguments; a text is split as a shell would.")
    ready: UrlPath = Field(
        default="/", description="A path that answers 2xx once the service can take requests."
    )
    env: dict[Variable, Value] = Field(
        default_factory=dict, description="All variables that the process sees."
    )
    cwd: Relative = Field(default=".", description="The folder to start in, inside the side's code.")
    start_timeout: Duration = Field(default=20.0, description="How long it may take to be ready.")


class Process(_Part):
    services: dict[ServiceName, Service] = Field(min_length=1, description="The processes, by name.")


class Environments(_Part):
    process: Process = Field(description="Plain processes on this machine.")


class Migration(_Part):
    service: Name = Field(description="The service whose variables and folder the command gets.")
    run: Command = Field(description="The command that brings the schema up to the side's code.")


class Stimuli(_Part):
    to: Name = Field(
        default_factory=str, description="The service that gets the requests; default: the only one."
    )
    order: Literal["causal", "serial"] = Field(default="causal", description="What waits for what.")
    pace: Literal["fast", "recorded"] = Field(default="fast", description="Whether recorded gaps are kept.")
    timeout: Duration = Field(default=30.0, description="How long an answer may take.")


class Settle(_Part):
    quiet: Tolerance = Field(
        default=0.005,
        description="How long nothing may move before a scenario has finished; after the last at least 200ms.",
    )
    timeout: Duration = Field(default=10.0, description="When to give up: the run is inconclusive.")


class Store(_Part):
    store: Name = Field(description="What the other keys call it.")
    kind: Literal["sqlite"] = Field(description="Which database it is.")
    path: StorePath = Field(description="Its file; {state} is the side's own folder.")


class Warmup(_Part):
    request: Request = Field(description="A method and a path, such as 'GET /healthz'.")
    times: int = Field(default=1, ge=1, le=1000, description="How often it is sent.")


class Outward(_Part):
    playback: Literal["strict"] = Field(default="strict", description="Only recorded calls are answered.")
    hosts: list[Host] = Field(default_factory=list, description="The hosts that the service calls.")


class Responses(_Part):
    headers: list[Header] = Field(
        default_factory=lambda: ["content-type", "location"], description="The headers that are compared."
    )


class Rows(_Part):
    store: Name = Field(default_factory=str, description="The store it is in; default: the only one.")
    table: Text = Field(description="The table.")
    key: list[Text] = Field(
        default_factory=list, description="What identifies a row; default: the primary key."
    )


class Messages(_Part):
    kind: Literal["outbox"] = Field(description="How messages leave the service.")
    store: Name = Field(default_factory=str, description="The store it is in; default: the only one.")
    table: Text = Field(description="The outbox table.")
    order_by: Text = Field(description="The column that orders the messages.")
    key: Text = Field(description="The column within whose value the order counts.")
    published: Text = Field(
        default_factory=str, description="The column that is set once a message has been sent; default: none."
    )


class Observe(_Part):
    responses: Responses = Field(default_factory=Responses, description="What of an answer is compared.")
    rows: list[Rows] = Field(
        default_factory=list, description="The tables that are compared; default: all but the outboxes."
    )
    messages: list[Messages] = Field(default_factory=list, description="Where messages are read.")


class Tolerances(_Part):
    time: Tolerance = Field(default=2.0, description="How far two times may be apart.")
    number: float = Field(default=0.0, ge=0, description="How far two numbers may be apart.")


class Compare(_Part):
    ignore: list[NarrowPath] = Field(default_factory=list, description="JSONPaths of what does not count.")
    tolerance: Tolerances = Field(default_factory=Tolerances, description="What still counts as equal.")
    highlight: list[Path] = Field(default_factory=list, description="JSONPaths that reports show first.")


class File(_Part):
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
    body: dict[str, Any] = _untitled(File.model_json_schema())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "gate.yml", **body}


def rendered() -> str:
    """The text of gate.schema.json."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _untitled(part: Any) -> Any:
    """Without the titles that only repeat the keys."""
    if isinstance(part, dict):
        return {key: _untitled(value) for key, value in part.items() if key != "title"}
    return [_untitled(item) for item in part] if isinstance(part, list) else part
