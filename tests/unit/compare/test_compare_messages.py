"""Messages: a sequence for each key; inside a race, a total."""

from dataclasses import replace

from gate.model import Event, Json, Kind, Recording
from tests.unit.compare.build import SECOND, START, brief, differences, message, recording, request, uid


def said(*types: str, by: tuple[int, ...] = (), key: str = "k") -> Recording:
    """One stimulus for each message, one second apart unless ``by`` says otherwise."""
    makers = by or tuple(range(len(types)))
    events: list[Event] = [request({"ok": True}, seq=n, ask="POST /v1/x") for n in range(max(makers) + 1)]
    events += [
        message(
            {"type": kind, "key": key}, seq=300 + n, key=key, by=makers[n], at=START + makers[n] * SECOND + n
        )
        for n, kind in enumerate(types)
    ]
    return recording(*events)


def test_equal_sequences() -> None:
    assert not differences(said("a", "b", "c"), said("a", "b", "c"))


def test_a_lost_a_new_and_a_changed_message() -> None:
    left = said("a", "b", "c")
    assert [(d.kind, d.counts) for d in differences(left, said("a", "c", by=(0, 2)))] == [
        (Kind.MISSING, (1, 0))
    ]
    assert [(d.kind, d.counts) for d in differences(said("a", "c", by=(0, 2)), left)] == [
        (Kind.EXTRA, (0, 1))
    ]
    assert brief(differences(said("a", "b"), said("a", "z"))) == [("changed", "$.type", "b", "z")]


def test_a_repeated_message_says_how_often_and_which_stimuli_did_it() -> None:
    found = differences(said("a", "b", by=(0, 0)), said("a", "b", "b", by=(0, 0, 0)))
    assert [(d.kind, d.counts, d.triggers) for d in found] == [(Kind.DUPLICATE, (1, 2), ("POST /v1/x",))]


def test_order_of_one_key_counts() -> None:
    found = differences(said("a", "b"), said("b", "a", by=(0, 1)))
    assert [(d.kind, d.baseline, d.candidate) for d in found] == [(Kind.ORDER, ["a", "b"], ["b", "a"])]


def test_order_between_keys_is_free() -> None:
    def two(first: str, second: str) -> Recording:
        ids = {"x": uid(1), "y": uid(2)}
        asked = request({"x": ids["x"], "y": ids["y"]})
        both = [
            message({"key": ids[k], "type": k}, seq=300 + n, key=ids[k])
            for n, k in enumerate((first, second))
        ]
        return recording(asked, *both)

    assert not differences(two("x", "y"), two("y", "x"))


def race(*types: str, apart: int = 0) -> Recording:
    asked = [
        request({"n": n}, seq=n, ask="POST /v1/x", at=START + n * (100 + apart), duration=10_000)
        for n in range(2)
    ]
    told = [
        message({"type": kind, "key": "k"}, seq=300 + n, by=int(kind[-1]), at=START + 50 + n)
        for n, kind in enumerate(types)
    ]
    return recording(*asked, *told)


def test_inside_a_race_order_is_free_and_totals_are_not() -> None:
    assert not differences(race("a0", "b1"), race("b1", "a0"))
    assert [d.kind for d in differences(race("a0", "b1", apart=SECOND), race("b1", "a0", apart=SECOND))] == [
        Kind.ORDER
    ]
    assert [d.kind for d in differences(race("a0", "b1"), race("b1", "a0", "a0"))] == [Kind.DUPLICATE]


def test_a_racing_message_that_passes_one_from_outside_the_race_is_out_of_order() -> None:
    def raced(*types: str) -> Recording:
        after = request({"n": 2}, seq=2, ask="POST /v1/x", at=START + SECOND)
        late = message({"type": "late", "key": "k"}, seq=300 + types.index("late"), by=2, at=START + SECOND)
        both = race("a0", "b1")
        told = [
            late if kind == "late" else message({"type": kind, "key": "k"}, seq=300 + n, by=int(kind[-1]))
            for n, kind in enumerate(types)
        ]
        return recording(*both.stimuli, after, *told)

    assert not differences(raced("a0", "b1", "late"), raced("b1", "a0", "late"))
    assert [d.kind for d in differences(raced("a0", "b1", "late"), raced("a0", "late", "b1"))] == [Kind.ORDER]
    assert [d.kind for d in differences(raced("a0", "b1", "late"), raced("late", "b1", "a0"))] == [Kind.ORDER]


def test_an_order_that_changed_shows_no_raw_id() -> None:
    def two(ids: list[str]) -> Recording:
        told = [message({"ref": one, "key": "k"}, seq=300 + n) for n, one in enumerate(ids)]
        return recording(request({"x": sorted(ids)[0], "y": sorted(ids)[1]}), *told)

    found = differences(two([uid(1), uid(2)]), two([uid(4), uid(3)]))
    assert [d.kind for d in found] == [Kind.ORDER]
    assert "abcdef" not in str(found)


def test_two_messages_of_one_stimulus_keep_their_order_in_a_race_too() -> None:
    def told(*types: str) -> Recording:
        asked = [request({"n": n}, seq=n, at=START + n * 10, duration=SECOND) for n in range(2)]
        return recording(
            *asked, *(message({"type": kind, "key": "k"}, seq=300 + n) for n, kind in enumerate(types))
        )

    assert [d.kind for d in differences(told("paid", "closed"), told("closed", "paid"))] == [Kind.ORDER]


def test_which_message_was_deleted() -> None:
    def deleted(number: int) -> Recording:
        gone = message({}, seq=300)
        inputs: dict[str, Json] = {**gone.inputs, "before": {"type": "old", "n": number}}
        return recording(request({"ok": 1}), replace(gone, inputs=inputs, output=None))

    assert not differences(deleted(1), deleted(1))
    assert [d.path for d in differences(deleted(1), deleted(2))] == ["$['‹deleted›'].n"]
