"""A run's ledger and its folders: where they lie, and that nothing of them stays."""

import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from gate.adapters import processes, registry
from gate.adapters.registry import RunFile
from gate.errors import InconclusiveError


def run_folder(environ: Mapping[str, str]) -> Path:
    """Where run files lie: the user's state folder, so that any later gate finds what a killed one left."""
    base = environ.get("XDG_STATE_HOME", "")
    if not Path(base).is_absolute():  # the convention is not to heed such a one
        base = f"{environ['HOME']}/.local/state" if environ.get("HOME") else ""
    if base:
        own = Path(base) / "replay-gate" / "runs"
        with suppress(OSError):  # such as a home that cannot be written
            own.mkdir(parents=True, exist_ok=True, mode=0o700)
            if os.access(own, os.W_OK):
                return own
    shared = Path(tempfile.gettempdir()) / f"replay-gate-{os.getuid()}"
    if shared.exists() and shared.stat().st_uid != os.getuid():  # what it lists, a clean-up would remove
        raise InconclusiveError(f"{shared}: belongs to someone else; set XDG_STATE_HOME to a folder of yours")
    return shared / "runs"


def new_run_id() -> str:
    """Sortable by time, and unlike any other gate's."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"


def clean(environ: Mapping[str, str]) -> Iterator[str]:
    """Remove what dead runs left behind on this machine; a line for each."""
    return registry.clean(run_folder(environ), environ)


def clean_engine(environ: Mapping[str, str], *, everything: bool = False) -> Iterator[str]:
    """Remove what dead runs left in the Docker engine; ``everything``: the gate's own image as well, if it is idle.

    Raises InconclusiveError where no engine answers.
    """
    # What an engine takes is an extra, and half a second to import.
    from gate.adapters.engine import Engine
    from gate.adapters.engine_clean import clean_engine

    return clean_engine(Engine(environ), everything=everything)


@contextmanager
def scratch(run_id: str, environ: Mapping[str, str]) -> Iterator[tuple[RunFile, Path]]:
    """A run's ledger and its folder for everything that goes with it."""
    processes.shield()
    run = RunFile(run_folder(environ), run_id, environ)
    try:
        folder = Path(tempfile.gettempdir()).resolve() / f"gate-{run_id}"
        run.add_directory(folder)
        folder.mkdir(mode=0o700)
        yield run, folder
    finally:
        try:
            run.finish()
        except KeyboardInterrupt:  # a first signal; no other comes after it, and this can be done again
            run.finish()
            raise
