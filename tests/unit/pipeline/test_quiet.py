"""The quiet that gate.yml asks for holds after every scenario."""

import time

from gate.model import Json, Side, SideKind, SideName
from gate.pipeline import State, run
from gate.ports import LiveSide, Request
from tests.fakes.events import recording, request
from tests.fakes.jobs import job
from tests.fakes.places import FakeEnvironment, FakeStore
from tests.fakes.playing import FakePlayback
from tests.fakes.sending import FakeSender

QUIET = 0.05


def test_a_scenario_begins_after_the_quiet_of_the_one_before() -> None:
    sent: dict[SideName, list[float]] = {name: [] for name in SideName}

    def live(name: SideName) -> LiveSide:
        def answer(_: Request) -> tuple[float, dict[str, Json]]:
            sent[name].append(time.monotonic())
            return 0.0, {"status": 200, "headers": {}, "body": {"json": {"a": 1}}}

        return LiveSide(
            side=Side(name=name, kind=SideKind.LIVE, ref="x"),
            environment=FakeEnvironment(holds={"db": FakeStore({"notes": []})}),
            sender=FakeSender(answer),
            playback=FakePlayback(),
        )

    one = recording([request(0, said={"a": 1})])
    sides = [live(name) for name in SideName]
    list(run(job({"a": one, "b": one, "c": one}, *sides, quiet=QUIET), State()))
    for moments in sent.values():
        first, second, third = moments
        assert second - first >= QUIET and third - second >= QUIET
