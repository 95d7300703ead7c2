"""What a single value of gate.yml may be, as annotated types that the models of the file are made of."""

from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from gate.config import fields

_DAY = 86400
_Kind = TypeVar("_Kind")


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
ComposeName = Annotated[str, AfterValidator(fields.compose_name), _text(fields.COMPOSE_NAME.pattern)]
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
Port = Annotated[int, Field(ge=1, le=65535)]
Tolerance = Annotated[float, BeforeValidator(fields.duration), Field(ge=0, le=_DAY), _seconds("minimum")]
Written = Annotated[_Kind | None, BeforeValidator(fields.written)]
"""What may be left out, but not be written down without a value."""


class Part(BaseModel):
    """A mapping of the file: strict, frozen, no unknown keys, and no value in a message."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)
