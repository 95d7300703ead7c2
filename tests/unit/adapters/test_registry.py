"""The ledger of a run, with real processes: what is dead goes, what lives stays."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gate.adapters.processes import boot_id, born, end_session
from gate.adapters.registry import RunFile, clean

SLEEP = "import time; time.sleep(120)"
Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts Python in a session of its own; whatever is left at the end goes."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(code: str = SLEEP, *arguments: str, **more: object) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-c", code, *arguments]
        made = subprocess.Popen(command, start_new_session=True, **more)  # type: ignore[call-overload]
        started.append(made)
        return made  # type: ignore[no-any-return]

    yield begin
    for process in started:
        end_session(process.pid, born(process.pid))
        process.wait(timeout=20)


def gone(pid: int) -> bool:
    deadline = time.monotonic() + 20
    while born(pid) is not None and time.monotonic() < deadline:
        time.sleep(0.02)
    return born(pid) is None


def dead_owner(path: Path) -> None:
    """Make a run file one whose owner has died."""
    content = json.loads(path.read_text())
    content["born"] -= 1
    path.write_text(json.dumps(content))


def test_finish_removes_what_was_entered(tmp_path: Path, start: Start) -> None:
    run = RunFile(tmp_path / "runs", "one")
    process = start()
    run.add_process(process.pid)
    run.add_directory(tmp_path / "scratch")
    (tmp_path / "scratch" / "deep").mkdir(parents=True)
    run.finish()
    assert process.wait(timeout=20) == -9
    assert not (tmp_path / "scratch").exists() and not list((tmp_path / "runs").iterdir())


def test_clean_spares_the_living(tmp_path: Path, start: Start) -> None:
    run = RunFile(tmp_path, "one")
    process = start()
    run.add_process(process.pid)
    assert list(clean(tmp_path)) == [] and born(process.pid)
    dead_owner(tmp_path / "one.json")
    assert list(clean(tmp_path)) == ["removed what run one had left behind"]
    assert process.wait(timeout=20) == -9 and list(clean(tmp_path)) == []


def test_a_number_that_was_given_out_again_is_left_alone(tmp_path: Path, start: Start) -> None:
    process = start()
    birth = born(process.pid)
    assert birth is not None
    end_session(process.pid, birth - 1)
    assert process.poll() is None
    content = {"owner": 1, "born": 0, "boot": boot_id(), "processes": [[process.pid, birth - 1]]}
    (tmp_path / "old.json").write_text(json.dumps({**content, "directories": [], "worktrees": []}))
    assert len(list(clean(tmp_path))) == 1 and process.poll() is None


def test_another_boot_has_no_processes_here(tmp_path: Path, start: Start) -> None:
    process = start()
    (tmp_path / "scratch").mkdir()
    content = {
        "owner": os.getpid(),
        "born": born(os.getpid()),
        "boot": "another",
        "processes": [[process.pid, born(process.pid)]],
        "directories": [str(tmp_path / "scratch")],
        "worktrees": [],
    }
    (tmp_path / "old.json").write_text(json.dumps(content))
    assert len(list(clean(tmp_path))) == 1
    assert process.poll() is None and not (tmp_path / "scratch").exists()


def test_children_go_with_a_leader_that_is_gone(tmp_path: Path, start: Start) -> None:
    code = (
        f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {SLEEP!r}]).pid, flush=True)"
    )
    leader = start(code, stdout=subprocess.PIPE)
    assert leader.stdout is not None
    child = int(leader.stdout.readline())
    leader.wait(timeout=20)
    assert born(child)
    end_session(leader.pid, None)
    assert gone(child)


@pytest.mark.parametrize("by", ["environment", "argument", "folder", "output"])
def test_what_was_started_and_not_entered_goes_too(tmp_path: Path, start: Start, by: str) -> None:
    folder = tmp_path / "gate-1"
    folder.mkdir()
    run = RunFile(tmp_path / "runs", "one")
    run.add_directory(folder)
    with (folder / "log").open("wb") as log:
        process = {
            "environment": lambda: start(env={"DB": f"{folder}/db"}),
            "argument": lambda: start(SLEEP, f"--db={folder}/db"),
            "folder": lambda: start(cwd=folder),
            "output": lambda: start(stdout=log),
        }[by]()
    bystander = start(SLEEP, str(tmp_path))
    time.sleep(0.2)  # until the program is the one that was asked for
    dead_owner(tmp_path / "runs" / "one.json")
    assert len(list(clean(tmp_path / "runs"))) == 1
    assert process.wait(timeout=20) == -9 and bystander.poll() is None


def test_a_daemon_goes_with_its_run(tmp_path: Path) -> None:
    daemon = (
        f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SLEEP!r}, {str(tmp_path)!r}], "
    )
    daemon += "start_new_session=True, env={}, cwd='/', stdout=-3, stderr=-3)"
    code = f"""
import subprocess, sys
from pathlib import Path
from gate.adapters.processes import shield
from gate.adapters.registry import RunFile
shield()
run = RunFile(Path({str(tmp_path)!r}), "one")
service = subprocess.Popen([sys.executable, "-c", {daemon!r}], start_new_session=True)
run.add_process(service.pid)
service.wait()
run.add_strays()
print(len(run._content["processes"]), flush=True)
run.finish() if sys.argv[1] == "finish" else None
"""
    for way in ("finish", "clean"):
        done = subprocess.run([sys.executable, "-c", code, way], capture_output=True, text=True, timeout=60)
        assert done.stdout == "2\n", done.stderr
        assert len(list(clean(tmp_path))) == (way == "clean")
        mentions = [p for p in Path("/proc").glob("[0-9]*/cmdline") if os.fsencode(tmp_path) in read(p)]
        assert all(gone(int(path.parent.name)) for path in mentions)


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


@pytest.mark.parametrize(
    "content",
    ["", "{}", "[]", "null", '{"boot": "b", "owner": "x"}', '{"owner": 1, "boot": 1, "born": 1}', "\udcff"],
)
def test_what_is_no_run_file_is_left(tmp_path: Path, content: str) -> None:
    (tmp_path / "odd.json").write_bytes(content.encode(errors="surrogateescape"))
    assert list(clean(tmp_path)) == ["odd.json: not a run file, left alone"]
    assert (tmp_path / "odd.json").exists()


def test_half_written_files_of_the_dead_go(tmp_path: Path) -> None:
    (tmp_path / f"one.{2**22 + 1}.tmp").write_text("{")
    (tmp_path / f"two.{os.getpid()}.tmp").write_text("{")
    assert list(clean(tmp_path)) == []
    assert [path.name for path in tmp_path.iterdir()] == [f"two.{os.getpid()}.tmp"]


def test_a_folder_that_is_not_there_is_clean(tmp_path: Path) -> None:
    assert list(clean(tmp_path / "none")) == []
