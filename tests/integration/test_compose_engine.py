"""An engine that restarts, goes away or hangs while the gate uses it: exit code 3, one line, and all can be cleaned up.

The engine itself is never touched: a socket before it goes dead, and the containers of the test's own gate are killed.
"""

import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.integration.boxes import DB, Boxes, Wire, engine, owned
from tests.integration.harness import eventually
from tests.integration.notes import notes_bundle

pytestmark = pytest.mark.docker


def slow_world(folder: Path) -> Boxes:
    """One with a database, and with scenarios that take their time."""
    made = Boxes(folder)
    made.gate_yml(compose="state: [{store: db, kind: postgres, service: db}]", answer="3s")
    made.both({"db": DB})
    notes_bundle(made.work / "bundle", scenarios=4, latency=500)
    return made


@pytest.fixture(scope="module", autouse=True)
def beside(
    tmp_path_factory: pytest.TempPathFactory,
) -> "Iterator[Future[tuple[list[int], list[str], float, list[str]]]]":
    """What takes its time, since it waits for an engine that never answers, and so runs beside all the others."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        yield pool.submit(silent, tmp_path_factory.mktemp("silent"))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Boxes]:
    made = slow_world(tmp_path)
    yield made
    assert made.gate("clean").code == 0
    assert eventually(lambda: not made.leftovers()), made.leftovers()


@pytest.fixture
def wire(tmp_path: Path, world: Boxes) -> Iterator[Wire]:
    made = Wire(tmp_path / "docker.sock")
    yield made
    made.cut()


def kill_all(world: Boxes) -> None:
    """As an engine does that goes down: one after the other, the services under test first."""
    with engine() as client:
        mine = [one for one in client.containers.list(ignore_removed=True) if owned(one, world.pids)]
        for one in sorted(mine, key=lambda one: "-api-" not in str(one.name)):
            one.kill()


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [
        pytest.param("bring the sides up", 1.5, id="while it comes up"),
        pytest.param("replayed 2/4", 0.0, id="in the middle"),
    ],
)
def test_restarted(world: Boxes, wire: Wire, moment: str, seconds: float) -> None:
    def restart(_: int) -> None:
        time.sleep(seconds)
        wire.cut()
        kill_all(world)
        wire.mend()

    done = world.run_until(moment, restart, env={"DOCKER_HOST": wire.host})
    assert done.code == 3 and len(done.errors) == 1 and "Traceback" not in done.err, done.err
    assert done.result["verdict"] == "inconclusive"


def test_containers_killed_while_the_engine_answers(world: Boxes) -> None:
    """The service under test goes first, and is not blamed for it."""
    done = world.run_until("replayed 2/4", lambda _: kill_all(world))
    assert done.code == 3 and len(done.errors) == 1, done.err


def test_gone_for_good(world: Boxes, wire: Wire) -> None:
    done = world.run_until("replayed 2/4", lambda _: wire.cut(), env={"DOCKER_HOST": wire.host})
    assert done.code == 3 and len(done.errors) == 1 and "Docker engine" in done.errors[0], done.err
    assert world.in_engine(), "nothing could be removed"


def silent(folder: Path) -> tuple[list[int], list[str], float, list[str]]:
    """Gates whose engine hangs from the start, in the middle, and when they are interrupted: how they end, how soon."""
    world = slow_world(folder)
    wires = [Wire(folder / f"{name}.sock") for name in ("first", "later", "asked")]
    wires[0].hang()
    running = [world.start(env={"DOCKER_HOST": wire.host})[0] for wire in wires]
    for process, wire in zip(running[1:], wires[1:], strict=True):
        assert process.stderr is not None
        assert any("replayed 2/4" in line for line in process.stderr)
        wire.hang()
    began = time.monotonic()
    running[2].send_signal(signal.SIGTERM)
    said = [process.communicate(timeout=90)[1] for process in running]
    seconds = time.monotonic() - began
    for wire in wires:
        wire.cut()
    said.append(world.gate("clean").err)
    eventually(lambda: not world.leftovers())
    return [process.returncode for process in running], said, seconds, world.leftovers()


def test_silent(beside: "Future[tuple[list[int], list[str], float, list[str]]]") -> None:
    codes, said, seconds, left = beside.result()
    assert codes == [3, 3, 3], said
    assert [text.count("gate: ") for text in said] == [1, 1, 1, 0], said
    assert not any("Traceback" in text for text in said), said
    assert seconds < 60 and not left
