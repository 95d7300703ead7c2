"""Which recorded answer a live call gets."""

from collections.abc import Mapping

import pytest

from gate.model import Event, Json
from gate.playback import Tape
from gate.ports import Answer, Played
from tests.fakes.events import TRACE, recording, request

A, B = "0b8f6f0e-5b0a-4e0e-9d5c-00000000000a", "0b8f6f0e-5b0a-4e0e-9d5c-00000000000b"
LIVE_A, LIVE_B = "77777777-5b0a-4e0e-9d5c-00000000000a", "77777777-5b0a-4e0e-9d5c-00000000000b"


def call(seq: int, path: str = "/pay", asked: Json = None, said: Json = None, **more: object) -> Event:
    return request(seq, "POST", path, host="bank.example", asked=asked, said=said, **more)  # type: ignore[arg-type]


def tape(*calls: Event, scenario: str = "one", current: str | None = "one") -> Tape:
    made = Tape([recording(calls, scenario)])
    made.current = current
    return made


def said(answer: Answer) -> Json:
    body = answer.output["body"]
    assert isinstance(body, dict)
    return body["json"]


def test_exact() -> None:
    answer = tape(call(0, asked={"amount": 5}, said={"n": 1}, lasts=7000)).play(call(9, asked={"amount": 5}))
    assert (answer.how, said(answer), answer.latency, answer.scenario) == (
        Played.RECORDED,
        {"n": 1},
        7000,
        "one",
    )


def test_changed_payload_gets_the_nearest_answer() -> None:
    answer = tape(call(0, asked={"amount": 5}, said={"n": 1})).play(call(9, asked={"amount": 6}))
    assert (answer.how, said(answer)) == (Played.CHANGED, {"n": 1})


def test_beyond_gets_the_last_answer_again() -> None:
    made = tape(call(0, asked={"a": 1}, said={"n": 1}), call(1, asked={"a": 1}, said={"n": 2}))
    got = [made.play(call(9, asked={"a": 1})) for _ in range(4)]
    assert [one.how for one in got] == [Played.RECORDED, Played.RECORDED, Played.BEYOND, Played.BEYOND]
    assert [said(one) for one in got] == [{"n": 1}, {"n": 2}, {"n": 2}, {"n": 2}]


def test_beyond_stays_with_its_own_key() -> None:
    made = tape(call(0, asked={"a": 1}, said={"n": 1}), call(1, asked={"a": 2}, said={"n": 2}))
    for amount in (1, 2):
        made.play(call(9, asked={"a": amount}))
    assert said(made.play(call(9, asked={"a": 1}))) == {"n": 1}


def test_unexpected() -> None:
    answer = tape(call(0)).play(call(9, "/other"))
    assert (answer.how, answer.output["status"], answer.scenario) == (Played.UNEXPECTED, 599, "one")


@pytest.mark.parametrize(
    ("recorded", "live", "how"),
    [
        pytest.param({"query": "a=1&b=2"}, {"query": "b=2&a=1"}, Played.RECORDED, id="order of the query"),
        pytest.param({"query": "a=1"}, {"query": "a=2"}, Played.CHANGED, id="another query"),
        pytest.param(
            {"asked": {"a": 1, "b": 2}}, {"asked": {"b": 2, "a": 1}}, Played.RECORDED, id="order of keys"
        ),
        pytest.param({"asked": {"id": A}}, {"asked": {"id": LIVE_A}}, Played.RECORDED, id="another id"),
        pytest.param(
            {"path": f"/x/{A}"}, {"path": f"/x/{LIVE_A}"}, Played.RECORDED, id="another id in the path"
        ),
        pytest.param({"asked": {"a": 1}}, {"asked": {"a": True}}, Played.CHANGED, id="another type"),
        pytest.param({"asked": {"a": 1}}, {}, Played.CHANGED, id="no body"),
    ],
)
def test_match(recorded: Mapping[str, Json], live: Mapping[str, Json], how: Played) -> None:
    assert tape(call(0, **recorded)).play(call(9, **live)).how is how  # type: ignore[arg-type]


