"""Four results that between them show all that the reports can say; built here, so that types keep them honest."""

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

HOSTILE = (
    "<script>alert(1)</script> \"quoted\" 'it' --> <!-- x --> @octocat #123 GH-7 octo/repo#9 | a\\| `tick` ``` "
    "![i](https://evil.example/x.png) [l](javascript:alert(1)) www.evil.example https://evil.example "
    "user@evil.example :tada: {{ 7*7 }} {% raw %} \x1b[31mred\x1b[0m \r\n# head\n\u202egnp.exe\u200b\x00 end\ud800"
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
        "timing": _timing({}, {}),
        "kpi": {"replayed_per_second": 18.4},
    }
    return Result(**(fields | more))


def _timing(timelines: Mapping[str, Any], logs: Mapping[str, Any]) -> dict[str, Any]:
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


def passing() -> Result:
    """Nothing changed; one volatile value was measured as noise."""
    return result(
        Verdict.PASS,
        scenarios=(
            scenario("create-invoice", ScenarioVerdict.IDENTICAL, 1.0, says="A merchant creates an invoice"),
            scenario("finalize-invoice", ScenarioVerdict.IDENTICAL, 1.0, says="An invoice is finalized"),
            scenario("refund-partial", ScenarioVerdict.IDENTICAL, 1.0, says="Half of a payment is refunded"),
        ),
        noise=(
            {
                "channel": "request",
                "operation": "GET /v1/invoices/{id}",
                "path": "$.body.etag",
                "scenarios": ["create-invoice"],
                "why": "differs between two runs of the baseline",
            },
        ),
    )


def failing() -> Result:
    """A race captures a payment twice, and that shows on every channel."""
    found = _all_channels()
    name = "confirm-reconcile-webhook"
    return result(
        Verdict.FAIL,
        reasons=("4 findings are not approved",),
        scenarios=(
            scenario(
                name,
                ScenarioVerdict.DIFFERENT,
                0.8734,
                says="A confirmation and the payment webhook arrive at the same time",
                differences=tuple(found.values()),
                tags=("core", "payments", "race"),
            ),
            scenario("create-invoice", ScenarioVerdict.IDENTICAL, 1.0, says="A merchant creates an invoice"),
            scenario(
                "refund-partial",
                ScenarioVerdict.DIFFERENT,
                0.9999,
                says="Half of a payment is refunded",
                differences=(found["note"],),
            ),
        ),
        findings=_findings(found),
        invariants=(
            {"name": "one capture per invoice", "side": "candidate", "violations": 1, "holds": False},
        ),
        sealing={"state": "unsealed", "why": "no network namespace in a process environment", "attempts": []},
        timing=_timing({name: _race()}, {name: _said()}),
    )


def _all_channels() -> dict[str, Difference]:
    race = ("POST /v1/invoices/{id}/confirm", "POST /webhooks/payments")
    confirm = {"triggers": race[:1], "entity": "invoice#1"}
    capture = "POST payments.example/v1/captures"
    body = {
        "path": "/v1/captures",
        "query": "",
        "headers": {"idempotency-key": "capture-invoice#1-webhook", "content-type": "application/json"},
        "body": {"invoice": "invoice#1", "amount": 129900, "currency": "EUR"},
    }
    only = {"event": {"baseline": None, "candidate": "call#7"}}
    return {
        "twice": difference(
            Channel.CALL,
            Kind.DUPLICATE,
            capture,
            "$",
            candidate=body,
            counts=(1, 2),
            entity="invoice#1",
            triggers=race,
            **only,
        ),
        "order": difference(
            Channel.MESSAGE,
            Kind.ORDER,
            "outbox",
            "$",
            baseline=["invoice.confirmed", "invoice.paid", "receipt.sent"],
            candidate=["invoice.paid", "invoice.confirmed", "receipt.sent"],
            **confirm,
        ),
        "state": difference(
            Channel.ROW,
            Kind.CHANGED,
            "invoices",
            "$.state",
            baseline="paid",
            candidate="paid_twice",
            **confirm,
        ),
        "captured": difference(
            Channel.ROW, Kind.CHANGED, "invoices", "$.captured", baseline=129900, candidate=259800, **confirm
        ),
        "status": difference(
            Channel.REQUEST, Kind.STATUS, race[0], "$.status", baseline=200, candidate=409, **confirm
        ),
        "type": difference(
            Channel.REQUEST,
            Kind.TYPE,
            race[0],
            "$.body.amount",
            baseline=129900,
            candidate="129900",
            **confirm,
        ),
        "note": difference(
            Channel.REQUEST,
            Kind.CHANGED,
            race[0],
            "$.body.note",
            baseline="Captured by the confirmation of invoice#1",
            candidate="Captured by the webhook for invoice#1",
            **confirm,
        ),
        "field": difference(
            Channel.REQUEST,
            Kind.MISSING,
            race[0],
            "$.body.receipt_url",
            baseline="/receipts/receipt#1",
            **confirm,
        ),
    }


def _findings(found: Mapping[str, Difference]) -> tuple[Finding, ...]:
    both = ("confirm-reconcile-webhook", "refund-partial")
    return (
        finding(Severity.LOW, "the note of a confirmation reads otherwise", found["note"], scenarios=both),
        finding(
            Severity.CRITICAL,
            "captured twice: 2 captures where there was 1",
            found["twice"],
            cause="The check for an earlier capture now runs before the row is locked; the webhook overtakes it.",
        ),
        finding(Severity.HIGH, "confirmation answers 409 instead of 200", found["status"]),
        finding(Severity.MEDIUM, "messages of an invoice change places", found["order"]),
        finding(Severity.HIGH, "amount is text where it was a number", found["type"], approved=True),
    )


