"""The ``docker`` command of this machine: where it is, which engine it goes to, whether its Compose is new enough."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gate.errors import InconclusiveError

PASSED = ("DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_CONFIG", "SSH_AUTH_SOCK")
LEAST_COMPOSE = (2, 24)
_TIMEOUT = 20


def found_command(environ: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The command and the variables it is run with, ``DOCKER_HOST`` among them.

    Raises InconclusiveError where there is none, or none that will do.
    """
    command = shutil.which("docker", path=environ.get("PATH"))
    if command is None:
        raise InconclusiveError("docker was not found; install Docker with Compose v2, or run 'gate doctor'")
    own = _environment(environ)
    # Where the command line would go: the context that is in use.
    host = environ.get("DOCKER_HOST") or _said(
        command, own, "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"
    )
    own["DOCKER_HOST"] = host or "unix:///var/run/docker.sock"
    _check_compose(_said(command, own, "compose", "version", "--short"))
    return command, own


def new_enough(version: str) -> bool:
    """Whether Compose of this version will do; an empty one is none."""
    return tuple(int(word) for word in re.findall(r"\d+", version)[:2]) >= LEAST_COMPOSE


def kind(info: Mapping[str, Any]) -> str:
    """What sort of engine tells this of itself: ``Docker Desktop``, ``rootless`` or ``native``."""
    if "Desktop" in str(info.get("OperatingSystem", "")):
        return "Docker Desktop"
    if any("rootless" in str(option) for option in info.get("SecurityOptions") or ()):
        return "rootless"
    return "native"


def addressable(info: Mapping[str, Any], host: str) -> bool:
    """Whether this machine reaches the containers of an engine by their addresses: a native Linux one, run by root."""
    return host.startswith("unix://") and kind(info) == "native" and Path("/proc/sys/kernel").exists()


def _check_compose(version: str) -> None:
    if not new_enough(version):
        seen = f"version {version}" if version else "none"
        least = ".".join(map(str, LEAST_COMPOSE))
        raise InconclusiveError(f"Docker Compose: {seen}, and {least} or newer is needed; run 'gate doctor'")


def _said(command: str, environ: Mapping[str, str], *arguments: str) -> str:
    try:
        done = subprocess.run(
            [command, *arguments],
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=_TIMEOUT,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What the command line needs, and nothing that a compose file could be filled in with."""
    found = {name: environ[name] for name in PASSED if name in environ}
    if home := environ.get("HOME"):
        found.setdefault("DOCKER_CONFIG", f"{home}/.docker")
    found |= {
        "PATH": environ.get("PATH", os.defpath),
        "DOCKER_CLI_HINTS": "false",
        "BUILDKIT_PROGRESS": "plain",
        # An attestation holds times: with one, the same code would be another image in every run.
        "BUILDX_NO_DEFAULT_ATTESTATIONS": "1",
    }
    return found | {
        "COMPOSE_ANSI": "never",
        "COMPOSE_EXPERIMENTAL_GIT_REMOTE": "0",
        "COMPOSE_EXPERIMENTAL_OCI_REMOTE": "0",
    }
