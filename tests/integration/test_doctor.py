"""``gate doctor`` with the real ``docker`` command, and with the engine of this machine."""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

pytestmark = pytest.mark.docker
ROOT = Path(__file__).resolve().parents[2]


def _doctor(folder: Path, env: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    own = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(folder), **env}
    return subprocess.run(
        [sys.executable, "-m", "gate", "doctor", "--environment", "compose"],
        cwd=folder,
        env=own,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def _made_by_doctor() -> str:
    said = (
        subprocess.run(["docker", *words], capture_output=True, text=True, check=True, timeout=30).stdout
        for words in (
            ("ps", "--all", "--filter", "name=gate-doctor-", "--format", "{{.Names}}"),
            ("network", "ls", "--filter", "name=gate-doctor-", "--format", "{{.Name}}"),
        )
    )
    return "".join(said)


def test_an_engine_that_answers_lacks_nothing_and_keeps_nothing(tmp_path: Path) -> None:
    done = _doctor(tmp_path, {})
    assert done.returncode == 0, done.stdout
    assert "\nok     engine: " in done.stdout and "\nok     containers: are reached by " in done.stdout
    assert _made_by_doctor() == ""


@pytest.mark.parametrize("config", ["{bad", None], ids=["broken", "no folder"])
def test_settings_that_cannot_be_read_and_a_socket_without_a_listener(
    tmp_path: Path, config: str | None
) -> None:
    settings = tmp_path / "settings"
    if config is None:
        settings.write_text("")
    else:
        settings.mkdir()
        (settings / "config.json").write_text(config)
    dead = tmp_path / "d.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(dead))
    done = _doctor(tmp_path, {"DOCKER_HOST": f"unix://{dead}", "DOCKER_CONFIG": str(settings)})
    assert done.returncode == 3 and done.stderr == ""
    assert f"lacks  engine: none answers at unix://{dead}" in done.stdout


@pytest.mark.parametrize(
    "host", ["nonsense", "tcp://127.0.0.1:9", "unix:///nowhere.sock", "ftp://x", "\x1b[31m"]
)
def test_a_docker_host_that_leads_nowhere(tmp_path: Path, host: str) -> None:
    done = _doctor(tmp_path, {"DOCKER_HOST": host})
    assert done.returncode == 3 and done.stderr == "" and "\x1b" not in done.stdout
    assert "unset DOCKER_HOST" in done.stdout
