"""The attack: real recordings, spoilt in one place at a time. What is compared must be seen."""

import random
import re
from itertools import chain

import pytest

from gate.compare import compare
from gate.identity import given, marks, texts
from gate.model import Channel, Comparison, Difference, Json, Recording
from tests.unit.compare.perturb import COMPARED, HEADERS, RULES, Spoilt, billing, compared, elsewhere, spoil

SMALL = ("bad-requests", "catalogue-and-report")
"""Every leaf and every way to spoil it; of the other scenarios a sample, since all take minutes."""
SAMPLE = 25


def against(left: Recording, right: Recording) -> Comparison:
    return compare(left, right, RULES, HEADERS)


def sampled(scenario: str, recording: Recording) -> list[Spoilt]:
    found = list(spoil(recording))
    if scenario in SMALL:
        return found
    return random.Random(scenario).sample(found, SAMPLE)


@pytest.mark.parametrize("scenario", sorted(billing()))
def test_the_same_is_the_same(scenario: str) -> None:
    recording = billing()[scenario]
    result = against(recording, recording)
    assert (result.differences, result.renamed) == ((), 0)
    assert result.equal == result.leaves > 0


@pytest.mark.parametrize("scenario", sorted(billing()))
@pytest.mark.parametrize("shift", [1234, 86_400_000_000 * 3], ids=["soon", "days-later"])
def test_other_ids_numbers_and_times_are_no_difference(scenario: str, shift: int) -> None:
    recording = billing()[scenario]
    result = against(recording, elsewhere(recording, by=shift))
    assert result.differences == ()
    assert result.equal == result.leaves
    assert not result.suppressed


@pytest.mark.parametrize("scenario", sorted(billing()))
@pytest.mark.parametrize("other", [False, True], ids=["same-ids", "other-ids"])
def test_whatever_is_spoilt_is_seen(scenario: str, other: bool) -> None:
    recording = billing()[scenario]
    candidate = elsewhere(recording) if other else recording
    unseen = [
        spoilt.what
        for spoilt in sampled(scenario, candidate)
        if not against(recording, spoilt.recording).differences
    ]
    assert unseen == []


@pytest.mark.parametrize("scenario", sorted(billing()))
def test_an_event_that_kept_the_ids_of_the_baseline_is_seen(scenario: str) -> None:
    recording = billing()[scenario]
    other = elsewhere(recording, by=0)
    known = given(recording)
    for index, event in enumerate(recording.events):
        if compared(event) is None or event.channel is Channel.REQUEST:
            continue
        mixed = Recording(
            header=other.header, events=(*other.events[:index], event, *other.events[index + 1 :])
        )
        shared = sum(bool(_ids(event.output) - known & _ids(one.output)) for one in recording.events)
        if _ids(event.output) - known and shared > 1:
            assert against(recording, mixed).differences, f"{event.channel}#{event.seq}"


@pytest.mark.parametrize("scenario", sorted(billing()))
def test_evidence_shows_no_generated_id_and_no_time(scenario: str) -> None:
    recording = billing()[scenario]
    candidate = elsewhere(recording)
    known = given(recording) | given(candidate)
    generated = {
        mark.text
        for event in chain(recording.events, candidate.events)
        if event.channel in COMPARED
        for text in chain(texts(dict(event.inputs)), texts(dict(event.output or {})))
        for mark in marks(text)
    } - known
    for spoilt in random.Random(scenario).sample(list(spoil(candidate)), 15):
        if re.match(r"request.* lost$", spoilt.what):
            continue  # a stimulus is always sent; where it is not, its answer's ids are given to the next
        for difference in against(recording, spoilt.recording).differences:
            for text in _shown(difference):
                assert not {value for value in generated if value in text}, (spoilt.what, text)
                times = {mark.text for mark in marks(text) if mark.is_time}
                assert times <= known, (spoilt.what, text)


def _ids(content: object) -> set[str]:
    return {mark.text for text in texts(content) for mark in marks(text) if not mark.is_time}  # type: ignore[arg-type]


def _shown(difference: Difference) -> list[str]:
    shown: list[Json] = [difference.baseline, difference.candidate]
    return [difference.path, difference.operation, str(difference.entity), *texts(shown)]
