"""Runs git on the repository that is named, whatever repository the gate itself was started for."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

TIMEOUT = 120


def git_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """An environment without the ``GIT_*`` that a hook hands down: they name its repository, index and objects."""
    return {name: value for name, value in environ.items() if not name.startswith("GIT_")}


def git(environ: Mapping[str, str], folder: Path, *arguments: str) -> str | None:
    """What git says in a folder; None where it fails."""
    try:
        done = subprocess.run(
            ["git", "--no-optional-locks", "-C", str(folder), *arguments],
            env=git_environment(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=TIMEOUT,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
