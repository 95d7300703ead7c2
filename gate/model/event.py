"""One boundary crossing, the atom of everything the gate does."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import orjson

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
PLACEHOLDER = re.compile(r"\{([A-Za-z_]\w*)\}", re.ASCII)
"""Stands, in a request written by hand, for what an earlier one saved of its answer."""


class Channel(StrEnum):
    """Which boundary an event crossed."""

    REQUEST = "request"
    CALL = "call"
    ROW = "row"
    MESSAGE = "message"
    LOG = "log"
    CACHE = "cache"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One boundary crossing.

    ``operation`` names it: ``POST /v1/invoices`` for a request, ``POST payments.example/v1/captures`` for a
    call, a table, an outbox, a service or a family of cache keys (``merchant:*``) otherwise. The shapes of
    ``inputs`` and ``output`` by channel:

    ========  ============================================  =======================================
    channel   inputs                                        output
    ========  ============================================  =======================================
    request   method, path, query, headers, body            status, headers, body; or error
    call      host, method, path, query, headers, body      status, headers, body; or error
    row       store, key (columns), existed, before         columns and values; None: deleted
    message   key, position, before                         columns and values; None: deleted
    log       level                                         text, fields of the line
    cache     store, key (``key``), existed, before         type, value, expires; None: deleted
    ========  ============================================  =======================================

    Bodies are tagged as :mod:`gate.model.body` says. ``started_at`` is in microseconds since the epoch,
    ``duration`` in microseconds, ``lineage`` is the W3C trace id of the stimulus that caused it, if known.
    """

    seq: int
    channel: Channel
    operation: str
    inputs: Mapping[str, Json]
    output: Mapping[str, Json] | None
    started_at: int
    duration: int = 0
    lineage: str | None = None

    @property
    def ended_at(self) -> int:
        """When it was over, in microseconds since the epoch."""
        return self.started_at + self.duration

    @property
    def digest(self) -> str:
        """SHA-256 of what crossed, whatever the time and the order."""
        return hashlib.sha256(canonical([self.channel, self.operation, self.inputs, self.output])).hexdigest()


def canonical(document: object) -> bytes:
    """Render a JSON document so that equal documents give equal bytes."""
    try:
        return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # an integer beyond 64 bits, or half a surrogate pair
        text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return text.encode(errors="surrogatepass")


def identical(left: object, right: object) -> bool:
    """True where two JSON documents are the same to the byte; ones whose keys stand in another order may not be."""
    try:
        return orjson.dumps(left) == orjson.dumps(right)
    except TypeError:
        return canonical(left) == canonical(right)
