"""One Compose project: the user's file and the gate's overlay, brought up and down for one side."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from testcontainers.compose import DockerCompose

from gate.adapters.commands import Commands, TookTooLongError
from gate.adapters.compose_words import last_line
from gate.adapters.engine import Engine
from gate.errors import InconclusiveError
from gate.ports import StartError

_PATIENCE = 60.0


class ComposeFailedError(Exception):
    """Compose did not do what it was asked; ``said`` is all that it said, the text its last line."""

    def __init__(self, code: int, said: bytes) -> None:
        self.code, self.said = code, said
        self.text = said.decode(errors="replace")
        super().__init__(last_line(self.text) or "docker compose said nothing")


class Project(DockerCompose):
    """Testcontainers' Compose, whose commands get a narrow environment and go with the run.

    One that is ``cleaning`` may still do so after everything was stopped.
    """

    def __init__(
        self,
        engine: Engine,
        commands: Commands,
        folder: Path,
        files: Sequence[Path],
        *,
        services: Sequence[str] = (),
        patience: float = _PATIENCE,
        cleaning: bool = False,
    ) -> None:
        super().__init__(
            context=folder,
            compose_file_name=[str(file) for file in files],
            wait=False,
            services=list(services),
            docker_command_path=engine.command,
        )
        self._engine, self._commands = engine, commands
        self._patience, self._cleaning = patience, cleaning

    def ask(self, patience: float, *words: str) -> bytes:
        """Run ``docker compose`` with these words; what it said. Raises ComposeFailedError and TookTooLongError."""
        done = self._say([*self.docker_compose_command(), *words], patience)
        return done.stdout + done.stderr

    def _run_command(
        self, cmd: str | list[str], context: str | None = None
    ) -> "subprocess.CompletedProcess[bytes]":
        """In place of the one that hands down the gate's own variables; ``start`` and ``stop`` call it."""
        return self._say(list(cmd), self._patience)

    def _say(self, argv: Sequence[str], patience: float) -> "subprocess.CompletedProcess[bytes]":
        done = self._commands.run(
            argv,
            env=self._engine.environ,
            cwd=Path(self.context),
            timeout=patience,
            cleaning=self._cleaning,
        )
        if done.returncode:
            raise ComposeFailedError(done.returncode, done.stdout + done.stderr)
        return done


def resolved(
    engine: Engine, commands: Commands, code: Path, file: Path, name: str, env: Mapping[str, str]
) -> Mapping[str, Any]:
    """The user's file as Compose reads it, with the variables of gate.yml and no other.

    Raises StartError where Compose does not take it.
    """
    # By an option, since a variable of its own would be there to be filled in.
    argv = [engine.command, "--config", engine.environ.get("DOCKER_CONFIG", "/nonexistent"), "compose"]
    argv += ["--project-name", name, "--project-directory", str(file.parent), "--file", str(file)]
    argv += ["--env-file", "/dev/null", "config", "--format", "json"]
    try:
        done = commands.run(argv, env=env, cwd=code, timeout=_PATIENCE)
        model: Mapping[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {}
    except TookTooLongError:
        raise InconclusiveError(
            f"{file.name}: Compose did not read it in {_PATIENCE:.0f} s; run again"
        ) from None
    except ValueError:
        raise StartError(f"{file.name}: Compose made no document of it, or one too large") from None
    if done.returncode:
        said = last_line(done.stderr.decode(errors="replace"))
        raise StartError(f"{file.name}: {said or 'docker compose said nothing'}")
    return model
