"""The command line: finds the command, and turns every error into its line and its exit code."""

import os
import signal
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import FrameType

try:
    import click
except ImportError:
    sys.exit("gate: the command line is not installed; try: pip install 'replay-gate[gate]'")

from gate.errors import GateError, InconclusiveError

_COMMANDS = {
    "run": ("gate.cli.run", "Replay bundles against baseline and candidate, and judge."),
    "compare": ("gate.cli.compare", "Compare two recordings; no environment is started."),
    "bundle": ("gate.cli.bundle", "Pack, unpack, verify and show bundles."),
    "demo": ("gate.cli.demo", "Show the gate on the example billing."),
    "doctor": ("gate.cli.doctor", "Say what this machine lacks."),
    "clean": ("gate.cli.clean", "Remove what killed runs left behind."),
}
_USAGE, _INTERNAL = 2, 4


class _Commands(click.Group):
    """Imports a command only when it is used: the whole gate takes a second to load."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(_COMMANDS[cmd_name][0]), cmd_name)
        return command

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
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupted)
    try:
        code = gate.main(arguments, prog_name="gate", standalone_mode=False)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        hint = f"; see '{context.command_path} --help'" if context else ""
        _say(f"{error.format_message()}{hint}")
        sys.exit(_USAGE)
    except (click.Abort, KeyboardInterrupt):
        _say("interrupted; everything that was started is stopped")
        sys.exit(InconclusiveError.exit_code)
    except GateError as error:
        _say(str(error))
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(_INTERNAL)
    except OSError as error:
        _say(f"{error.filename or 'this machine'}: {error.strerror or error}; run 'gate doctor'")
        sys.exit(InconclusiveError.exit_code)
    except Exception as error:
        _say(f"internal error: {type(error).__name__}: {error}; the traceback is in {_keep_traceback()}")
        sys.exit(_INTERNAL)
    sys.exit(code if isinstance(code, int) else 0)


def _interrupted(number: int, _frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # a second signal must not tear the clean-up
    raise InconclusiveError(
        f"interrupted by {signal.Signals(number).name}; everything that was started is stopped"
    )


def _say(text: str) -> None:
    line = " ".join(text.split())
    print(f"gate: {''.join(c if c.isprintable() else '?' for c in line)}", file=sys.stderr)


def _keep_traceback() -> Path:
    path = Path(".gate") / "logs" / "internal-error.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(traceback.format_exc())
    except OSError:
        traceback.print_exc()
    return path