def test_known_ids_tell_equal_calls_apart() -> None:
    made = tape(
        request(0, "POST", "/notes", said={"a": A, "b": B}),
        call(1, asked={"id": A}, said={"for": "a"}, at=5),
        call(2, asked={"id": B}, said={"for": "b"}, at=6),
    )
    made.learn("one", {A: LIVE_A, B: LIVE_B})
    assert said(made.play(call(9, asked={"id": LIVE_B}))) == {"for": "b"}
    assert said(made.play(call(9, asked={"id": LIVE_A}))) == {"for": "a"}


def test_answers_speak_of_live_ids() -> None:
    made = tape(
        request(0, "POST", "/notes", said={"id": A}),
        call(1, asked={"id": A}, said={"of": A, "is": "pi_7"}, at=5),
    )
    made.learn("one", {A: LIVE_A})
    assert said(made.play(call(9, asked={"id": LIVE_A}))) == {"of": LIVE_A, "is": "pi_7"}


def test_calls_teach_ids() -> None:
    made = tape(request(0, "POST", "/notes"), call(1, asked={"key": A}, said={"key": A}, at=5, lasts=5))
    assert said(made.play(call(9, asked={"key": LIVE_A}))) == {"key": LIVE_A}
    assert made.learned("one") == {A: LIVE_A}
    assert made.learned("one") == {}


DIGEST = "5f3a9c0e7b1d24685f3a9c0e7b1d2468"


@pytest.mark.parametrize(
    ("recorded", "live"),
    [
        pytest.param(
            {"query": f"api_key={DIGEST}&q=1"}, {"query": "q=1&api_key=raw"}, id="a digest in the query"
        ),
        pytest.param({"query": "api_key=[redacted:K]"}, {"query": "api_key=raw"}, id="a marker in the query"),
        pytest.param(
            {"headers": {"authorization": f"Bearer {DIGEST}", "cookie": f"a={DIGEST}"}},
            {"headers": {"authorization": "Bearer raw", "cookie": "a=raw"}},
            id="headers",
        ),
        pytest.param({"headers": {"x-api-key": "[redacted]"}}, {}, id="one that is gone"),
    ],
)
def test_credentials_do_not_count(recorded: Mapping[str, Json], live: Mapping[str, Json]) -> None:
    made = tape(call(0, said={"n": 1}, **recorded))  # type: ignore[arg-type]
    assert made.play(call(9, **live)).how is Played.RECORDED  # type: ignore[arg-type]


def test_no_credential_is_learned() -> None:
    before: dict[str, Json] = {"authorization": f"Bearer {DIGEST}", "x-auth-token": A, "idempotency-key": B}
    now: dict[str, Json] = {"authorization": f"Bearer {'7' * 20}beef", "x-auth-token": LIVE_A}
    made = tape(call(0, query=f"token={A}", headers=before))
    made.play(call(9, query=f"token={LIVE_A}", headers={**now, "idempotency-key": LIVE_B}))
    assert made.learned("one") == {B: LIVE_B}


def two_scenarios() -> Tape:
    recordings = [
        recording([request(0, trace=TRACE.format(n)), call(1, said={"n": n})], name)
        for n, name in enumerate(("one", "two"), 1)
    ]
    return Tape(recordings)


def test_a_trace_names_the_scenario() -> None:
    made = two_scenarios()
    made.current = "one"
    answer = made.play(call(9, trace=TRACE.format(2)))
    assert (answer.scenario, said(answer)) == ("two", {"n": 2})


def test_without_a_trace_it_is_the_scenario_at_hand() -> None:
    made = two_scenarios()
    made.current = "two"
    assert made.play(call(9, trace="f" * 32)).scenario == "two"
    assert made.play(call(9)).how is Played.BEYOND  # and none is borrowed from another scenario


def test_before_any_scenario_a_miss_belongs_to_none() -> None:
    assert two_scenarios().play(call(9, "/startup")).scenario is None
