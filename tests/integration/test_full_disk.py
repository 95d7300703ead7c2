"""A disk without room: the gate could not judge, says where in one line, and leaves nothing half-written."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.disk import Disk, ways
from tests.integration.harness import Done, World, eventually, processes_of
from tests.integration.notes import notes_bundle

SIDES = ("--baseline", "baseline", "--candidate", "candidate")


@pytest.fixture(params=ways())
def disk(world: World, request: pytest.FixtureRequest) -> Iterator[Disk]:
    made = Disk(world.home / "full", request.param)
    yield made
    made.close()


def said(done: Done, *words: str) -> None:
    """Exit code 3, and one line, which names these."""
    assert done.code == 3, done.out + done.err
    assert len(done.errors) == 1 and "Traceback" not in done.out + done.err, done.err
    for word in words:
        assert word in done.errors[0], done.errors[0]


def test_out_that_fills_while_the_gate_runs(world: World, disk: Disk) -> None:
    out = disk.folder / "out"
    done = world.run_until("replay 2 scenarios", disk.fill, "--out", str(out))
    said(done, str(out), disk.says, "--out")
    assert not (out / "result.json").exists()


def test_out_that_is_full_when_the_report_is_written(world: World, disk: Disk) -> None:
    """The logs have found room, and the files of an earlier run do not pass for this one's."""
    out = disk.folder / "out"
    assert world.run("--out", str(out)).code == 0

    def fill(pid: int) -> None:
        for log in (
            out / "logs" / side / f"{name}.log" for side in SIDES[1::2] for name in ("api", "migrate-api")
        ):
            log.parent.mkdir(parents=True, exist_ok=True)
            log.unlink(missing_ok=True)
            log.symlink_to("/dev/null")
        disk.fill(pid)

    done = world.run_until("replay 2 scenarios", fill, "--out", str(out))
    said(done, str(out), disk.says, "--out", "the verdict was pass")
    assert not [name for name in disk.left() if "/logs/" not in name]


@pytest.mark.parametrize("moment", ["at first", "later"])
def test_state_folder(world: World, disk: Disk, moment: str) -> None:
    state = disk.folder / "state"
    state.mkdir()
    env = {"XDG_STATE_HOME": str(state)}
    if moment == "at first":
        done = world.gate("run", *SIDES, "--out", str(world.home / "out"), env=env, first=disk.fill)
    else:
        done = world.run_until("bring the sides up", disk.fill, env=env)
    # With a limit, later, the report cannot be written either, which is what is said then.
    said(
        done,
        disk.says,
        *(["--out"] if (disk.mounted, moment) == (False, "later") else [str(state), "XDG_STATE_HOME"]),
    )
    assert not disk.left()


def services_in(folder: Path) -> list[int]:
    return [int(one.partition(":")[0]) for one in processes_of(folder) if "app.py" in one]


def test_temporary_folder_that_fills_while_the_services_write(world: World, disk: Disk) -> None:
    notes_bundle(world.work / "long", scenarios=4, latency=200)
    env = {"TMPDIR": str(disk.folder)}

    def fill(_: int) -> None:
        disk.fill(*services_in(disk.folder))

    done = world.run_until("replay 4 scenarios", fill, "--bundle", "long", env=env)
    said(done, *([str(disk.folder), "TMPDIR"] if disk.mounted else []))
    assert done.result["verdict"] == "inconclusive" and "PASS" not in done.out
    assert not disk.left()


def test_disk_that_fills_before_the_candidate_writes_is_not_its_fault(world: World, disk: Disk) -> None:
    """The baseline was faster. Of a limit the gate cannot know, so there the baseline must not come through either."""
    world.side("candidate", slow=1.5)
    env = {"TMPDIR": str(disk.folder)}

    def fill(_: int) -> None:
        log = next(disk.folder.rglob("baseline/logs")) / "api.log"
        if disk.mounted:
            assert eventually(lambda: "POST /notes" in log.read_text())
        disk.fill(*services_in(disk.folder))

    done = world.run_until("replay 1 scenarios", fill, "--scenario", "note-1", env=env)
    said(done, *([str(disk.folder), "TMPDIR"] if disk.mounted else []))
    assert done.result["verdict"] == "inconclusive" and not disk.left()


@pytest.mark.parametrize("there", [False, True], ids=["new", "in place of another"])
def test_packing(world: World, disk: Disk, there: bool) -> None:
    target = disk.folder / "bundle.repro"
    if there:
        assert world.gate("bundle", "pack", "bundle", "-o", str(target)).code == 0
    before = {path: Path(path).read_bytes() for path in disk.left()}
    notes_bundle(world.work / "other", scenarios=3)
    done = world.gate("bundle", "pack", "other", "-o", str(target), first=disk.fill)
    said(done, "bundle.repro", disk.says)
    assert {path: Path(path).read_bytes() for path in disk.left()} == before


def test_unpacking(world: World, disk: Disk) -> None:
    assert world.gate("bundle", "pack", "bundle", "-o", "bundle.repro").code == 0
    target = disk.folder / "unpacked"
    done = world.gate("bundle", "unpack", "bundle.repro", str(target), first=disk.fill)
    said(done, disk.says)
    assert not target.exists() and not list(disk.folder.glob(".gate-*"))


def test_files_of_a_comparison(world: World, disk: Disk) -> None:
    assert world.gate("bundle", "pack", "bundle", "-o", "bundle.repro").code == 0
    out = disk.folder / "out"
    done = world.gate("compare", "bundle.repro", "bundle.repro", "--out", str(out), first=disk.fill)
    said(done, str(out), disk.says, "--out")
    assert not disk.left()
