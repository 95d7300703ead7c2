"""The ``docker`` command, for questions: it works without an engine, and never waits for long."""

import json
import os
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from gate.adapters.engine_command import PASSED

_PASSED = ("DOCKER_HOST", "HOME", *PASSED)
PATIENCE = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def reason(self) -> str:
        """Its complaint as one line, warnings left out."""
        lines = [line.strip() for line in self.err.splitlines() if line.strip()]
        told = [line for line in lines if not line.startswith("WARNING")] or lines
        return told[-1][:300] if told else f"exit code {self.code}"


class Docker:
    """The ``docker`` command, with a time limit on every question."""

    def __init__(
        self,
        command: str,
        environ: Mapping[str, str],
        patience: float = PATIENCE,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        """``variables`` are what a compose file may be filled in with."""
        self._command, self._patience = command, patience
        self._environ = {**(variables or {})}
        self._environ |= {name: environ[name] for name in _PASSED if name in environ}
        self._environ |= {"PATH": environ.get("PATH", os.defpath), "DOCKER_CLI_HINTS": "false"}

    def ask(self, *words: str) -> Said:
        """What it answers; that it cannot be run, or takes too long, is an answer as well."""
        try:
            process = subprocess.Popen(
                [self._command, *words],
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                start_new_session=True,
            )
        except OSError as error:
            return Said(code=-1, out="", err=f"cannot be run: {error.strerror}")
        try:
            out, err = process.communicate(timeout=self._patience)
        except subprocess.TimeoutExpired:
            return Said(code=-1, out="", err=f"no answer after {self._patience:.0f} s")
        finally:
            with suppress(ProcessLookupError):  # its plugins are processes of their own, and hold the pipes
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        return Said(code=process.returncode, out=out.strip(), err=err)

    @property
    def host_is_named(self) -> bool:
        """Whether DOCKER_HOST says which engine it is."""
        return bool(self._environ.get("DOCKER_HOST"))

    def told(self, *words: str) -> Mapping[str, Any]:
        """The document that it answers; an empty one where it gives none."""
        with suppress(ValueError):
            document = json.loads(self.ask(*words, "--format", "{{json .}}").out)
            return document if isinstance(document, dict) else {}
        return {}
