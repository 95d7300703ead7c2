"""Services that answer oddly, and a machine that is not as one would wish."""

import json
import os
import subprocess
import sys

import pytest

from tests.integration.harness import World


@pytest.mark.parametrize(
    "kind",
    ["latin1", "twice", "informed", "chunked", "lying", "garbage", "injecting", "huge", "endless"],
)
def test_hostile_answers_of_the_candidate_are_a_failure(world: World, kind: str) -> None:
    world.settings(timeout="1.5s" if kind == "endless" else "20s")
    world.side("candidate", hostile=kind)
    done = world.run()
    assert done.code == 1 and not done.errors, done.err
    assert "Traceback" not in done.err
    assert {one["operation"] for one in done.result["findings"]} == {"GET /notes/{id}"}
    assert [one["verdict"] for one in done.result["scenarios"]] == ["DIFFERENT"] * 2


def test_baseline_that_gives_no_answer_is_inconclusive(world: World) -> None:
    folder = world.work / "by-hand" / "scenarios"
    folder.mkdir(parents=True)
    (folder / "read.json").write_text('{"request": {"method": "GET", "path": "/notes/1"}}')
    arguments = ("--bundle", "by-hand")
    assert world.run(*arguments).code == 0
    for name in ("baseline", "candidate"):
        world.side(name, hostile="garbage")
    done = world.run(*arguments)
    assert done.code == 3 and "no answer to GET /notes/1" in done.errors[0], done.err


@pytest.mark.parametrize("redirect", ["| head -c 0", ">&-", "2>&-", "2>&1 | head -c 20"])
def test_closed_streams_do_not_change_the_verdict(world: World, redirect: str) -> None:
    gate = f"{sys.executable} -m gate run --baseline baseline --candidate candidate --out out {redirect}"
    script = f"set -o pipefail; {gate}"
    done = subprocess.run(
        ["bash", "-c", script], cwd=world.work, env=world.env, capture_output=True, timeout=90
    )
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr and b"Exception ignored" not in done.stderr
    assert json.loads((world.work / "out" / "result.json").read_text())["verdict"] == "pass"


def test_other_commands_at_a_closed_pipe_do_not_say_fail(world: World) -> None:
    script = f"set -o pipefail; {sys.executable} -m gate bundle show bundle | true"
    done = subprocess.run(
        ["bash", "-c", script], cwd=world.work, env=world.env, capture_output=True, text=True, timeout=60
    )
    assert done.returncode in (0, 3) and "Traceback" not in done.stderr, done.stderr


def test_plain_ascii_locale(world: World) -> None:
    world.side("candidate", suffix="‹é›")
    done = world.run(env={"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"})
    assert done.code == 1 and not done.errors, done.err


def test_home_that_cannot_be_written(world: World) -> None:
    env = {"HOME": "/proc", "XDG_STATE_HOME": ""}
    done = world.run(env=env)
    assert done.code == 0, done.err
    runs = world.home / "tmp" / f"replay-gate-{os.getuid()}" / "runs"
    assert runs.is_dir() and not list(runs.iterdir())
    runs.rmdir()
    runs.parent.rmdir()


def test_no_git(world: World) -> None:
    nothing = world.home / "bin"
    nothing.mkdir()
    env = {"PATH": str(nothing)}
    assert world.run(env=env).code == 0
    done = world.run("--baseline", "main", env=env)
    assert done.code == 2 and len(done.errors) == 1, done.err
    assert world.gate("doctor", env=env).code == 3
