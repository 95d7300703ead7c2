"""Loads the state of a bundle into a database server, with the server's own tool, inside its container."""

from pathlib import Path

from gate.adapters.commands import Commands, TookTooLongError
from gate.adapters.engine import Engine
from gate.config import Redactor
from gate.errors import InconclusiveError, RequestError
from gate.ports import StorePlan

_PATIENCE = 600.0


def load_dump(
    engine: Engine,
    commands: Commands,
    folder: Path,
    container: str,
    store: StorePlan,
    payload: bytes,
    redactor: Redactor,
) -> None:
    """All of it or nothing. Raises InconclusiveError where the server does not take it."""
    if store.kind != "postgres":
        raise RequestError(
            f"store {store.store}: state of kind {store.kind} cannot be loaded; take it out of the bundle"
        )
    argv = [engine.command, "exec", "-i", container]
    argv += ["pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    argv += ["-U", store.user, "-d", store.database]
    what = f"store {store.store}: its state cannot be loaded"
    try:
        done = commands.run(argv, env=engine.environ, cwd=folder, timeout=_PATIENCE, given=payload)
    except TookTooLongError:
        raise InconclusiveError(f"{what} in {_PATIENCE:.0f} s") from None
    if done.returncode:
        said = " ".join(redactor.redact_text(done.stderr.decode(errors="replace")).split())
        raise InconclusiveError(f"{what}: {said[-300:]}; check the bundle's dump with 'pg_restore --list'")
