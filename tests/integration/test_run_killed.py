"""Killed at any moment: the clean-up, or the next run, leaves nothing, and a second gate never notices."""

import io
import json
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.harness import Done, World, eventually
from tests.integration.notes import notes_bundle

MOMENTS = (
    ("", 0.05),
    ("", 0.4),
    ("bring the sides up", 0.0),
    ("bring the sides up", 0.1),
    ("bring the sides up", 0.25),
    ("bring the sides up", 0.5),
    ("replay 2 scenarios", 0.0),
    ("replay 2 scenarios", 0.1),
    ("replayed 1/2", 0.0),
    ("wait until both sides", 0.0),
)
"""After which words of the gate, or from the start, and how many seconds later a run is killed."""


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
    notes_bundle(made.work / "long", scenarios=300, latency=500)
    return made


def git(world: World, *arguments: str) -> str:
    command = ["git", "-C", str(world.work), *arguments]
    return subprocess.run(command, env=world.env, check=True, capture_output=True, text=True).stdout


SIDES = ("--baseline", "main", "--candidate", "HEAD")


class Second:
    """A gate that runs all the time, and what it has made, which must stay."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._process, _ = world.start(*SIDES, "--bundle", "long")
        self._stderr = self._process.stderr or io.StringIO()
        assert any("replay 300 scenarios" in line for line in self._stderr)
        self.mine = self.seen()
        assert len(self.mine) > 5

    def seen(self) -> set[str]:
        """Everything of it, worktrees included."""
        return {*self._world.leftovers(), *git(self._world, "worktree", "list").splitlines()}

    def end(self) -> tuple[int, str]:
        self._process.send_signal(signal.SIGINT)
        err = self._stderr.read()
        return self._process.wait(timeout=60), err


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
def test_killed_at_ten_moments(shared: World, second: Second, number: signal.Signals) -> None:
    killed = under_way = 0
    for told, seconds in MOMENTS:
        code, err, made = kill(shared, second, told, seconds, number)
        # As signals go: the gate may not have been awake enough to tell, or the run may have been over.
        assert code in {signal.SIGTERM: (3, 0, -15), signal.SIGKILL: (0, -9)}[number], err
        assert err.count("gate: interrupted") == (code == 3), err
        assert "Traceback" not in err or code == -15, err
        killed += code != 0
        under_way += code != 0 and bool(made)
        if MOMENTS.index((told, seconds)) % 2:
            assert shared.run(*SIDES).code == 0
        else:
            assert shared.gate("clean").code == 0
        assert eventually(lambda: not late(shared, second)), (told, seconds, late(shared, second))
    assert killed >= 8, "runs that were over before the signal came"
    assert under_way >= 7, "runs that had nothing to leave behind"


def kill(
    world: World, second: Second, told: str, seconds: float, number: signal.Signals
) -> tuple[int, str, set[str]]:
    """Kill a run at a moment: its exit code, what it said, and what it had made by then."""
    process, _ = world.start(*SIDES)
    assert process.stderr is not None
    said = next((line for line in process.stderr if told in line), "") if told else ""
    time.sleep(seconds)
    made = late(world, second)
    process.send_signal(number)
    err = said + process.stderr.read()
    return process.wait(timeout=60), err, {path for path in made if path.endswith(".json")}


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
    killed = []
    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL):
        process, _ = world.start()
        time.sleep(1.2)
        process.send_signal(number)
        process.communicate(timeout=60)
        assert world.gate("clean").code == 0
        killed.append((process.returncode != 0, steady.poll() is None))
    assert killed.count((True, True)) >= 2, "killed while it ran, and beside the steady one"
    out, err = steady.communicate(timeout=90)
    assert steady.returncode == 0 and not Done(0, out, err, folder).errors, out + err
    result = Done(0, out, err, folder).result
    assert [one["verdict"] for one in result["scenarios"]] == ["IDENTICAL"] * 12
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
    left = world.work / ".gate" / "same"
    assert json.loads((left / "result.json").read_text())["verdict"] == "pass"
    assert (left / "report" / "index.html").read_text().endswith("</html>\n")


def test_clean_spares_what_it_does_not_know(world: World) -> None:
    runs = world.home / "state" / "replay-gate" / "runs"
    runs.mkdir(parents=True)
    for name, content in (("a", "{}"), ("b", "not json"), ("c", '{"boot": 1, "owner": "x"}'), ("d", "\xff")):
        (runs / f"{name}.json").write_text(content, encoding="latin-1")
    done = world.gate("clean")
    assert done.code == 0 and done.out.count("not a run file, left alone") == 4, done.out + done.err
    assert world.run().code == 0
    assert sorted(path.name for path in runs.iterdir()) == ["a.json", "b.json", "c.json", "d.json"]
    for path in runs.iterdir():
        path.unlink()
