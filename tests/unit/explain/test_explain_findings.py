"""Findings: one cause each, known again in the next run, the worst first."""

from dataclasses import replace

import pytest

from gate.explain import findings, suppressed
from gate.model import Channel, Difference, Kind
from tests.unit.explain.samples import CAPTURED, CHANGED, COLUMN, LOST, NEW, comparison


def test_each_difference_stands_in_one_finding() -> None:
    again = replace(CHANGED, event={"baseline": "request#3", "candidate": "request#3"}, baseline=7)
    found = findings([comparison(CHANGED, CAPTURED), comparison(again, scenario="two")])
    assert [(one.scenarios, len(one.evidence)) for one in found] == [(("one",), 1), (("one", "two"), 2)]
    assert found[1].trace_ids == (CHANGED.trace_id,)


def test_ids_are_stable_across_runs_and_values_and_places_in_lists() -> None:
    first = findings([comparison(replace(CHANGED, path="$.body.items[0].n"))])[0]
    second = findings(
        [
            comparison(
                CAPTURED, replace(CHANGED, path="$.body.items[7].n", baseline=5, trace_id=None), scenario="x"
            )
        ]
    )[1]
    assert first.id == second.id
    assert first.path == "$.body.items[*].n"
    assert len(first.id) == 64


@pytest.mark.parametrize(
    "other",
    [
        replace(CHANGED, channel=Channel.ROW),
        replace(CHANGED, kind=Kind.TYPE),
        replace(CHANGED, operation="GET /v1/other"),
        replace(CHANGED, path="$.body.sum"),
    ],
    ids=["channel", "kind", "operation", "path"],
)
def test_what_makes_another_finding(other: Difference) -> None:
    assert len(findings([comparison(CHANGED, other)])) == 2


def test_lost_and_repeated_effects_come_first() -> None:
    worst = [
        CAPTURED,
        replace(CAPTURED, kind=Kind.ORDER),
        replace(CAPTURED, channel=Channel.MESSAGE, operation="outbox"),
        replace(CAPTURED, channel=Channel.ROW, operation="audit_log", kind=Kind.MISSING),
        replace(CAPTURED, channel=Channel.CACHE, operation="lock:*", kind=Kind.EXTRA),
        replace(CHANGED, kind=Kind.STATUS, path="$.status"),
        COLUMN,
        replace(CHANGED, channel=Channel.ROW, operation="invoices", path="$.status"),
        CHANGED,
        replace(CHANGED, kind=Kind.ORDER, path="$.body.items"),
        replace(CHANGED, channel=Channel.CALL),
        replace(CHANGED, channel=Channel.CACHE, operation="merchant:*"),
        replace(CHANGED, channel=Channel.MESSAGE),
    ]
    found = findings([comparison(*reversed(worst))])
    assert [(one.channel, one.kind) for one in found] == [(one.channel, one.kind) for one in worst]
    assert [one.rank for one in found] == sorted(one.rank for one in found)
    assert [one.severity for one in found] == ["critical"] * 2 + ["high"] * 4 + ["medium"] * 6 + ["low"]


def test_a_renamed_field_is_one_finding() -> None:
    found = findings([comparison(LOST, NEW)])
    assert [one.title for one in found] == ["GET /v1/plans: field amount_cents became price_cents"]
    assert found[0].evidence == (LOST, NEW)


@pytest.mark.parametrize(
    "new",
    [
        replace(NEW, candidate=991),
        replace(NEW, path="$.body.other[0].price_cents"),
        replace(NEW, event={"baseline": "request#1", "candidate": "request#1"}),
    ],
    ids=["other-value", "other-place", "other-event"],
)
def test_what_is_no_renamed_field(new: Difference) -> None:
    assert len(findings([comparison(LOST, new)])) == 2


def test_no_difference_no_finding() -> None:
    assert findings([comparison(), comparison(scenario="two")]) == ()


def test_suppressed_is_summed() -> None:
    both = [comparison(suppressed={"$.a": 2}), comparison(suppressed={"$.a": 1, "$.b": 3})]
    assert suppressed(both) == {"$.a": 3, "$.b": 3}


@pytest.mark.parametrize("channel", [Channel.ROW, Channel.CALL])
def test_evidence_without_an_order_stands_by_what_it_says(channel: Channel) -> None:
    several = [replace(CHANGED, channel=channel, baseline=n, candidate=n + 1) for n in (3, 1, 2)]
    found = [findings([comparison(*order)]) for order in (several, several[::-1])]
    assert found[0] == found[1]
    assert [one.baseline for one in found[0][0].evidence] == [1, 2, 3]
    asked = findings([comparison(*(replace(one, channel=Channel.REQUEST) for one in several))])[0]
    assert [one.baseline for one in asked.evidence] == [3, 1, 2], "requests have an order"


def test_of_a_renamed_column_what_went_comes_first() -> None:
    lost, new = (replace(one, channel=Channel.ROW, operation="plans") for one in (LOST, NEW))
    found = findings([comparison(lost, new)])
    assert [(one.kind, one.evidence) for one in found] == [("missing", (lost, new))]