def _entry(side: str, channel: str, label: str, at: int, duration: int, trace: str) -> dict[str, Any]:
    detail = "200" if channel in ("request", "call") else ""
    return {
        "side": side,
        "channel": channel,
        "label": label,
        "at": at,
        "duration": duration,
        "detail": detail,
        "trace_id": trace,
    }


def _race() -> list[dict[str, Any]]:
    confirm, hook, create = "4bf92f3577b34da6", "a3ce929d0e0e4736", "00f067aa0ba902b7"
    capture = "POST payments.example/v1/captures"
    both = [
        ("request", "POST /v1/invoices", 0, 8_200, create),
        ("message", "outbox invoice.created", 7_900, 0, create),
        ("request", "POST /v1/invoices/{id}/confirm", 20_000, 61_000, confirm),
        ("call", capture, 24_000, 48_000, confirm),
        ("request", "POST /webhooks/payments", 38_000, 30_500, hook),
        ("message", "outbox invoice.paid", 74_000, 0, confirm),
    ]
    extra = _entry("candidate", "call", capture, 43_000, 22_000, hook)
    return [_entry(side, *item) for side in ("baseline", "candidate") for item in both] + [extra]


def _said() -> list[dict[str, Any]]:
    confirm, hook = "4bf92f3577b34da6", "a3ce929d0e0e4736"
    rows = [
        ("baseline", 21_000, "INFO", "confirm invoice#1", confirm),
        ("baseline", 39_000, "INFO", "webhook for invoice#1: capture in flight, waiting", hook),
        ("baseline", 68_000, "INFO", "webhook for invoice#1: already captured", hook),
        ("candidate", 21_500, "INFO", "confirm invoice#1", confirm),
        ("candidate", 42_000, "INFO", "webhook for invoice#1: capturing", hook),
        ("candidate", 76_000, "ERROR", "invoice#1 was paid meanwhile, answering 409", confirm),
    ]
    names = ("side", "at", "level", "text", "trace_id")
    return [dict(zip(names, row, strict=True)) for row in rows]


def inconclusive() -> Result:
    """Two of three scenarios left no evidence."""
    return result(
        Verdict.INCONCLUSIVE,
        reasons=("a scenario did not settle", "a scenario was not run"),
        scenarios=(
            scenario("create-invoice", ScenarioVerdict.IDENTICAL, 1.0, says="A merchant creates an invoice"),
            scenario(
                "finalize-invoice",
                ScenarioVerdict.NOT_RUN,
                None,
                says="An invoice is finalized",
                problems=(
                    "baseline: did not settle in 10 s: 3 messages still in outbox; is the publisher running? "
                    "Try a longer settle.timeout",
                ),
            ),
            scenario(
                "refund-partial",
                ScenarioVerdict.NOT_RUN,
                None,
                problems=(
                    "baseline: the outward call GET rates.example/v1/eur is not in the recording",
                    "candidate: collector of table refunds failed: no such table",
                ),
            ),
        ),
        sealing={},
        noise=(),
    )


def hostile() -> Result:
    """Whatever was recorded tries to be more than text."""
    long = difference(Channel.ROW, Kind.CHANGED, HOSTILE, "$", baseline="x" * 5000, candidate="y" * 5000)
    odd = difference(
        Channel.CALL,
        Kind.EXTRA,
        HOSTILE,
        f"$['{HOSTILE}']",
        candidate={HOSTILE: HOSTILE, "big": 2**70},
        entity=HOSTILE,
        triggers=(HOSTILE,),
    )
    names = (HOSTILE, "index", "../../etc/passwd", "CON", "a b", "A B", "same", "Same")
    scenarios = [
        scenario(name, ScenarioVerdict.DIFFERENT, 0.5, says=HOSTILE, differences=(odd, long), tags=(HOSTILE,))
        for name in names
    ]
    entry = _entry("candidate", "call", HOSTILE, 5, 10, HOSTILE) | {"detail": HOSTILE}
    said = {"side": "baseline", "at": 1, "level": HOSTILE, "text": HOSTILE, "trace_id": HOSTILE}
    base = Side(name=SideName.BASELINE, kind=SideKind.LIVE, ref="$(id)`id`;'\"", commit=None)
    return result(
        Verdict.FAIL,
        run_id=HOSTILE,
        service=HOSTILE,
        reasons=(HOSTILE,),
        tier={"name": HOSTILE},
        sides={SideName.BASELINE: base, SideName.CANDIDATE: result(Verdict.FAIL).sides[SideName.CANDIDATE]},
        scenarios=(
            *scenarios,
            scenario("lost", ScenarioVerdict.NOT_RUN, None, problems=(HOSTILE,)),
        ),
        findings=(
            finding(Severity.HIGH, HOSTILE, odd, scenarios=names, cause=HOSTILE, class_=HOSTILE),
            finding(Severity.LOW, "a very long row", long, scenarios=names),
        ),
        invariants=(HOSTILE, {HOSTILE: HOSTILE}),
        noise=({HOSTILE: [HOSTILE]},),
        sealing={HOSTILE: HOSTILE},
        determinism={HOSTILE: {HOSTILE: HOSTILE}},
        renamed={HOSTILE: 3},
        timing=_timing({HOSTILE: [entry]}, {HOSTILE: [said]}),
    )


CASES = {"pass": passing, "fail": failing, "inconclusive": inconclusive, "hostile": hostile}
