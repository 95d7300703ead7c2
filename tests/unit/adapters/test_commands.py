"""Command lines of others: what is kept of what they say, how long they take, and what runs when all is stopped."""

import os
import sys
import threading
import time
from pathlib import Path

import pytest

from gate.adapters.commands import Commands, TookTooLongError
from gate.adapters.registry import RunFile
from gate.errors import InconclusiveError


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    return Commands(RunFile(tmp_path, "20260101-000000-abcdef"))


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def run(commands: Commands, code: str, timeout: float = 30, **more: object) -> "tuple[int, bytes, bytes]":
    done = commands.run(python(code), env=dict(os.environ), cwd=Path("/"), timeout=timeout, **more)  # type: ignore[arg-type]
    return done.returncode, done.stdout, done.stderr


def test_both_outputs_and_the_code(commands: Commands) -> None:
    code = "import sys; print(sys.stdin.read()); print('no', file=sys.stderr); sys.exit(3)"
    assert run(commands, code, given=b"given") == (3, b"given\n", b"no\n")


def test_the_last_of_what_is_printed_without_end_is_kept(commands: Commands) -> None:
    code, said, _ = run(commands, "for n in range(600_000): print('x' * 60, n)")
    assert code == 0 and said.endswith(b" 599999\n")
    assert 8 * 2**20 <= len(said) <= 16 * 2**20 + 65536


def test_input_that_is_not_read_does_no_harm(commands: Commands) -> None:
    assert run(commands, "pass", given=b"x" * 2**22)[0] == 0


def test_time_limit_tells_what_was_said(commands: Commands) -> None:
    with pytest.raises(TookTooLongError) as error:
        run(commands, "import time; print('begun', flush=True); time.sleep(60)", timeout=1)
    assert error.value.said == b"begun\n"


def test_stop_ends_what_runs_and_lets_only_cleaning_begin(commands: Commands) -> None:
    began = time.monotonic()
    threading.Timer(0.5, commands.stop).start()
    assert run(commands, "import time; time.sleep(60)")[0] == -9
    assert time.monotonic() - began < 30
    with pytest.raises(InconclusiveError, match="being stopped"):
        run(commands, "pass")
    assert run(commands, "pass", cleaning=True)[0] == 0


def test_program_that_is_not_there(commands: Commands) -> None:
    with pytest.raises(InconclusiveError, match="cannot be run"):
        commands.run(["/nowhere/docker"], env={}, cwd=Path("/"), timeout=1)
