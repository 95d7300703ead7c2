"""Outward calls: lost, added, repeated, changed, swapped."""

from dataclasses import replace

from gate.model import Event, Kind, Recording
from tests.unit.compare.build import SECOND, START, brief, call, differences, recording, request, trace, uid

REFUND = "POST pay.example/v1/refunds"


def ask(*calls: Event) -> list[Event]:
    return [request({"ok": True}, ask="POST /v1/pay", duration=100_000), *calls]


def test_equal_calls_with_other_ids_and_client_headers() -> None:
    left = recording(*ask(call({"reference": uid(1), "amount": 5})))
    right = recording(*ask(call({"reference": uid(2), "amount": 5}, seq=101)))
    assert not differences(left, right)


def test_a_lost_call() -> None:
    found = differences(recording(*ask(call({"amount": 5}))), recording(*ask()))
    assert [(d.kind, d.path, d.counts, d.triggers) for d in found] == [
        (Kind.MISSING, "$", (1, 0), ("POST /v1/pay",))
    ]


def test_a_new_call() -> None:
    found = differences(recording(*ask()), recording(*ask(call({"amount": 5}))))
    assert [(d.kind, d.counts, d.baseline) for d in found] == [(Kind.EXTRA, (0, 1), None)]


def test_a_repeated_call_says_how_often_and_what_triggered_it() -> None:
    first = request({"ok": True}, ask="POST /v1/pay")
    second = request({"ok": True}, seq=1, ask="POST /v1/hook")
    left = recording(first, second, call({"reference": uid(1)}))
    right = recording(
        first,
        second,
        call({"reference": uid(2)}),
        call({"reference": uid(2)}, seq=101, by=1),
        call({"reference": uid(2)}, seq=102, by=1),
    )
    found = differences(left, right)
    assert [(d.kind, d.counts, d.triggers) for d in found] == [
        (Kind.DUPLICATE, (1, 3), ("POST /v1/pay", "POST /v1/hook"))
    ]


def test_a_changed_payload() -> None:
    found = differences(recording(*ask(call({"amount": 5}))), recording(*ask(call({"amount": 6}))))
    assert brief(found) == [("changed", "$.body.amount", 5, 6)]


def test_a_header_that_carries_intent() -> None:
    plain = call({"amount": 5})
    keyed = replace(plain, inputs={**plain.inputs, "headers": {"idempotency-key": "k1"}})
    other = replace(plain, inputs={**plain.inputs, "headers": {"idempotency-key": "k2"}})
    assert [d.path for d in differences(recording(*ask(keyed)), recording(*ask(other)))] == [
        "$.headers['idempotency-key']"
    ]


def test_another_method_or_host_is_another_call() -> None:
    left, right = recording(*ask(call({"a": 1}))), recording(*ask(call({"a": 1}, to=REFUND)))
    assert sorted(d.kind for d in differences(left, right)) == [Kind.EXTRA, Kind.MISSING]


def test_order_that_the_baseline_kept() -> None:
    def two(capture: int, refund: int) -> list[Event]:
        return ask(
            call({"a": 1}, at=START + capture),
            call({"a": 1}, seq=101, to=REFUND, at=START + refund),
        )

    found = differences(recording(*two(10, 50)), recording(*two(50, 10)))
    assert [(d.kind, d.path) for d in found] == [(Kind.ORDER, "$")]
    assert not differences(recording(*two(10, 15)), recording(*two(15, 10))), "they overlapped"


def test_order_also_counts_where_no_trace_is_forwarded() -> None:
    def two(capture: int, refund: int, other: int) -> list[Event]:
        return ask(
            call({"a": 1}, at=START + capture, by=None),
            call({"a": 1}, seq=101, to=REFUND, at=START + refund, by=None),
            call({"a": 2}, seq=102, at=START + other, by=None),
        )

    found = differences(recording(*two(10, 50, 90)), recording(*two(50, 10, 90)))
    assert [(d.kind, d.baseline) for d in found] == [
        (Kind.ORDER, ["POST pay.example/v1/captures", REFUND]),
    ]
    assert not differences(recording(*two(10, 15, 90)), recording(*two(15, 10, 90))), "they overlapped"


