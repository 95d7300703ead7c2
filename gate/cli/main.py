"""The command line: finds the command, and turns every error into its line and its exit code."""

import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

try:
    import click
except ImportError:
    print("gate: the command line is not installed; try: pip install 'replay-gate[gate]'", file=sys.stderr)
    sys.exit(3)  # a plain text would end with 1, which says that the change fails

from gate.cli.own import own_folder
from gate.cli.say import flush_output, let_go_of_streams, mend_streams, redacted, say, tell
from gate.errors import GateError, InconclusiveError

_COMMANDS = {
    "run": ("gate.cli.run", "Replay bundles against baseline and candidate, and judge."),
    "compare": ("gate.cli.compare", "Compare two recordings; no environment is started."),
    "bundle": ("gate.cli.bundle", "Pack, unpack, verify and show bundles."),
    "init": ("gate.cli.init", "Write a first gate.yml from a compose file."),
    "demo": ("gate.cli.demo", "Show the gate on the example billing."),
    "doctor": ("gate.cli.doctor", "Say what this machine lacks."),
    "clean": ("gate.cli.clean", "Remove what killed runs left behind."),
}
_EXTRAS = {
    "docker": ("compose",),
    "testcontainers": ("compose",),
    "psycopg": ("compose", "postgres"),
    "redis": ("compose", "redis"),
}
"""Which extras bring a package, besides ``gate``."""
_USAGE, _INTERNAL = 2, 4
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Interrupted(KeyboardInterrupt):
    """Asyncio lets this through, where it would keep an exception to itself; a type of its own, since Python ends by
    SIGINT, whatever the exit code, after a plain one has come by while it ran ``exec`` (as imports do)."""


class _Commands(click.Group):
    """Imports a command only when it is used: the whole gate takes a second to load."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(_COMMANDS[cmd_name][0]), cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            done = super().invoke(ctx)
            flush_output()
        except BrokenPipeError:  # click would exit with 1, which means that the change fails
            let_go_of_streams()
            raise InconclusiveError("nobody reads the output: the pipe is closed") from None
        return done

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, says) for name, (_, says) in _COMMANDS.items()])


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="replay-gate", prog_name="gate")
def gate() -> None:
    """Proves that a change keeps the behaviour that production relies on.

    Exit codes: 0 pass, 1 fail, 2 the request is wrong, 3 inconclusive, 4 a bug of the gate.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit. Expected errors are one line on standard error, never a traceback."""
    mend_streams()
    for number in _SIGNALS:
        signal.signal(number, _interrupted)
    try:
        code = _run(arguments)
    except KeyboardInterrupt:  # while the end of the run was being told
        code = InconclusiveError.exit_code
    let_go_of_streams()
    sys.exit(code)


def _run(arguments: Sequence[str] | None) -> int:
    try:
        code = gate.main(arguments, prog_name="gate", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        tell(error.format_message())
        return _USAGE
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        hint = f"; see '{context.command_path} --help'" if context else ""
        say(f"{error.format_message().rstrip('.')}{hint}")
        return _USAGE
    except (click.Abort, KeyboardInterrupt):
        say("interrupted; everything that was started is stopped")
        return InconclusiveError.exit_code
    except GateError as error:
        say(str(error))
        return error.exit_code
    except ModuleNotFoundError as error:
        if (error.name or "gate").partition(".")[0] == "gate":
            return _internal(error)
        package = (error.name or "").partition(".")[0]
        extras = ",".join(("gate", *_EXTRAS.get(package, ())))
        say(f"the package {package} is not installed; try: pip install 'replay-gate[{extras}]'")
        return InconclusiveError.exit_code
    except OSError as error:
        say(f"{error.filename or 'this machine'}: {error.strerror or error}; run 'gate doctor'")
        return InconclusiveError.exit_code
    except Exception as error:
        return _internal(error)
    return code if isinstance(code, int) else 0


def _interrupted(_number: int, _frame: FrameType | None) -> None:
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)  # a second signal must not tear the clean-up
    raise _Interrupted


def _internal(error: Exception) -> int:
    say(f"internal error: {type(error).__name__}: {error}; the traceback is in {_keep_traceback()}")
    return _INTERNAL


def _keep_traceback() -> Path:
    """Under .gate/logs, or where else it can be written."""
    for folder in (own_folder, lambda: Path(tempfile.gettempdir()) / f"gate-{os.getpid()}"):
        try:
            path = folder() / "logs" / "internal-error.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(redacted(traceback.format_exc()), encoding="utf-8", errors="replace")
        except OSError:
            continue
        return path
    return Path(os.devnull)
