"""The schedule keeps what the recording says of order and overlap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.config import Stimuli
from gate.model import Event
from gate.replay import schedule
from tests.fakes.events import request

SPANS = st.lists(
    st.tuples(st.integers(0, 60), st.one_of(st.just(0), st.integers(0, 40))), min_size=0, max_size=9
)
FAST, RECORDED = Stimuli(to="api"), Stimuli(to="api", pace="recorded")
SERIAL = Stimuli(to="api", order="serial")


def stimuli(spans: list[tuple[int, int]]) -> list[Event]:
    return [request(n, at=1000 + at, lasts=lasts) for n, (at, lasts) in enumerate(spans)]


def played(events: list[Event], rules: Stimuli) -> dict[int, tuple[int, int, int]]:
    """When each would be sent and answered if answers took as long as recorded, and when its group began."""
    told: dict[int, tuple[int, int, int]] = {}
    now = 0
    for group in schedule(events, rules):
        begins = max(now, group.begins)
        for step in group.steps:
            assert step.index not in step.after
            sent = max([begins + step.offset, *(told[other][1] for other in step.after)])
            told[step.index] = (sent, sent + step.event.duration, begins)
        now = max(told[step.index][1] for step in group.steps)
    assert sorted(told) == list(range(len(events)))
    return told


@given(SPANS)
def test_nothing_is_sent_before_what_had_ended_has_been_answered(spans: list[tuple[int, int]]) -> None:
    events = stimuli(spans)
    told = played(events, FAST)
    for a, before in enumerate(events):
        for b, after in enumerate(events):
            if a != b and before.ended_at <= after.started_at and before.started_at < after.started_at:
                assert told[a][1] <= told[b][0]


@given(SPANS)
def test_offsets_in_a_group_are_kept(spans: list[tuple[int, int]]) -> None:
    events = stimuli(spans)
    for group in schedule(events, FAST):
        first = group.steps[0].event.started_at
        assert [step.offset for step in group.steps] == [s.event.started_at - first for s in group.steps]
        assert group.begins == 0


@given(SPANS)
def test_the_recorded_pace_gives_the_recorded_times(spans: list[tuple[int, int]]) -> None:
    events = stimuli(spans)
    first = min((event.started_at for event in events), default=0)
    for index, (sent, _, _) in played(events, RECORDED).items():
        assert sent == events[index].started_at - first


@given(SPANS)
def test_those_that_overlapped_are_together(spans: list[tuple[int, int]]) -> None:
    events = stimuli(spans)
    groups = {step.index: n for n, group in enumerate(schedule(events, FAST)) for step in group.steps}
    for a, one in enumerate(events):
        for b, other in enumerate(events):
            if one.started_at < other.started_at < one.ended_at:
                assert groups[a] == groups[b]


@given(SPANS)
def test_serial_sends_one_at_a_time(spans: list[tuple[int, int]]) -> None:
    assert all(len(group.steps) == 1 for group in schedule(stimuli(spans), SERIAL))


@pytest.mark.parametrize(
    ("spans", "groups"),
    [
        pytest.param([(0, 10), (10, 10)], [[0], [1]], id="one after the other"),
        pytest.param([(0, 10), (9, 10)], [[0, 1]], id="overlapping"),
        pytest.param([(0, 30), (5, 5), (12, 5)], [[0, 1, 2]], id="two within a third"),
        pytest.param([(5, 0), (0, 10)], [[1, 0]], id="of no length, within another"),
        pytest.param([(0, 10), (5, 0), (5, 0)], [[0, 1, 2]], id="two of no length at once"),
        pytest.param([], [], id="none"),
    ],
)
def test_groups(spans: list[tuple[int, int]], groups: list[list[int]]) -> None:
    found = [[step.index for step in group.steps] for group in schedule(stimuli(spans), FAST)]
    assert found == groups


def test_a_step_waits_only_for_earlier_ones() -> None:
    (group,) = schedule(stimuli([(0, 10), (5, 0), (5, 0)]), FAST)
    assert [step.after for step in group.steps] == [(), (), (1,)]
