"""One Compose project: the user's file and the gate's overlay, brought up and down for one side."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from testcontainers.compose import DockerCompose

from gate.adapters.commands import Commands
from gate.adapters.engine import Engine
from gate.ports import StartError

_PATIENCE = 60.0


class ComposeFailedError(Exception):
    """Compose did not do what it was asked; ``said`` is all that it said, the text its last line."""

    def __init__(self, said: bytes) -> None:
        super().__init__(_last_words(said))
        self.said = said


class Project(DockerCompose):
    """Testcontainers' Compose, whose commands get a narrow environment and go with the run."""

    def __init__(self, engine: Engine, commands: Commands, folder: Path, files: Sequence[Path]) -> None:
        super().__init__(
            context=folder,
            compose_file_name=[str(file) for file in files],
            wait=False,
            docker_command_path=engine.command,
        )
        self._engine, self._commands = engine, commands
        self.patience = _PATIENCE

    def ask(self, patience: float, *words: str) -> bytes:
        """Run ``docker compose`` with these words; what it said. Raises ComposeFailedError and TimeoutError."""
        return self._say([*self.docker_compose_command(), *words], patience).stdout

    def _run_command(
        self, cmd: str | list[str], context: str | None = None
    ) -> "subprocess.CompletedProcess[bytes]":
        """In place of the one that hands down the gate's own variables; ``start`` and ``stop`` call it."""
        return self._say(list(cmd), self.patience)

    def _say(self, argv: Sequence[str], patience: float) -> "subprocess.CompletedProcess[bytes]":
        done = self._commands.run(argv, env=self._engine.environ, cwd=Path(self.context), timeout=patience)
        if done.returncode:
            raise ComposeFailedError(done.stdout + done.stderr)
        return done


def resolved(
    engine: Engine, commands: Commands, code: Path, file: Path, name: str, env: Mapping[str, str]
) -> Mapping[str, Any]:
    """The user's file as Compose reads it, with the variables of gate.yml and no other.

    Raises StartError where Compose does not take it.
    """
    argv = [engine.command, "compose", "--project-name", name, "--project-directory", str(file.parent)]
    argv += ["--file", str(file), "--env-file", "/dev/null", "config", "--format", "json"]
    own = {key: value for key, value in engine.environ.items() if key.startswith(("DOCKER_", "COMPOSE_"))}
    done = commands.run(argv, env={**env, **own}, cwd=code, timeout=_PATIENCE)
    if done.returncode:
        raise StartError(f"{file.name}: {_last_words(done.stderr)}")
    model: Mapping[str, Any] = json.loads(done.stdout)
    return model


def _last_words(said: bytes) -> str:
    lines = [line.strip() for line in said.decode(errors="replace").splitlines() if line.strip()]
    return lines[-1][-500:] if lines else "docker compose said nothing"
