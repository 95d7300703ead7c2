"""Manifests of older versions, brought up by a chain of one-step converters."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from gate.bundle.where import Where
from gate.model import BUNDLE_VERSION, Json

Document: TypeAlias = dict[str, Json]
Step: TypeAlias = Callable[[Document], Document]
STEPS: Mapping[int, Step] = MappingProxyType({})
"""From each older version to the next. Each stays for good, and a bundle of its version among the tests."""


def migrate(
    document: Document, where: Where, steps: Mapping[int, Step] = STEPS, newest: int = BUNDLE_VERSION
) -> Document:
    """The document as the newest version has it. Raises RequestError where no chain leads there."""
    version = document.get("schema_version")
    if type(version) is not int or version < 1:
        raise where.error("has no 'schema_version', a whole number from 1")
    if version > newest:
        raise where.error(
            f"is of schema_version {version} and this gate reads up to {newest}", "update the gate"
        )
    while version < newest:
        document = {**steps[version](document), "schema_version": version + 1}
        version += 1
    return document
