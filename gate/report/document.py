"""result.json: the one document that a run leaves, and its schema."""

import json
from importlib.resources import files
from typing import Any

import orjson

from gate.errors import RequestError
from gate.model import RESULT_VERSION, Result
from gate.report.plain import plain


def to_json(result: Result) -> bytes:
    """The result as UTF-8 JSON: the same bytes for the same result, whatever the order of its mappings."""
    document = plain(result)
    assert isinstance(document, dict)
    # What tells a reader how to read comes first.
    document = {"schema_version": document.pop("schema_version"), **document}
    try:
        return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # an integer beyond 64 bits, recorded from a body
        return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"


def from_json(payload: bytes) -> dict[str, Any]:
    """Read a result.json; RequestError where it is none, or one of a newer gate."""
    try:
        document = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise RequestError(f"result.json: not JSON ({error}); was the run cut short?") from None
    if not isinstance(document, dict) or "schema_version" not in document:
        raise RequestError("result.json: no schema_version; this is not the result of a run")
    version = document["schema_version"]
    if version != RESULT_VERSION:
        raise RequestError(
            f"result.json: schema_version is {version!r:.40}, this gate reads {RESULT_VERSION}; "
            "use the gate that wrote it"
        )
    return document


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of result.json."""
    document: dict[str, Any] = json.loads(files("gate.report").joinpath("result.schema.json").read_bytes())
    return document
