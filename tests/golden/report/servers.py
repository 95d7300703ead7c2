"""A run on servers of its own: images, a cache, a schema that changed, and what gate.yml lets through."""

import hashlib
from dataclasses import replace
from typing import Any

from gate.model import UNOWNED, Channel, Kind, Result, ScenarioVerdict, Severity, Verdict
from tests.golden.report.make import difference, finding, result, scenario

_CAPTURED = "create-invoice"


def on_servers() -> Result:
    """A column more, and a cached document that is another."""
    column = difference(
        Channel.ROW,
        Kind.SCHEMA,
        "invoices",
        "$.note",
        candidate="text",
        event={"baseline": None, "candidate": None},
        trace_id=None,
        entity="table invoices",
    )
    event = {"baseline": "cache:merchant:*", "candidate": "cache:merchant:*"}
    entity: dict[str, Any] = {"event": event, "trace_id": None, "entity": "cache key merchant:m_cedar"}
    stale = difference(
        Channel.CACHE,
        Kind.CHANGED,
        "merchant:*",
        "$.value.plan",
        baseline="pro",
        candidate="free",
        **entity,
    )
    gone = difference(
        Channel.CACHE,
        Kind.MISSING,
        "lock:*",
        "$",
        baseline={"key": "lock:invoice#1", "type": "string", "value": "1", "expires": True},
        event={"baseline": "cache:lock:*", "candidate": None},
        counts=(1, 0),
        trace_id=None,
    )
    return result(
        Verdict.FAIL,
        scenarios=(
            scenario(_CAPTURED, ScenarioVerdict.DIFFERENT, 0.97, differences=(stale, gone)),
            scenario(
                UNOWNED,
                ScenarioVerdict.DIFFERENT,
                0.99,
                says="what belongs to no single scenario",
                differences=(column,),
                stimuli=0,
                tags=(),
            ),
        ),
        findings=(
            finding(Severity.HIGH, "cache key lock:{id} is lost", gone, scenarios=(_CAPTURED,)),
            finding(Severity.MEDIUM, "column invoices.note added", column, scenarios=(UNOWNED,)),
            finding(
                Severity.MEDIUM,
                "cache key merchant:{id}: value.plan is free where it was pro",
                stale,
                scenarios=(_CAPTURED,),
            ),
        ),
        sides={
            name: replace(side, images={image: _digest(f"{image} of {name}") for image in ("worker", "api")})
            for name, side in result(Verdict.FAIL).sides.items()
        },
        sealing={
            "status": "sealed",
            "why": "an internal network of its own",
            "allowed": ["api may mount ./certs", "worker may run as root"],
            "attempted": [],
        },
    )


def _digest(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
