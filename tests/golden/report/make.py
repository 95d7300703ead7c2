"""Builders of results with everything that a run states; a case overrides what it is about."""

import hashlib
from collections.abc import Mapping
from typing import Any

from gate.model import (
    Channel,
    Difference,
    Finding,
    Kind,
    Result,
    ScenarioResult,
    ScenarioVerdict,
    Severity,
    Side,
    SideKind,
    SideName,
    Verdict,
)

_FOUND = {
    Kind.DUPLICATE: "duplicate side effect",
    Kind.MISSING: "lost effect",
    Kind.STATUS: "status",
}


def finding(severity: Severity, title: str, *evidence: Difference, **more: Any) -> Finding:
    """A finding whose identity is that of its evidence."""
    first = evidence[0]
    identity = "\n".join((first.channel, first.kind, first.operation, first.path))
    fields: dict[str, Any] = {
        "id": hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest(),
        "title": title,
        "severity": severity.name.lower(),
        "rank": severity.value,
        "class_": _FOUND.get(first.kind, "changed value"),
        "channel": first.channel,
        "kind": first.kind,
        "operation": first.operation,
        "path": first.path,
        "scenarios": ("confirm-reconcile-webhook",),
        "trace_ids": tuple(item.trace_id for item in evidence if item.trace_id),
        "evidence": evidence,
    }
    return Finding(**(fields | more))


def difference(channel: Channel, kind: Kind, operation: str, path: str, **more: Any) -> Difference:
    """A difference between the third events of a channel."""
    fields: dict[str, Any] = {
        "channel": channel,
        "kind": kind,
        "operation": operation,
        "path": path,
        "baseline": None,
        "candidate": None,
        "event": {"baseline": f"{channel}#3", "candidate": f"{channel}#3"},
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    }
    return Difference(**(fields | more))


def result(verdict: Verdict, **more: Any) -> Result:
    """A run of the billing service with everything that a run states."""
    fields: dict[str, Any] = {
        "run_id": "20261104-081503-7f3a",
        "service": "billing",
        "command": ("gate", "run", "--baseline", "origin/main", "--candidate", "HEAD"),
        "verdict": verdict,
        "reasons": (),
        "tier": {"name": "pr", "why": "the default for a pull request"},
        "sides": {
            SideName.BASELINE: Side(
                name=SideName.BASELINE, kind=SideKind.LIVE, ref="origin/main", commit="3f2a9c1be0" * 4
            ),
            SideName.CANDIDATE: Side(
                name=SideName.CANDIDATE, kind=SideKind.LIVE, ref="HEAD", commit="8be01d27aa" * 4
            ),
        },
        "bundles": ({"name": "billing", "digest": hashlib.sha256(b"billing").hexdigest()},),
        "scenarios": (),
        "findings": (),
        "renamed": {"confirm-reconcile-webhook": 14},
        "sealing": {"state": "sealed", "by": "an internal network", "attempts": []},
        "determinism": {
            "clock": "recorded",
            "seed": "eliminated",
            "locale": "C.UTF-8",
            "zone": "UTC",
            "repeat": 2,
        },
        "timing": timing({}, {}),
        "kpi": {"replayed_per_second": 18.4},
    }
    return Result(**(fields | more))


def timing(timelines: Mapping[str, Any], logs: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "started_at": "2026-11-04T08:15:03Z",
        "seconds": 6.42,
        "phases": {"provision": 2.31, "replay": 1.87, "settle": 0.92, "compare": 0.11, "report": 0.08},
        "timelines": timelines,
        "logs": logs,
    }


def scenario(name: str, verdict: ScenarioVerdict, similarity: float | None, **more: Any) -> ScenarioResult:
    """What became of one scenario of three stimuli."""
    fields: dict[str, Any] = {"says": "", "stimuli": 3, "tags": ("core",)}
    return ScenarioResult(name=name, verdict=verdict, similarity=similarity, **(fields | more))
