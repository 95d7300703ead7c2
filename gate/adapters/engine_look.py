"""What a machine has for the environment ``compose``, asked of the ``docker`` command; nothing here waits for long."""

import re
import secrets
import shutil
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from gate.adapters.engine_ask import PATIENCE, Docker
from gate.adapters.engine_command import LEAST_COMPOSE, addressable, kind, new_enough
from gate.adapters.engine_labels import LABEL, PLAYBACK

Answer = tuple[str, str, str, str]
"""What was looked at, what was seen, the fix where it lacks something, the advice where it could be better."""

BASE_IMAGE = "python:3.11-slim"
_LEAST_ENGINE = 25
_GIB = 2**30
_LEAST_FREE, _LEAST_MEMORY = 2 * _GIB, 2 * _GIB
_PORT = 8000
_NO_DOCKER = "install Docker Engine or Docker Desktop; on a bare Debian or Ubuntu run 'scripts/engine'"


def look(
    environ: Mapping[str, str], marks: Callable[[str], Mapping[str, str]] | None, patience: float = PATIENCE
) -> Iterator[Answer]:
    """Everything that a run in containers takes. ``marks`` labels what is made to try it; without it nothing is."""
    command = shutil.which("docker", path=environ.get("PATH"))
    if command is None:
        yield "docker", "not found", _NO_DOCKER, ""
        return
    docker = Docker(command, environ, patience)
    version = docker.ask("--version")
    if version.code:
        yield "docker", f"{command} does not run: {version.reason}", _NO_DOCKER, ""
        return
    yield "docker", f"{command}, {version.out.removeprefix('Docker version ')}", "", ""
    yield _compose(docker)
    yield _buildx(docker)
    info = docker.told("info")
    host = (
        environ.get("DOCKER_HOST")
        or docker.ask("context", "inspect", "--format", "{{.Endpoints.docker.Host}}").out
    )
    if not info.get("ServerVersion"):
        yield _silent(docker, host or "the default socket")
        return
    yield _engine(info, host)
    yield _disk(info, host)
    yield _memory(info)
    image = _image_at_hand(docker)
    yield _base_image(docker, image)
    if image and marks:
        yield _reached(docker, image, marks, loopback=not addressable(info, host))


def left(environ: Mapping[str, str], is_dead: Callable[[Mapping[str, str]], bool]) -> int:
    """How many containers, networks and volumes dead runs have left."""
    command = shutil.which("docker", path=environ.get("PATH"))
    if command is None:
        return 0
    docker = Docker(command, environ)
    found = 0
    for words in (("ps", "--all"), ("network", "ls"), ("volume", "ls")):
        said = docker.ask(*words, "--filter", f"label={LABEL}", "--format", "{{.Labels}}")
        marks = [dict(one.partition("=")[::2] for one in line.split(",")) for line in said.out.splitlines()]
        found += sum(is_dead(one) for one in marks)
    return found


def _compose(docker: Docker) -> Answer:
    said = docker.ask("compose", "version", "--short")
    version = "" if said.code else said.out
    least = ".".join(map(str, LEAST_COMPOSE))
    seen = version if any(map(str.isdigit, version)) else "not there"
    fix = f"install Docker Compose {least} or newer (package docker-compose-plugin or docker-compose-v2)"
    return "Docker Compose", seen, "" if new_enough(version) else fix, ""


def _buildx(docker: Docker) -> Answer:
    said = docker.ask("buildx", "version")
    seen = "not there" if said.code else (re.findall(r"v?\d+\.\d+\S*", said.out) or [said.out])[0]
    return (
        "buildx",
        seen,
        "install buildx (package docker-buildx-plugin or docker-buildx)" if said.code else "",
        "",
    )


def _silent(docker: Docker, host: str) -> Answer:
    reason = docker.ask("version", "--format", "{{.Server.Version}}").reason
    fix = "start Docker (systemctl start docker, or Docker Desktop); on a bare machine run 'scripts/engine'"
    if "permission denied" in reason.lower():
        reason = "permission denied on the socket"
        fix = "add yourself to the group docker: sudo usermod -aG docker $USER, then log in again"
    elif docker.host_is_named:
        fix = "start the engine that DOCKER_HOST names, or unset DOCKER_HOST to use the one of this machine"
    return "engine", f"none answers at {host}: {reason}", fix, ""


def _engine(info: Mapping[str, Any], host: str) -> Answer:
    version = str(info["ServerVersion"])
    seen = f"{version}, {kind(info)}, at {host}"
    major = re.match(r"\d+", version)
    old = major is not None and int(major[0]) < _LEAST_ENGINE
    advice = (
        f"from {_LEAST_ENGINE} on healthchecks can be asked often at the start, which saves seconds a run"
    )
    return "engine", seen, "", advice if old else ""


