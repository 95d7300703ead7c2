"""Five results that between them show all that the reports can say; built here, so that types keep them honest."""

from collections.abc import Mapping
from typing import Any

from gate.model import (
    Channel,
    Difference,
    Finding,
    Kind,
    Result,
    ScenarioVerdict,
    Severity,
    Side,
    SideKind,
    SideName,
    Verdict,
)
from tests.golden.report.make import difference, finding, result, scenario, timing
from tests.golden.report.servers import on_servers

HOSTILE = (
    "<script>alert(1)</script> \"quoted\" 'it' --> <!-- x --> @octocat #123 GH-7 octo/repo#9 | a\\| `tick` ``` "
    "![i](https://evil.example/x.png) [l](javascript:alert(1)) www.evil.example https://evil.example "
    "user@evil.example :tada: {{ 7*7 }} {% raw %} \x1b[31mred\x1b[0m \r\n# head\n\u202egnp.exe\u200b\x00 end\ud800"
)


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
        timing=timing({name: _race()}, {name: _said()}),
    )


_RACE = ("POST /v1/invoices/{id}/confirm", "POST /webhooks/payments")
_CAPTURE = "POST payments.example/v1/captures"
_CONFIRM: dict[str, Any] = {"triggers": _RACE[:1], "entity": "invoice#1"}


def _all_channels() -> dict[str, Difference]:
    return {"twice": _twice(), "order": _order(), **_rows(), **_answers()}


def _twice() -> Difference:
    body = {
        "path": "/v1/captures",
        "query": "",
        "headers": {"idempotency-key": "capture-invoice#1-webhook", "content-type": "application/json"},
        "body": {"invoice": "invoice#1", "amount": 129900, "currency": "EUR"},
    }
    return difference(
        Channel.CALL,
        Kind.DUPLICATE,
        _CAPTURE,
        "$",
        candidate=body,
        counts=(1, 2),
        entity="invoice#1",
        triggers=_RACE,
        event={"baseline": None, "candidate": "call#7"},
    )


def _order() -> Difference:
    names = ["invoice.confirmed", "invoice.paid", "receipt.sent"]
    moved = [names[1], names[0], names[2]]
    return difference(Channel.MESSAGE, Kind.ORDER, "outbox", "$", baseline=names, candidate=moved, **_CONFIRM)


def _rows() -> dict[str, Difference]:
    values = {"state": ("paid", "paid_twice"), "captured": (129900, 259800)}
    event = {"baseline": "row:invoices", "candidate": "row:invoices"}
    return {
        column: difference(
            Channel.ROW,
            Kind.CHANGED,
            "invoices",
            f"$.{column}",
            baseline=before,
            candidate=after,
            event=event,
            **_CONFIRM,
        )
        for column, (before, after) in values.items()
    }


def _answers() -> dict[str, Difference]:
    captured = "Captured by the {} invoice#1"
    changes: dict[str, tuple[Kind, str, Any, Any]] = {
        "status": (Kind.STATUS, "$.status", 200, 409),
        "type": (Kind.TYPE, "$.body.amount", 129900, "129900"),
        "note": (
            Kind.CHANGED,
            "$.body.note",
            captured.format("confirmation of"),
            captured.format("webhook for"),
        ),
        "field": (Kind.MISSING, "$.body.receipt_url", "/receipts/receipt#1", None),
    }
    return {
        name: difference(Channel.REQUEST, kind, _RACE[0], path, baseline=before, candidate=after, **_CONFIRM)
        for name, (kind, path, before, after) in changes.items()
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
    both = [
        ("request", "POST /v1/invoices", 0, 8_200, create),
        ("message", "outbox invoice.created", 7_900, 0, create),
        (
            "request",
            "POST /v1/invoices/0192f3a1-7c1e-7d3b-9f0a-5b6c7d8e9f00/confirm",
            20_000,
            61_000,
            confirm,
        ),
        ("call", _CAPTURE, 24_000, 48_000, confirm),
        ("request", "POST /webhooks/payments", 38_000, 30_500, hook),
        ("message", "outbox invoice.paid", 74_000, 0, confirm),
    ]
    extra = _entry("candidate", "call", _CAPTURE, 43_000, 22_000, hook)
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
    odd, long = _odd()
    names = (HOSTILE, "index", "../../etc/passwd", "CON", "a b", "A B", "same", "Same")
    scenarios = [
        scenario(name, ScenarioVerdict.DIFFERENT, 0.5, says=HOSTILE, differences=(odd, long), tags=(HOSTILE,))
        for name in names
    ]
    entry = _entry("candidate", "call", HOSTILE, 5, 10, HOSTILE) | {"detail": HOSTILE}
    said = {"side": "baseline", "at": 1, "level": HOSTILE, "text": HOSTILE, "trace_id": HOSTILE}
    base = Side(
        name=SideName.BASELINE, kind=SideKind.LIVE, ref="$(id)`id`;'\"", images={HOSTILE: f"sha256:{0:064}"}
    )
    sides = {**result(Verdict.FAIL).sides, SideName.BASELINE: base}
    lost = scenario("lost", ScenarioVerdict.NOT_RUN, None, problems=(HOSTILE,))
    return result(
        Verdict.FAIL,
        run_id=HOSTILE,
        service=HOSTILE,
        reasons=(HOSTILE,),
        tier={"name": HOSTILE},
        sides=sides,
        scenarios=(*scenarios, lost),
        findings=(
            finding(Severity.HIGH, HOSTILE, odd, scenarios=names, cause=HOSTILE, class_=HOSTILE),
            finding(Severity.LOW, "a very long row", long, scenarios=names),
        ),
        invariants=(HOSTILE, {HOSTILE: HOSTILE}),
        noise=({HOSTILE: [HOSTILE]},),
        sealing={HOSTILE: HOSTILE, "allowed": [HOSTILE]},
        determinism={HOSTILE: {HOSTILE: HOSTILE}},
        renamed={HOSTILE: 3},
        timing=timing({HOSTILE: [entry]}, {HOSTILE: [said]}),
    )


def _odd() -> tuple[Difference, Difference]:
    content = {HOSTILE: HOSTILE, "big": 2**70}
    path = f"$['{HOSTILE}']"
    return (
        difference(
            Channel.CALL, Kind.EXTRA, HOSTILE, path, candidate=content, entity=HOSTILE, triggers=(HOSTILE,)
        ),
        difference(Channel.ROW, Kind.CHANGED, HOSTILE, "$", baseline="x" * 5000, candidate="y" * 5000),
    )


CASES = {
    "pass": passing,
    "fail": failing,
    "inconclusive": inconclusive,
    "hostile": hostile,
    "servers": on_servers,
}
