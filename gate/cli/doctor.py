"""``gate doctor``."""

import os
import platform
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import click

from gate.errors import InconclusiveError

_PACKAGE = "replay-gate"
_REQUIRED = re.compile(r"(?P<name>[\w.-]+)[^;]*(?:;\s*extra\s*==\s*['\"]gate['\"])?")
_LEAST_FREE = 200 * 1024 * 1024


class Check(NamedTuple):
    """One thing that was looked at. ``fix`` is empty where nothing lacks; ``advice`` is for what could be better."""

    what: str
    seen: str
    fix: str = ""
    advice: str = ""


@click.command()
@click.option(
    "--environment",
    type=click.Choice(["process", "compose"]),
    help="Look at this one alone, and fail where it lacks something. Default: at both; one that works is enough.",
)
def doctor(environment: str | None) -> int:
    """Say what this machine lacks to bring services up, and how to mend it.

    There are two environments: 'process' starts plain processes, 'compose' starts the containers of a compose file.
    Exits 3 where the one that is asked for lacks something; without --environment, where neither can be used.
    """
    lacks = _section("for both environments", _shared())
    if environment in (None, "process"):
        _section("environment process: plain processes, SQLite", [Check("SQLite", sqlite3.sqlite_version)])
    if environment in (None, "compose"):
        of_compose = _section("environment compose: containers, PostgreSQL, Redis", _compose())
        lacks = lacks or (environment == "compose" and of_compose)
    return 3 if lacks else 0


def _section(title: str, checks: Iterable[Check]) -> bool:
    """Show what was looked at, as it is seen; whether anything lacks."""
    click.echo(f"{title}")
    lacks = False
    for check in checks:
        lacks = lacks or bool(check.fix)
        state = "lacks" if check.fix else "note" if check.advice else "ok"
        click.echo(f"{state:5}  {check.what}: {plain(check.seen)}")
        if check.fix or check.advice:
            click.echo(f"       {check.fix or check.advice}")
    return lacks


def plain(text: str) -> str:
    """One line that moves no cursor: what an engine says of itself is not ours."""
    return "".join(c if c.isprintable() else "?" for c in " ".join(text.split()))


def _shared() -> Iterator[Check]:
    version = platform.python_version()
    yield Check("Python", version, "" if sys.version_info >= (3, 11) else "install Python 3.11 or newer")
    packages = _packages()
    yield packages
    yield _git()
    if not packages.fix:
        yield _run_files()
    yield _folder("scratch", Path(tempfile.gettempdir()))
    system = platform.system()
    hint = (
        ""
        if system == "Linux"
        else "on other systems a service that leaves its session may outlive a killed gate"
    )
    yield Check("system", system, hint)


def _compose() -> Iterator[Check]:
    if _packages().fix:
        return iter([Check("Docker", "not looked at before the packages above are there")])
    from gate.wiring.look import engine_answers  # not at the top: it needs the packages that may be missing

    return (Check(*answer) for answer in engine_answers(os.environ))


def _packages() -> Check:
    try:
        missing = lacking(metadata.requires(_PACKAGE) or [], _is_there)
    except metadata.PackageNotFoundError:
        missing = [_PACKAGE]
    fix = f"pip install '{_PACKAGE}[gate]'" if missing else ""
    return Check("packages", f"{', '.join(missing)} missing" if missing else "all there", fix)


def lacking(requirements: Iterable[str], is_there: Callable[[str], bool]) -> list[str]:
    """The packages that running the gate takes and that are not there; those of other extras do not count."""
    found = (_REQUIRED.fullmatch(requirement) for requirement in requirements)
    return [match["name"] for match in found if match and not is_there(match["name"])]


def _is_there(package: str) -> bool:
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True


def _git() -> Check:
    path = shutil.which("git")
    if path is None:
        return Check("git", "not found", "install git; without it a side can only be a folder")
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError) as error:
        return Check("git", f"{path} does not run: {type(error).__name__}", "install it anew")
    return Check("git", done.stdout.strip().removeprefix("git version "))


def _run_files() -> Check:
    from gate import wiring  # not at the top: it needs the packages that may be missing

    try:
        return _folder("run files", wiring.run_folder(os.environ))
    except InconclusiveError as error:
        seen, _, fix = str(error).rpartition("; ")
        return Check("run files", seen, fix)


def _folder(what: str, path: Path) -> Check:
    existing = path
    while not existing.exists():
        existing = existing.parent
    if not os.access(existing, os.W_OK):
        return Check(what, f"{path} cannot be written", "set XDG_STATE_HOME or TMPDIR to a folder of yours")
    free = shutil.disk_usage(existing).free
    fix = "" if free >= _LEAST_FREE else "free some space, or set XDG_STATE_HOME or TMPDIR to another disk"
    return Check(what, f"{path}, {free // 2**20} MiB free", fix)
