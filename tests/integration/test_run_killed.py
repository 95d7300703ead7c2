"""Killed at any moment: the clean-up, or the next run, leaves nothing, and a second gate never notices."""

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.harness import World, eventually
from tests.integration.notes import notes_bundle

MOMENTS = (0.03, 0.11, 0.19, 0.28, 0.37, 0.46, 0.55, 0.66, 0.79, 0.93)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> World:
    """One world for all kills, as on a machine that many runs share; sides are commits, so there are worktrees."""
    made = World(tmp_path_factory.mktemp("killed"))
    made.settings()
    made.side("code", children=True)
    git(made, "init", "--quiet", "--initial-branch=main")
    (made.work / "gate.yml").write_text(
        (made.work / "gate.yml").read_text().replace("ready: /healthz", "cwd: code\n        ready: /healthz")
    )
    git(made, "add", ".")
    git(made, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "-m", "all")
    notes_bundle(made.work / "bundle", latency=100)
    notes_bundle(made.work / "long", scenarios=150, latency=500)
    return made


def git(world: World, *arguments: str) -> str:
    command = ["git", "-C", str(world.work), *arguments]
    return subprocess.run(command, env=world.env, check=True, capture_output=True, text=True).stdout


SIDES = ("--baseline", "main", "--candidate", "HEAD")


@pytest.fixture(scope="module")
def seconds(shared: World) -> float:
    """How long a run takes when nobody kills it."""
    began = time.monotonic()
    assert shared.run(*SIDES).code == 0
    return time.monotonic() - began


class Second:
    """A gate that runs all the time, and what it has made, which must stay."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._process, _ = world.start(*SIDES, "--bundle", "long", "--format", "json")
        eventually(lambda: any("/switches" in name or "app.py" in name for name in world.leftovers()), 30)
        time.sleep(1)
        self.mine = self.seen()
        assert len(self.mine) > 5

    def seen(self) -> set[str]:
        """Everything of it, worktrees included."""
        return {*self._world.leftovers(), *git(self._world, "worktree", "list").splitlines()}

    def end(self) -> tuple[int, str]:
        self._process.send_signal(signal.SIGINT)
        _, err = self._process.communicate(timeout=60)
        return self._process.returncode, err


@pytest.fixture(scope="module")
def second(shared: World) -> Iterator[Second]:
    """The second gate; it is ended by SIGINT, after which nothing of it may be left either."""
    gate = Second(shared)
    yield gate
    code, err = gate.end()
    assert code == 3 and "gate: interrupted" in err, err
    assert eventually(lambda: not shared.leftovers()), shared.leftovers()
    assert len(git(shared, "worktree", "list").splitlines()) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["TERM", "KILL"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_moment(
    shared: World, second: Second, seconds: float, moment: float, number: signal.Signals
) -> None:
    killed, _ = shared.start(*SIDES)
    time.sleep(moment * seconds)
    killed.send_signal(number)
    _, err = killed.communicate(timeout=60)
    # It may have been too early for the gate to notice, or, on a machine that is faster now, over.
    assert killed.returncode in {signal.SIGTERM: (3, 0, -15), signal.SIGKILL: (0, -9)}[number], err
    assert err.count("gate: ") == (killed.returncode == 3), err
    assert "Traceback" not in err or killed.returncode == -15, err
    if MOMENTS.index(moment) % 2:
        assert shared.run(*SIDES).code == 0
    else:
        assert shared.gate("clean").code == 0
    assert eventually(lambda: not late(shared, second)), late(shared, second)


def late(world: World, second: Second) -> set[str]:
    """What is there beside the second gate's things; those must all be there."""
    now = second.seen()
    assert second.mine <= now, f"the second gate lost {second.mine - now}"
    return now - second.mine


def test_second_gate_passes_beside_killed_ones(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.settings()
    world.side("baseline")
    world.side("candidate")
    notes_bundle(world.work / "bundle")
    notes_bundle(world.work / "long", scenarios=12, latency=400)
    steady, folder = world.start("--bundle", "long")
    for _ in range(2):
        killed, _ = world.start()
        time.sleep(1.2)
        killed.kill()
        killed.communicate()
        assert world.gate("clean").code == 0
    out, err = steady.communicate(timeout=90)
    assert steady.returncode == 0, out + err
    assert (folder / "result.json").exists()
    assert eventually(lambda: not world.leftovers()), world.leftovers()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP], ids=["INT", "HUP"])
def test_interrupted_while_a_side_hangs_at_start(world: World, number: signal.Signals) -> None:
    world.side("candidate", start="hang")
    process, _ = world.start()
    time.sleep(2)
    began = time.monotonic()
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 3 and err.count("gate: ") == 1, err
    assert time.monotonic() - began < 10  # and not only when the 20 s for the start are over


def test_two_runs_in_one_folder_at_once(world: World) -> None:
    arguments = ("--out", ".gate/same")
    both = [world.start(*arguments)[0] for _ in range(2)]
    said = [process.communicate(timeout=90) for process in both]
    assert [process.returncode for process in both] == [0, 0], said


def test_clean_spares_what_it_does_not_know(world: World) -> None:
    runs = world.home / "state" / "replay-gate" / "runs"
    runs.mkdir(parents=True)
    for name, content in (("a", "{}"), ("b", "not json"), ("c", '{"boot": 1, "owner": "x"}'), ("d", "\xff")):
        (runs / f"{name}.json").write_text(content, encoding="latin-1")
    done = world.gate("clean")
    assert done.code == 0 and done.out.count("left alone") == 4, done.out + done.err
    assert world.run().code == 0
    for path in runs.iterdir():
        path.unlink()
