"""Titles: one line that a person understands at once."""

from dataclasses import replace

import pytest

from gate.explain.words import title
from gate.model import Channel, Difference, Kind
from tests.unit.explain.samples import CAPTURED, CHANGED, COLUMN, LOST, NEW

MESSAGE = replace(
    CAPTURED, channel=Channel.MESSAGE, operation="outbox", candidate={"type": "invoice.voided"}, counts=(1, 2)
)
ROW = replace(CAPTURED, channel=Channel.ROW, operation="audit_log")
KEY = replace(CAPTURED, channel=Channel.CACHE, operation="merchant:*")


@pytest.mark.parametrize(
    ("difference", "wanted"),
    [
        (CAPTURED, "captured twice: 2 captures where there was 1"),
        (replace(CAPTURED, counts=(0, 3)), "captured three times: 3 captures where there was none"),
        (replace(CAPTURED, counts=(2, 7)), "captured 7 times: 7 captures where there were 2"),
        (
            replace(CAPTURED, operation="POST pay.example/v1/charges/{id}"),
            "charged twice: 2 charges where there was 1",
        ),
        (
            replace(CAPTURED, operation="POST mail.example/send"),
            "called twice: 2 × POST mail.example/send where there was 1",
        ),
        (MESSAGE, "emitted twice: 2 × invoice.voided where there was 1"),
        (ROW, "written twice: 2 audit_log where there was 1"),
        (replace(ROW, kind=Kind.MISSING), "row in audit_log is lost"),
        (replace(MESSAGE, kind=Kind.MISSING), "message invoice.voided is lost"),
        (replace(KEY, kind=Kind.MISSING), "cache key merchant:{id} is lost"),
        (replace(KEY, kind=Kind.EXTRA), "cache key merchant:{id} that baseline does not have"),
        (KEY, "written twice: 2 × cache key merchant:{id} where there was 1"),
        (replace(KEY, operation="flags", kind=Kind.MISSING), "cache key flags is lost"),
        (
            replace(KEY, kind=Kind.CHANGED, path="$.value.plan", baseline="pro", candidate="free"),
            "cache key merchant:{id}: value.plan is free where it was pro",
        ),
        (COLUMN, "column invoices.note added"),
        (replace(COLUMN, baseline="text", candidate=None), "column invoices.note removed"),
        (replace(COLUMN, baseline="integer"), "column invoices.note is text where it was integer"),
        (replace(COLUMN, path="$", candidate={"id": "text"}), "table invoices added"),
        (replace(COLUMN, path="$", baseline={}, candidate=None), "table invoices removed"),
        (
            replace(CAPTURED, kind=Kind.EXTRA),
            "call POST payments.example/v1/captures that baseline does not have",
        ),
        (
            replace(MESSAGE, kind=Kind.ORDER, baseline=["a", "b"], candidate=["b", "a"]),
            "order of messages changed: a, b became b, a",
        ),
        (
            replace(CHANGED, kind=Kind.ORDER, path="$.body.items", baseline=[1, 2], candidate=[2, 1]),
            "GET /v1/plans: order of body.items changed",
        ),
        (
            replace(
                CHANGED,
                kind=Kind.ORDER,
                path="$.body.paid_at",
                baseline=["created_at", "paid_at"],
                candidate=["paid_at", "created_at"],
            ),
            "GET /v1/plans: body.paid_at now comes before created_at",
        ),
        (
            replace(CHANGED, kind=Kind.STATUS, path="$.status", baseline=200, candidate=500),
            "GET /v1/plans answers 500 where it was 200",
        ),
        (CHANGED, "GET /v1/plans: body.total is 2 where it was 1"),
        (replace(CHANGED, candidate=None), "GET /v1/plans: body.total is null where it was 1"),
        (
            replace(CHANGED, channel=Channel.ROW, operation="invoices"),
            "row invoices: body.total is 2 where it was 1",
        ),
        (
            replace(CHANGED, kind=Kind.TYPE, baseline=1001, candidate="1001"),
            "GET /v1/plans: body.total is the text 1001 where it was the number 1001",
        ),
        (
            replace(CHANGED, kind=Kind.TYPE, baseline=[1], candidate=None),
            "GET /v1/plans: body.total is null where it was the list 1",
        ),
        (LOST, "GET /v1/plans: body.plans[0].amount_cents is lost"),
        (NEW, "GET /v1/plans: body.plans[0].price_cents is new"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_title(difference: Difference, wanted: str) -> None:
    assert title([difference]) == wanted


def test_messages_of_several_types_are_all_named() -> None:
    lost = [
        replace(MESSAGE, kind=Kind.MISSING, baseline={"type": name}, candidate=None)
        for name in ("a", "b", "a")
    ]
    assert title(lost) == "messages a, b are lost"
    come = [replace(MESSAGE, kind=Kind.EXTRA, candidate={"type": name}) for name in "abcde"]
    assert title(come) == "messages a, b, c, d, … that baseline does not have"
    assert title(come[:1]) == "message a that baseline does not have"


def test_a_title_is_one_line_of_bounded_length() -> None:
    assert len(title([replace(CHANGED, candidate="x" * 10_000, baseline="y" * 10_000)])) < 200