def _disk(info: Mapping[str, Any], host: str) -> Answer:
    root = str(info.get("DockerRootDir") or "")
    local = host.startswith("unix://") and kind(info) != "Docker Desktop"
    try:
        free = shutil.disk_usage(root).free if local and root else None
    except OSError:  # such as a folder of root's
        free = None
    if free is None:
        return "disk of the engine", f"{root or 'unknown'}, cannot be looked at from here", "", ""
    fix = "" if free >= _LEAST_FREE else "free some space: docker system prune, docker builder prune"
    return "disk of the engine", f"{root}, {free // 2**20} MiB free", fix, ""


def _memory(info: Mapping[str, Any]) -> Answer:
    total = int(info.get("MemTotal") or 0)
    advice = (
        "" if total >= _LEAST_MEMORY else "both sides run at the same time; give the engine 2 GiB or more"
    )
    return "memory of the engine", f"{total / _GIB:.1f} GiB", "", advice


def _image_at_hand(docker: Docker) -> str:
    """One that has a Python, and so can be asked to listen."""
    found = docker.ask("image", "ls", "--filter", f"label={PLAYBACK}", "--format", "{{.ID}}").out.split()
    if found:
        return found[0]
    there = docker.ask("image", "inspect", "--format", "{{.Id}}", BASE_IMAGE)
    return "" if there.code else BASE_IMAGE


def _base_image(docker: Docker, at_hand: str) -> Answer:
    """The playback server's image, or what it is built from in the first run."""
    what = "playback image"
    if at_hand and at_hand != BASE_IMAGE:
        return what, "built", "", ""
    if at_hand:
        return what, f"built in the first run; {BASE_IMAGE} is there", "", ""
    said = docker.ask("manifest", "inspect", BASE_IMAGE)
    if said.code == 0:
        return what, f"built in the first run; {BASE_IMAGE} can be pulled", "", ""
    seen = f"{BASE_IMAGE}, which it is built from, is not there and cannot be pulled: {said.reason}"
    return what, seen, f"pull {BASE_IMAGE} where a registry answers, or run 'scripts/images'", ""


def _reached(docker: Docker, image: str, marks: Callable[[str], Mapping[str, str]], loopback: bool) -> Answer:
    """Start a container as a run would, and connect to it."""
    name = f"gate-doctor-{secrets.token_hex(4)}"
    labels = [f"--label={key}={value}" for key, value in marks(name).items()]
    way = "a port on loopback" if loopback else "their address"
    try:
        reason = _try(docker, name, labels, image, loopback)
    finally:
        docker.ask("rm", "--force", "--volumes", name)
        docker.ask("network", "rm", name)
    what = "containers"
    if not reason:
        return what, f"are reached by {way}", "", ""
    other = (
        "let this machine connect to published ports on 127.0.0.1"
        if loopback
        else "set environments.compose.reach to loopback in gate.yml, or let this machine connect to the bridges"
    )
    return what, f"are not reached by {way}: {reason}", other, ""


def _try(docker: Docker, name: str, labels: Sequence[str], image: str, loopback: bool) -> str:
    """Why it cannot be reached; an empty text where it can."""
    made = docker.ask("network", "create", *labels, *(() if loopback else ("--internal",)), name)
    if made.code:
        return made.reason
    words = [
        "run",
        "--detach",
        "--name",
        name,
        "--network",
        name,
        "--pull=never",
        "--entrypoint=python3",
        *labels,
    ]
    words += [f"--publish=127.0.0.1::{_PORT}"] if loopback else []
    started = docker.ask(*words, image, "-m", "http.server", str(_PORT))
    if started.code:
        return started.reason
    address = _address(docker, name, loopback)
    deadline = time.monotonic() + PATIENCE / 2
    reason = "it has no address"
    while address and time.monotonic() < deadline:
        try:
            socket.create_connection(address, timeout=1).close()
            return ""
        except OSError as error:
            reason = str(error.strerror or error)
        time.sleep(0.1)
    return reason


def _address(docker: Docker, name: str, loopback: bool) -> tuple[str, int] | None:
    if loopback:
        said = docker.ask("port", name, f"{_PORT}/tcp").out.splitlines()
        port = said[0].rpartition(":")[2] if said else ""
        return ("127.0.0.1", int(port)) if port.isdigit() else None
    form = f'{{{{(index .NetworkSettings.Networks "{name}").IPAddress}}}}'
    address = docker.ask("inspect", "--format", form, name).out
    return (address, _PORT) if address else None