def test_order_counts_also_with_calls_of_another_stimulus_in_between() -> None:
    def three(capture: int, refund: int) -> list[Event]:
        asked = [request({"ok": n}, seq=n, ask=f"POST /v1/{n}", at=START, duration=100_000) for n in range(2)]
        return [
            *asked,
            call({"a": 1}, at=START + capture),
            call({"b": 1}, seq=101, to="POST pay.example/v1/quotes", at=START + 30, by=1),
            call({"a": 1}, seq=102, to=REFUND, at=START + refund),
        ]

    found = differences(recording(*three(10, 50)), recording(*three(50, 10)))
    assert [(d.kind, d.trace_id) for d in found] == [(Kind.ORDER, trace(0))]


def test_order_between_racing_stimuli_is_free() -> None:
    def two(by: int) -> list[Event]:
        asked = [request({"ok": n}, seq=n, ask=f"POST /v1/{n}", at=START, duration=100_000) for n in range(2)]
        first, second = (10, 50) if by == 0 else (50, 10)
        return [
            *asked,
            call({"a": 1}, at=START + first, by=by),
            call({"a": 1}, seq=101, to=REFUND, at=START + second, by=0),
        ]

    assert not differences(recording(*two(0)), recording(*two(1)))


def test_calls_of_several_stimuli_are_told_apart_by_their_trace() -> None:
    asked = [request({"n": n}, seq=n, ask="POST /v1/pay") for n in range(2)]
    left = recording(*asked, call({"key": uid(1)}, by=0), call({"key": uid(2)}, seq=101, by=1))
    right = recording(*asked, call({"key": uid(3), "odd": 1}, by=0), call({"key": uid(4)}, seq=101, by=1))
    assert [(d.kind, d.path, d.trace_id) for d in differences(left, right)] == [
        (Kind.EXTRA, "$.body.odd", trace(0))
    ]


def test_a_call_is_about_what_its_body_names_before_what_its_headers_do() -> None:
    def twice(number: int, times: int) -> list[Event]:
        made = call({"reference": uid(number)})
        keyed = replace(
            made, inputs={**made.inputs, "headers": {"authorization": f"Bearer {uid(number + 1)}"}}
        )
        said = request({"invoice": {"id": uid(number)}}, ask="POST /v1/pay", duration=100_000)
        return [said, *(replace(keyed, seq=100 + n) for n in range(times))]

    (found,) = differences(recording(*twice(10, 1)), recording(*twice(20, 2)))
    assert (found.kind, found.entity) == (Kind.DUPLICATE, "invoice#1")


def asked_twice() -> list[Event]:
    return [
        request({"n": n}, seq=n, ask=f"POST /v1/{'confirm' if n else 'create'}", at=START + n * SECOND)
        for n in range(2)
    ]


def test_a_call_that_another_stimulus_makes_now() -> None:
    found = differences(
        recording(*asked_twice(), call({"a": 1}, by=1)), recording(*asked_twice(), call({"a": 1}, by=0))
    )
    assert [(d.kind, d.baseline, d.candidate) for d in found] == [
        (Kind.ORDER, ["POST /v1/confirm"], ["POST /v1/create"])
    ]


def test_two_stimuli_that_call_once_are_not_one_that_calls_twice() -> None:
    left = recording(*asked_twice(), call({"a": 1}, by=0), call({"a": 1}, seq=101, by=1))
    right = recording(*asked_twice(), call({"a": 1}, by=0), call({"a": 1}, seq=101, by=0))
    assert [d.kind for d in differences(left, right)] == [Kind.ORDER]


def test_in_a_race_either_stimulus_may_call() -> None:
    def raced(by: int) -> Recording:
        asked = [
            request({"n": n}, seq=n, ask=f"POST /v1/{n}", at=START + n, duration=SECOND) for n in range(2)
        ]
        return recording(*asked, call({"a": 1}, by=by))

    assert not differences(raced(0), raced(1))


def test_order_counts_also_where_a_third_call_overlaps_both() -> None:
    def three(*spans: tuple[int, int]) -> Recording:
        names = ("captures", "quotes", "refunds")
        calls = [
            replace(
                call({"a": 1}, seq=100 + n, to=f"POST pay.example/v1/{name}", at=START + began),
                duration=ended - began,
            )
            for n, (name, (began, ended)) in enumerate(zip(names, spans, strict=True))
        ]
        return recording(request({"ok": 1}, duration=SECOND), *calls)

    found = differences(three((0, 10), (5, 100), (50, 60)), three((50, 60), (5, 100), (0, 10)))
    assert [(d.kind, d.baseline) for d in found] == [
        (Kind.ORDER, ["POST pay.example/v1/captures", "POST pay.example/v1/refunds"])
    ]
