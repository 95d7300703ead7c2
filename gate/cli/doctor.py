"""``gate doctor``."""

import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import click

from gate import wiring

_PACKAGES = (
    "aiohttp",
    "click",
    "jinja2",
    "orjson",
    "psutil",
    "pydantic",
    "yaml",
    "yarl",
    "zstandard",
)
_LEAST_FREE = 200 * 1024 * 1024


class Check(NamedTuple):
    """One thing that was looked at; ``fix`` is empty where it is in order."""

    what: str
    seen: str
    fix: str = ""


@click.command()
def doctor() -> int:
    """Say what this machine lacks for the environment 'process', and how to mend it. Exits 3 where something is."""
    checks = list(_checks())
    for check in checks:
        click.echo(f"{'lacks' if check.fix else 'ok':5}  {check.what}: {check.seen}")
        if check.fix:
            click.echo(f"       {check.fix}")
    return 3 if any(check.fix for check in checks) else 0


def _checks() -> Iterator[Check]:
    version = platform.python_version()
    yield Check("Python", version, "" if sys.version_info >= (3, 11) else "install Python 3.11 or newer")
    missing = [name for name in _PACKAGES if find_spec(name) is None]
    fix = "pip install 'replay-gate[gate]'" if missing else ""
    yield Check("packages", f"{', '.join(missing)} missing" if missing else "all there", fix)
    yield _git()
    yield Check("SQLite", sqlite3.sqlite_version)
    yield _folder("run files", wiring.run_folder(os.environ))
    yield _folder("scratch", Path(tempfile.gettempdir()))
    system = platform.system()
    hint = (
        ""
        if system == "Linux"
        else "on other systems a service that leaves its session may outlive a killed gate"
    )
    yield Check("system", system, hint)


def _git() -> Check:
    path = shutil.which("git")
    if path is None:
        return Check("git", "not found", "install git; without it a side can only be a folder")
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False, timeout=10)
    return Check("git", done.stdout.strip().removeprefix("git version "))


def _folder(what: str, path: Path) -> Check:
    existing = path
    while not existing.exists():
        existing = existing.parent
    if not os.access(existing, os.W_OK):
        return Check(what, f"{path} cannot be written", "set XDG_STATE_HOME or TMPDIR to a folder of yours")
    free = shutil.disk_usage(existing).free
    fix = "" if free >= _LEAST_FREE else "free some space, or set XDG_STATE_HOME or TMPDIR to another disk"
    return Check(what, f"{path}, {free // 2**20} MiB free", fix)
