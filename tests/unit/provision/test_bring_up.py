"""Whose fault it is when a side does not come up."""

import pytest

from gate.errors import CandidateError, GateError, InconclusiveError
from gate.model import SideName
from gate.ports import StartError
from gate.provision import bring_up
from tests.fakes.places import FakeEnvironment

BASELINE, CANDIDATE = SideName.BASELINE, SideName.CANDIDATE
BROKEN = {"start": StartError("api: ended")}
NO_PORT = {"start": InconclusiveError("api: port taken")}


def test_each_step_in_order() -> None:
    sides = {name: FakeEnvironment() for name in SideName}
    bring_up(sides, {})
    assert all(side.steps == ["restore", "migrate", "start"] for side in sides.values())


@pytest.mark.parametrize(
    ("baseline", "candidate", "kind", "text"),
    [
        pytest.param(BROKEN, {}, InconclusiveError, "baseline: api: ended", id="baseline"),
        pytest.param({}, BROKEN, CandidateError, "candidate: api: ended", id="candidate"),
        pytest.param(BROKEN, BROKEN, InconclusiveError, "baseline: api: ended", id="both"),
        pytest.param(NO_PORT, BROKEN, InconclusiveError, "baseline: api: port taken", id="port, baseline"),
        pytest.param({}, NO_PORT, InconclusiveError, "candidate: api: port taken", id="port, candidate"),
        pytest.param({}, {"migrate": StartError("m")}, CandidateError, "candidate: m", id="migration"),
    ],
)
def test_blame(
    baseline: dict[str, BaseException],
    candidate: dict[str, BaseException],
    kind: type[GateError],
    text: str,
) -> None:
    sides = {BASELINE: FakeEnvironment(fails=baseline), CANDIDATE: FakeEnvironment(fails=candidate)}
    with pytest.raises(kind) as error:
        bring_up(sides, {})
    assert str(error.value) == text and type(error.value) is kind


def test_a_bug_stays_one() -> None:
    with pytest.raises(ZeroDivisionError):
        bring_up({CANDIDATE: FakeEnvironment(fails={"restore": ZeroDivisionError()})}, {})
