"""A run that is interrupted says nothing of what it left half done."""

import asyncio
import gc

import pytest

from gate.model import Side, SideKind, SideName
from gate.pipeline import State, run
from gate.ports import LiveSide, Request, Response
from tests.fakes.events import recording, request
from tests.fakes.jobs import job
from tests.fakes.places import FakeEnvironment, FakeStore
from tests.fakes.playing import FakePlayback
from tests.fakes.sending import FakeSender


class _Signalled(FakeSender):
    """Sends as a library does, in a task of its own; the signal comes while that is at work."""

    async def send(self, request: Request) -> Response:
        own = asyncio.create_task(self._write())
        await asyncio.sleep(1)
        return await own

    async def _write(self) -> Response:
        raise KeyboardInterrupt


def live(name: SideName) -> LiveSide:
    return LiveSide(
        side=Side(name=name, kind=SideKind.LIVE, ref="x"),
        environment=FakeEnvironment(holds={"db": FakeStore({"notes": []})}),
        sender=_Signalled(),
        playback=FakePlayback(),
    )


def test_what_a_signal_ended_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    one = recording([request(0, said={"a": 1})])
    with pytest.raises(KeyboardInterrupt):
        list(run(job({"one": one}, *map(live, SideName)), State()))
    gc.collect()
    assert not caplog.records, caplog.text
