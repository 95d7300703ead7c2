"""Killed at any moment: the clean-up, or the next run, leaves nothing, and a second gate never notices."""

import signal
import time

import pytest

from tests.integration.boxes import DB, Boxes
from tests.integration.harness import eventually
from tests.integration.notes import notes_bundle

pytestmark = pytest.mark.docker
STORE = "state: [{store: db, kind: postgres, service: db}]"
MOMENTS = (
    ("", 0.9),
    ("bring the sides up", 0.7),
    ("bring the sides up", 1.2),
    ("bring the sides up", 2.0),
    ("replay 2 scenarios", 0.0),
)
"""After which words of the gate, or from the start, and how many seconds later a run is killed."""


class Second:
    """A gate that runs all the time, in a world of its own, and passes each time."""

    def __init__(self, world: Boxes) -> None:
        self._world, self.passed = world, 0
        world.gate_yml(compose=STORE)
        world.both({"db": DB})
        notes_bundle(world.work / "bundle", scenarios=30, latency=500)
        self._process, self._folder = world.start()

    def goes_on(self) -> None:
        """Begin anew where it has ended; it must have passed."""
        if self._process.poll() is not None:
            self.end()
            self._process, self._folder = self._world.start()

    def end(self) -> None:
        _, err = self._process.communicate(timeout=90)
        assert self._process.returncode == 0, err
        self.passed += 1


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Second:
    return Second(Boxes(tmp_path_factory.mktemp("second")))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Boxes:
    """One world for all kills, as on a machine that many runs share."""
    made = Boxes(tmp_path_factory.mktemp("killed"))
    made.gate_yml("migrate: [{service: api, run: python app.py migrate}]", compose=STORE)
    made.both({"db": DB})
    return made


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["TERM", "KILL"])
def test_killed_at_five_moments(shared: Boxes, second: Second, number: signal.Signals) -> None:
    killed = under_way = 0
    for told, seconds in MOMENTS:
        second.goes_on()
        code, err, made = kill(shared, told, seconds, number)
        # As signals go: the gate may not have been awake enough to tell, or the run may have been over.
        assert code in {signal.SIGTERM: (3, 0, -15), signal.SIGKILL: (0, -9)}[number], err
        assert err.count("gate: interrupted") == (code == 3), err
        assert "Traceback" not in err or code == -15, err
        killed += code != 0
        under_way += made
        if number == signal.SIGTERM:
            assert eventually(lambda: not shared.leftovers()), (told, seconds, shared.leftovers())
        elif told.startswith("replay"):
            assert shared.run().code == 0
        else:
            assert shared.gate("clean").code == 0
        assert eventually(lambda: not shared.leftovers(), 2), (told, seconds, shared.leftovers())
    assert killed >= len(MOMENTS) - 1, "runs that were over before the signal came"
    assert under_way >= len(MOMENTS) // 2, "runs that had nothing in the engine"


def test_the_second_gate_never_noticed(second: Second) -> None:
    second.end()
    assert second.passed >= 1


def kill(world: Boxes, told: str, seconds: float, number: signal.Signals) -> tuple[int, str, bool]:
    """Kill a run at a moment: its exit code, what it said, and whether it had made anything in the engine by then."""
    process, _ = world.start()
    assert process.stderr is not None
    said = next((line for line in process.stderr if told in line), "") if told else ""
    time.sleep(seconds)
    made = bool(world.in_engine(process.pid))
    process.send_signal(number)
    err = said + process.stderr.read()
    return process.wait(timeout=60), err, made
