"""What the gate says of a service that misbehaves: the exit code, one line, and nothing left."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.harness import Done, World


def said_once(done: Done, *words: str) -> str:
    """The one line of an expected error, which holds these words and no control character."""
    assert len(done.errors) == 1, done.err
    assert "Traceback" not in done.out + done.err
    assert done.errors[0].isprintable()
    for word in words:
        assert word in done.errors[0], done.errors[0]
    return done.errors[0]


def test_equal_sides_pass(world: World) -> None:
    done = world.run()
    assert (done.code, done.errors, done.result["verdict"]) == (0, [], "pass"), done.err
    assert done.out.startswith("PASS")


def test_changed_answer_fails(world: World) -> None:
    world.side("candidate", suffix="!")
    done = world.run()
    assert (done.code, done.errors, done.result["verdict"]) == (1, [], "fail"), done.err
    channels = {one["channel"] for one in done.result["findings"]}
    assert {"request", "row", "call"} <= channels


@pytest.mark.parametrize(
    ("switches", "kinds"),
    [
        pytest.param({"calls": 0}, {"missing"}, id="never came"),
        pytest.param({"calls": 2}, {"duplicate", "extra"}, id="came twice"),
        pytest.param({"call_path": "/other"}, {"missing", "extra"}, id="unexpected"),
    ],
)
def test_calls_are_differences(world: World, switches: dict[str, object], kinds: set[str]) -> None:
    world.side("candidate", **switches)
    done = world.run()
    assert done.code == 1, done.err
    seen = {
        difference["kind"]
        for scenario in done.result["scenarios"]
        for difference in scenario["differences"]
        if difference["channel"] == "call"
    }
    assert seen & kinds, seen


def test_call_beyond_the_recording_gets_the_last_answer(world: World) -> None:
    world.side("candidate", calls=3)
    done = world.run()
    assert {one["channel"] for one in done.result["findings"]} == {"call"}, done.out


@pytest.mark.parametrize("start", ["exit", "hang"])
@pytest.mark.parametrize(
    ("broken", "code"),
    [
        pytest.param(("baseline",), 3, id="baseline"),
        pytest.param(("candidate",), 1, id="candidate"),
        pytest.param(("baseline", "candidate"), 3, id="both"),
    ],
)
def test_side_that_does_not_start(world: World, broken: tuple[str, ...], code: int, start: str) -> None:
    if start == "hang":
        world.settings(start="2s")
    for name in broken:
        world.side(name, start=start)
    done = world.run()
    assert done.code == code, done.err
    line = said_once(done, f"{broken[0]}: api: ", "the logs are in ")
    assert ("exit code 7" in line and "licence" in line) if start == "exit" else "not ready after 2 s" in line
    assert "\x1b" not in done.out + done.err and "\u202e" not in done.out + done.err
    assert done.result["reasons"] and done.result["scenarios"][0]["verdict"] == "NOT_RUN"
    if start == "exit":
        assert "licence" in (done.folder / "logs" / broken[0] / "api.log").read_text()


@pytest.mark.parametrize(
    ("broken", "code"), [("baseline", 3), ("candidate", 1)], ids=["baseline", "candidate"]
)
def test_side_that_does_not_migrate(world: World, broken: str, code: int) -> None:
    world.side(broken, migrate="fail")
    done = world.run()
    assert done.code == code
    said_once(done, f"{broken}: migrate api: ended with exit code 3", "migration 7 is broken")


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize(
    ("broken", "code"), [("baseline", 3), ("candidate", 1)], ids=["baseline", "candidate"]
)
def test_side_that_dies_in_the_middle(world: World, broken: str, code: int, method: str) -> None:
    world.side(broken, die_on=method)
    done = world.run()
    assert done.code == code, done.out
    if code == 3:
        said_once(done, f"{broken}: api: ended with exit code 9", "going down")
    assert any(f"{broken}: api: ended with exit code 9" in reason for reason in done.result["reasons"])


def test_candidate_that_dies_with_messages_waiting_fails(world: World) -> None:
    outbox = "observe: {messages: [{kind: outbox, table: notes, order_by: id, key: id, published: verdict}]}"
    world.settings(settle="30s", more=outbox)
    world.side("candidate", die_on="GET")
    done = world.run(timeout=25)
    assert done.code == 1, done.out


@pytest.mark.parametrize("broken", ["baseline", "candidate"])
def test_side_that_never_settles(world: World, broken: str) -> None:
    world.settings(settle="1s", quiet="500ms")  # it beats every 50 ms, on a busy machine more slowly
    world.side(broken, restless=True)
    done = world.run()
    assert done.code == 3, done.out
    said_once(done, f"{broken}: did not settle", "raise settle.timeout")


def test_changes_in_tables_that_are_not_observed_do_not_keep_a_side_busy(world: World) -> None:
    world.settings(settle="10s", more="observe: {rows: [{table: notes}]}")
    world.side("candidate", restless=True)
    done = world.run()
    assert done.code == 0, done.err


def test_inconclusive_with_findings_says_both(world: World) -> None:
    world.settings(settle="1s", quiet="500ms")  # it beats every 50 ms, on a busy machine more slowly
    world.side("candidate", restless=True, suffix="!")
    done = world.run()
    assert done.code == 3 and done.result["verdict"] == "inconclusive"
    assert done.result["findings"]
    verdicts = {one["name"]: one["verdict"] for one in done.result["scenarios"]}
    assert verdicts["note-1"] == verdicts["note-2"] == "NOT_RUN"
    assert any("settle" in reason for reason in done.result["reasons"])
    assert "FAIL" not in done.out


def test_stale_bundle_is_inconclusive(world: World) -> None:
    for name in ("baseline", "candidate"):
        world.side(name, call_path="/moved")
    done = world.run()
    assert done.code == 3
    said_once(done, "stale bundle", "re-record")


def test_taken_port_in_the_command(world: World) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        for name in ("baseline", "candidate"):
            world.side(name, port=other.getsockname()[1])
        done = world.run()
    assert done.code == 3
    said_once(done, "baseline: api: ended with exit code 1", "Address already in use")


def test_port_that_both_sides_want(world: World) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
    for name in ("baseline", "candidate"):
        world.side(name, also=port)
    done = world.run()
    assert done.code == 3
    said_once(done, "Address already in use", "let it listen on {port}")


def test_what_only_one_side_was_given_is_no_difference(world: World) -> None:
    for name in ("baseline", "candidate"):
        world.side(name, tells=True)
    done = world.run()
    assert done.code == 0, done.out
    world.side("candidate", tells=True, suffix="!")
    shown = json.dumps(world.run().result["findings"])
    assert "! from {api.url}/notes in {state}/notes.db by {outward.checker.example}" in shown


def test_port_that_is_not_the_gates_is_named(world: World) -> None:
    world.settings(start="2s")
    for name in ("baseline", "candidate"):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            world.side(name, port=other.getsockname()[1])
    text = (world.work / "gate.yml").read_text().replace("app.py {port}", "app.py 1")
    (world.work / "gate.yml").write_text(text)
    done = world.run()
    assert done.code == 3
    said_once(done, "not ready after 2 s", "names no {port}")


def test_children_that_outlive_their_leader_go(world: World) -> None:
    world.side("baseline", children=True)
    world.side("candidate", children=True, die_on="GET")
    assert world.run().code == 1


def test_recorded_baseline(world: World) -> None:
    made = world.run()
    (world.work / "full.repro").write_bytes((made.folder / "baseline.repro").read_bytes())
    arguments = ("--baseline", "recorded", "--bundle", "full.repro")
    done = world.run(*arguments)
    assert done.code == 0, done.out + done.err
    world.side("candidate", suffix="!")
    done = world.run(*arguments)
    assert done.code == 1 and done.result["sides"]["baseline"]["kind"] == "recorded"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param("servcie: x", ("gate.yml:", "servcie", "did you mean"), id="wrong key"),
        pytest.param("service: again", ("gate.yml:", "service"), id="duplicate key"),
        pytest.param("observe: {rows: [{table: nots}]}", ("nots", "observe"), id="no such table"),
        pytest.param("observe: {rows: [{table: notes, key: [idd]}]}", ("notes",), id="no such column"),
    ],
)
def test_wrong_settings(world: World, change: str, words: tuple[str, ...]) -> None:
    world.settings(more=change)
    done = world.run()
    assert done.code == (2 if "gate.yml:" in words else 3), done.out
    said_once(done, *words)


def test_misspelt_published_column_is_not_taken_for_a_drained_outbox(world: World) -> None:
    outbox = "{kind: outbox, table: beats, order_by: n, key: n, published: sent}"
    world.settings(more=f"observe: {{messages: [{outbox}]}}")
    done = world.run()
    assert done.code == 3, done.out
    said_once(done, "no such column", "observe")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param(["--scenario", "nothing-*"], 2, "no scenario matches", id="unknown scenario"),
        pytest.param(["--bundle", "nowhere"], 2, "nowhere", id="no bundle"),
        pytest.param(["--config", "nowhere.yml"], 2, "not found", id="no gate.yml"),
        pytest.param(["--baseline", "no-such-ref"], 2, "baseline", id="no such ref"),
        pytest.param(["--frobnicate"], 2, "--help", id="unknown option"),
        pytest.param(["--out", "gate.yml/out"], 3, "gate.yml", id="no place for the files"),
        pytest.param(["--out", "/proc/nowhere"], 3, "/proc", id="unwritable place"),
    ],
)
def test_wrong_request(world: World, arguments: list[str], code: int, words: str) -> None:
    done = world.run(*arguments)
    assert done.code == code, done.err
    said_once(done, words)


def test_empty_bundle(world: World) -> None:
    (world.work / "empty").mkdir()
    done = world.run("--bundle", "empty")
    assert done.code == 2
    said_once(done, "empty")


def test_modules_in_the_folder_at_hand_are_not_taken_for_pythons(world: World) -> None:
    for name in ("json", "socket", "gate", "aiohttp"):
        (world.work / f"{name}.py").write_text("raise SystemExit('not the real one')")
    program = Path(sys.executable).with_name("gate")
    assert program.exists(), "the project is not installed where its tests run"
    arguments = ["run", "--baseline", "baseline", "--candidate", "candidate"]
    env = {name: value for name, value in world.env.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [program, *arguments], cwd=world.work, env=env, capture_output=True, text=True, timeout=90
    )
    assert done.returncode == 0, done.stderr
    assert (world.work / ".gate" / ".gitignore").read_text() == "*\n"
