"""Every error is its line and its exit code."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from gate.cli import main as cli
from gate.errors import CandidateError, GateError, InconclusiveError, RequestError


def ended(monkeypatch: pytest.MonkeyPatch, error: BaseException | None = None) -> int:
    """The exit code of a command that raises this."""

    @click.command()
    def broken() -> int:
        if error is not None:
            raise error
        return 0

    monkeypatch.setattr(cli.gate, "get_command", lambda _context, _name: broken)
    with pytest.raises(SystemExit) as info:
        cli.main(["broken"])
    assert isinstance(info.value.code, int)
    return info.value.code


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (RequestError("a: b"), 2, "gate: a: b"),
        (CandidateError("a"), 1, "gate: a"),
        (InconclusiveError("a"), 3, "gate: a"),
        (GateError("a\nb\x1b[31m\u202ec"), 3, "gate: a b?[31m?c"),
        (
            OSError(28, "No space left on device", "/x"),
            3,
            "gate: /x: No space left on device; run 'gate doctor'",
        ),
        (BrokenPipeError(), 3, "gate: nobody reads the output: the pipe is closed"),
        (KeyboardInterrupt(), 3, "gate: interrupted; everything that was started is stopped"),
        (click.UsageError("no"), 2, "gate: no"),
        (ModuleNotFoundError("x", name="aiohttp.web"), 3, "gate: the package aiohttp is not installed"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_errors(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    line: str,
) -> None:
    assert ended(monkeypatch, error) == code
    said = [text for text in capsys.readouterr().err.splitlines() if text]
    assert len(said) == 1 and said[0].startswith(line)


def test_a_bug_is_said_in_a_line_and_kept_in_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOME_TOKEN", "tok-very-secret")
    assert ended(monkeypatch, ZeroDivisionError("with tok-very-secret")) == 4
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "ZeroDivisionError" in said and "tok-very-secret" not in said
    kept = tmp_path / ".gate" / "logs" / "internal-error.txt"
    assert str(kept.relative_to(tmp_path)) in said and "Traceback" in kept.read_text()
    assert "tok-very-secret" not in kept.read_text() and "[redacted:SOME_TOKEN]" in kept.read_text()
    assert (tmp_path / ".gate" / ".gitignore").read_text() == "*\n"


def test_a_bug_where_nothing_can_be_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".gate").write_text("in the way")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert ended(monkeypatch, ZeroDivisionError()) == 4
    assert capsys.readouterr().err.count("\n") == 1


def test_success(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(monkeypatch) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("words", [[], ["bundle"]])
def test_without_a_command_there_is_help(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as info:
        cli.main(words)
    said = capsys.readouterr().err
    assert info.value.code == 2 and said.startswith("Usage: ") and "\nCommands:\n" in said


def test_every_command_is_there_and_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as info:
        cli.main(["--help"])
    assert info.value.code == 0
    said = capsys.readouterr().out
    for name, (module, _) in cli._COMMANDS.items():
        assert name in said and cli.gate.get_command(click.Context(cli.gate), name) is not None, module


def test_a_command_line_that_is_not_installed_says_nothing_of_the_change(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("raise ImportError('no click')")
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-m", "gate", "run"], capture_output=True, text=True, env=env)
    assert done.returncode == 3 and "pip install 'replay-gate[gate]'" in done.stderr
