"""What ``gate doctor`` says of a machine for the environment compose, whatever state its Docker is in."""

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import click.testing
import pytest

from gate.adapters.engine_ask import Docker
from gate.cli.doctor import doctor

_ANSWERS = """#!{python}
import sys
words = sys.argv[1:]
info = {info!r}
said = {{
    "--version": "Docker version 27.0.3, build x",
    "compose version --short": {compose!r},
    "buildx version": "github.com/docker/buildx v0.15.1 abc",
    "info --format {{{{json .}}}}": info,
    "context inspect --format {{{{.Endpoints.docker.Host}}}}": "unix:///run/user/1000/docker.sock",
    "image ls --filter label=replay-gate.playback --format {{{{.ID}}}}": "",
}}
text = said.get(" ".join(words))
if text is None or (not info and words[0] == "version"):
    sys.exit({error!r})
print(text)
"""
_INFO = '{"ServerVersion": "27.0.3", "MemTotal": 8589934592, "OperatingSystem": "Debian", "DockerRootDir": "/nowhere"}'
_NOBODY = "Cannot connect to the Docker daemon at unix:///x.sock. Is the docker daemon running?"


def _docker(folder: Path, *, info: str = _INFO, compose: str = "2.29.1", error: str = _NOBODY) -> None:
    _script(folder, _ANSWERS.format(python=sys.executable, info=info, compose=compose, error=error))


def _script(folder: Path, text: str) -> None:
    (folder / "docker").write_text(text)
    (folder / "docker").chmod(0o755)


@dataclass(frozen=True)
class Machine:
    """One that has no ``docker`` but the one in its folder."""

    path: Path
    monkeypatch: pytest.MonkeyPatch

    def doctor(self, *more: str, env: Mapping[str, str] | None = None) -> click.testing.Result:
        """What it says; whatever it raises fails the test."""
        for name, value in (env or {}).items():
            self.monkeypatch.setenv(name, value)
        result = click.testing.CliRunner().invoke(doctor, more, standalone_mode=False, catch_exceptions=False)
        assert "Traceback" not in result.output
        return result


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    for name in ("DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_CONTEXT"):
        monkeypatch.delenv(name, raising=False)
    for name in ("PATH", "HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    (tmp_path / "git").write_text("#!/bin/sh\necho git version 2.39.5\n")
    (tmp_path / "git").chmod(0o755)
    return Machine(tmp_path, monkeypatch)


def test_no_docker_at_all_is_no_lack_of_the_other_environment(machine: Machine) -> None:
    done = machine.doctor()
    assert "lacks  docker: not found\n       install Docker Engine" in done.output
    assert done.return_value == 0
    assert machine.doctor("--environment", "compose").return_value == 3
    process = machine.doctor("--environment", "process")
    assert process.return_value == 0 and "docker: not found" not in process.output


@pytest.mark.parametrize(
    ("error", "env", "said", "fix"),
    [
        (
            _NOBODY,
            {},
            "engine: none answers at unix:///run/user/1000/docker.sock: Cannot connect",
            "start Docker",
        ),
        (
            "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock",
            {},
            "permission denied on the socket",
            "add yourself to the group docker",
        ),
        (
            "WARNING: config\nlookup nonsense: no such host",
            {"DOCKER_HOST": "non\x1bsense"},
            "at non?sense: lookup",
            "unset DOCKER_HOST",
        ),
    ],
    ids=["dead socket", "permission", "nonsense"],
)
def test_an_engine_that_does_not_answer(
    machine: Machine, error: str, env: Mapping[str, str], said: str, fix: str
) -> None:
    _docker(machine.path, info="", error=error)
    done = machine.doctor("--environment", "compose", env=env)
    assert done.return_value == 3
    lines = done.output.splitlines()
    number = next(number for number, line in enumerate(lines) if said in line)
    assert lines[number].startswith("lacks  engine: ") and fix in lines[number + 1]


@pytest.mark.parametrize(
    ("info", "compose", "line"),
    [
        (_INFO, "2.23.9", "lacks  Docker Compose: 2.23.9"),
        (_INFO, "", "lacks  Docker Compose: not there"),
        (_INFO, "2.24.0", "ok     Docker Compose: 2.24.0"),
        (_INFO.replace("27.0.3", "24.0.7"), "2.29.1", "note   engine: 24.0.7, native"),
        (_INFO.replace("Debian", "Docker Desktop"), "2.29.1", "ok     engine: 27.0.3, Docker Desktop"),
        (_INFO[:-1] + ', "SecurityOptions": ["name=rootless"]}', "2.29.1", "ok     engine: 27.0.3, rootless"),
        (_INFO.replace("8589934592", "1000000000"), "2.29.1", "note   memory of the engine: 0.9 GiB"),
        (_INFO, "2.29.1", "ok     disk of the engine: /nowhere, cannot be looked at from here"),
        (_INFO, "2.29.1", "lacks  playback image: python:3.11-slim, which it is built from, is not there"),
        (_INFO, "2.29.1", "ok     buildx: v0.15.1"),
    ],
    ids=[
        "old",
        "none",
        "least",
        "no start_interval",
        "Desktop",
        "rootless",
        "memory",
        "disk",
        "image",
        "buildx",
    ],
)
def test_what_the_engine_is_like(machine: Machine, info: str, compose: str, line: str) -> None:
    _docker(machine.path, info=info, compose=compose)
    assert f"\n{line}" in machine.doctor("--environment", "compose").output


@pytest.mark.parametrize(
    "text",
    [
        "#!/bin/sh\nexit 1\n",
        "#!/nowhere/sh\n",
        "\x00",
        "#!/bin/sh\necho '{\"ServerVersion\": ['\n",
        "#!/bin/sh\necho []\n",
    ],
    ids=["fails", "no interpreter", "no program", "broken document", "another document"],
)
def test_a_docker_that_is_broken(machine: Machine, text: str) -> None:
    _script(machine.path, text)
    done = machine.doctor("--environment", "compose")
    assert done.return_value == 3 and "lacks  " in done.output


def test_a_question_that_hangs_is_given_up_with_all_that_it_started(machine: Machine) -> None:
    _script(machine.path, f"#!/bin/sh\n/bin/sleep 300 &\necho $! > {machine.path}/pid\nwait\n")
    began = time.monotonic()
    said = Docker(str(machine.path / "docker"), os.environ, patience=3).ask("info")
    assert time.monotonic() - began < 10
    assert said.reason == "no answer after 3 s" and said.code
    pid = (machine.path / "pid").read_text().strip()
    while _runs(pid) and time.monotonic() - began < 20:
        time.sleep(0.05)
    assert not _runs(pid)


def _runs(pid: str) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


@pytest.mark.parametrize(
    ("missing", "line"),
    [
        (
            ("docker", "psycopg"),
            "lacks  packages: docker (asks the engine), psycopg (reads PostgreSQL) missing",
        ),
        (
            ("redis",),
            "note   packages: redis (reads Redis) missing\n       pip install 'replay-gate[gate,redis]'",
        ),
    ],
    ids=["the engine's", "a driver"],
)
def test_packages_that_are_missing_are_named_with_what_they_are_for(
    machine: Machine, missing: tuple[str, ...], line: str
) -> None:
    known = metadata.version

    def version(name: str) -> str:
        if name in missing:
            raise metadata.PackageNotFoundError(name)
        return known(name)

    machine.monkeypatch.setattr(metadata, "version", version)
    _docker(machine.path)
    assert f"\n{line}" in machine.doctor("--environment", "compose").output
