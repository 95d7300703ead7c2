"""Inputs and outputs of events as documents, each read once."""

from collections.abc import Mapping

from gate.identity import readable
from gate.identity.provenance import Reader
from gate.model import Json


def reader() -> Reader:
    """An event's inputs or output with its body as a document; read once, since both provenance and stages ask."""
    read: dict[int, Json] = {}

    def read_once(side: Mapping[str, Json] | None) -> Json:
        if side is None:
            return None
        if (known := read.get(id(side))) is None:  # the recordings outlive this table of their ids
            known = read[id(side)] = readable(side)
        return known

    return read_once
