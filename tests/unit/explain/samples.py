"""Differences and comparisons to explain."""

from dataclasses import replace

from gate.model import Channel, Comparison, Difference, Kind

EVENT = {"baseline": "request#0", "candidate": "request#0"}
CHANGED = Difference(
    channel=Channel.REQUEST,
    kind=Kind.CHANGED,
    operation="GET /v1/plans",
    path="$.body.total",
    baseline=1,
    candidate=2,
    event=EVENT,
    trace_id="ab" * 16,
)
CAPTURED = replace(
    CHANGED,
    channel=Channel.CALL,
    kind=Kind.DUPLICATE,
    operation="POST payments.example/v1/captures",
    path="$",
    baseline=None,
    candidate={"amount": 5},
    counts=(1, 2),
)
LOST = replace(CHANGED, kind=Kind.MISSING, path="$.body.plans[0].amount_cents", baseline=990, candidate=None)
NEW = replace(CHANGED, kind=Kind.EXTRA, path="$.body.plans[0].price_cents", baseline=None, candidate=990)

COLUMN = replace(
    CHANGED,
    channel=Channel.ROW,
    kind=Kind.SCHEMA,
    operation="invoices",
    path="$.note",
    baseline=None,
    candidate="text",
    event={"baseline": None, "candidate": None},
)


def comparison(*differences: Difference, scenario: str = "one", **more: object) -> Comparison:
    """A comparison that gave these."""
    return replace(
        Comparison(scenario=scenario, differences=differences, equal=1, leaves=2, renamed=0),
        **more,  # type: ignore[arg-type]
    )
