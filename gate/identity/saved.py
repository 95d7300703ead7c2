"""What a request that was written by hand takes from earlier answers: ``save`` names it, ``{name}`` stands for it.

A recorded request needs none of this, since its recorded answer tells which values were generated.
"""

import re
from collections.abc import Iterator, Mapping
from typing import cast

from gate.config.jsonpath import StepKind, parse
from gate.identity.provenance import readable
from gate.model import Event, Json
from gate.model.body import document, encode, payload
from gate.model.event import PLACEHOLDER

_RESERVED = re.compile(rb"[^A-Za-z0-9_.~-]")


def saves(stimulus: Event) -> Mapping[str, str]:
    """What a stimulus saves of its answer: JSONPaths by name, such as ``{"invoice": "$.body.id"}``."""
    found = stimulus.inputs.get("save")
    return cast("Mapping[str, str]", found) if isinstance(found, dict) else {}


def saved(stimulus: Event, output: Mapping[str, Json] | None) -> Iterator[tuple[str, Json]]:
    """The names and values that an answer gives; a name is left out where its path leads nowhere."""
    content = readable(output)
    match output and output.get("body"), content:
        case {"json": str(text)}, dict():  # as it reads inside a document
            content["body"] = text
    for name, path in saves(stimulus).items():
        found = _lookup(content, path)
        if found is not None:
            yield name, found


def _lookup(content: Json, path: str) -> Json:
    for step in parse(path):
        if step.kind is StepKind.NAME and isinstance(content, dict):
            content = content.get(str(step.value))
        elif (
            step.kind is StepKind.INDEX
            and isinstance(content, list)
            and cast("int", step.value) < len(content)
        ):
            content = content[cast("int", step.value)]
        else:
            return None
    return content


def filled(inputs: Mapping[str, Json], values: Mapping[str, Json]) -> dict[str, Json]:
    """The inputs of a request with every ``{name}`` that was saved filled in; ``save`` itself is not sent."""
    sent = {key: value for key, value in inputs.items() if key != "save"}
    if not values:
        return sent
    for key in ("path", "query"):
        if isinstance(text := sent.get(key), str):
            sent[key] = _text(text, {name: _quoted(str(value)) for name, value in values.items()})
    sent["headers"] = _filled(sent.get("headers"), {name: str(value) for name, value in values.items()})
    sent["body"] = _body(sent.get("body"), values)
    return sent


def _body(body: Json, values: Mapping[str, Json]) -> Json:
    match body:
        case {"json": content}:
            return {"json": _filled(content, values)}
        case {"text": str(text)} if isinstance(document(body), str):
            return encode(_text(text, values).encode())
        case {"text": str()}:
            return {"json": _filled(document(body), values)}
    return encode(payload(body))


def _filled(content: Json, values: Mapping[str, Json]) -> Json:
    if isinstance(content, dict):
        return {key: _filled(value, values) for key, value in content.items()}
    if isinstance(content, list):
        return [_filled(value, values) for value in content]
    if isinstance(content, str):
        whole = PLACEHOLDER.fullmatch(content)
        if whole and whole[1] in values:
            return values[whole[1]]  # a number stays a number
        return _text(content, values)
    return content


def _text(text: str, values: Mapping[str, Json]) -> str:
    return PLACEHOLDER.sub(lambda match: str(values.get(match[1], match[0])), text)


def _quoted(text: str) -> str:
    """Percent-encoded, as a path or query carries it; urllib is a door to the network, so it stays out of here."""
    return _RESERVED.sub(lambda byte: b"%%%02X" % ord(byte.group()), text.encode()).decode()
