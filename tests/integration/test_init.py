"""``gate init`` on compose files as people write them, with the real Docker Compose and containers."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from gate.config import Settings
from gate.config.load import load

pytestmark = pytest.mark.docker
ROOT = Path(__file__).resolve().parents[2]

APP = """
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == os.environ["WELL"] else 404)
        self.send_header("content-length", "0")
        self.end_headers()
    def log_message(self, *words): pass
ThreadingHTTPServer(("0.0.0.0", 5000), Handler).serve_forever()
"""
DOCKERFILE = 'FROM python:3.11-slim\nCOPY app.py /app.py\nEXPOSE 5000\nCMD ["python3", "-u", "/app.py"]\n'
SERVED = """services:
  web:
    build: {context: ./src}
    ports: ["80:5000"]
    environment: {WELL: "%s"}
"""


def _folder(path: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text)
    return path


def _init(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    # What a user's shell holds must not reach the file.
    env = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(folder), "PASSWORD": "of-the-shell"}
    return subprocess.run(
        [sys.executable, "-m", "gate", "init", *words],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def _settings(folder: Path) -> Settings:
    return load(folder / "gate.yml", {})


def test_a_service_without_a_healthcheck_is_asked_where_it_is_well_and_passes(tmp_path: Path) -> None:
    folder = _folder(
        tmp_path, {"src/Dockerfile": DOCKERFILE, "src/app.py": APP, "compose.yml": SERVED % "/status"}
    )
    done = _init(folder)
    assert done.returncode == 0, done.stderr + done.stdout
    assert "ready: /status # it answered 200 when it was tried\n" in (folder / "gate.yml").read_text()
    (scenario,) = (folder / "bundles" / "first" / "scenarios").iterdir()
    assert scenario.name == "get-status.json"
    assert json.loads(scenario.read_text())["request"]["path"] == "/status"
    assert (
        "it runs, and passes against itself" in done.stdout
        and "docs/tutorial/your-compose-file.md" in done.stdout
    )
    again = _init(folder)
    assert again.returncode == 2 and again.stderr.startswith("gate: gate.yml: is there already")


def test_a_service_that_is_never_well_is_asked_about(tmp_path: Path) -> None:
    folder = _folder(
        tmp_path, {"src/Dockerfile": DOCKERFILE, "src/app.py": APP, "compose.yml": SERVED % "/nowhere-else"}
    )
    done = _init(folder)
    assert done.returncode in (0, 3), done.stderr + done.stdout  # nothing says when it may be asked
    compose = _settings(folder).compose
    assert compose is not None and compose.services["web"].ready is None
    assert "web: no path answered 2xx (/healthz gave 404" in done.stdout


def test_what_is_refused_ends_the_run_and_the_file_stays(tmp_path: Path) -> None:
    hostile = SERVED % "/" + "    privileged: true\n    volumes: [/var/run/docker.sock:/docker.sock]\n"
    folder = _folder(tmp_path, {"src/Dockerfile": DOCKERFILE, "src/app.py": APP, "compose.yml": hostile})
    done = _init(folder)
    assert done.returncode == 2
    assert "is refused" in done.stderr.splitlines()[-1]
    assert "compose.yml:6: web: privileged is refused" in done.stdout
    compose = _settings(folder).compose
    assert compose is not None and not compose.allow


SHOP = """version: "3"
x-common: &common
  DATABASE_URL: postgres://app:${PASSWORD}@db/app
  PAY: https://api.pay.example/v2
services:
  web:
    build: .
    env_file: .env
    environment: {<<: *common, MODE: }
    ports: ["${PORT:-80}:5000"]
    healthcheck: {test: "curl -f http://localhost:5000/well"}
    depends_on: [db, cache]
  worker: {build: ., environment: *common, command: work}
  migrate: {build: ., environment: *common, command: python manage.py migrate}
  db: {image: "postgres:15", environment: {POSTGRES_PASSWORD: "${PASSWORD}"}}
  cache: {image: "redis:7", command: "redis-server --requirepass ${CACHE_PASSWORD:?missing}"}
  mail: {image: mailpit, profiles: [dev]}
"""


def test_a_file_in_the_usual_style(tmp_path: Path) -> None:
    folder = _folder(
        tmp_path, {"docker-compose.yml": SHOP, "Dockerfile": DOCKERFILE, ".env": "TOKEN=of-the-file\n"}
    )
    done = _init(folder, "--no-run")
    assert done.returncode == 0, done.stderr
    settings = _settings(folder)
    assert settings.compose is not None
    assert set(settings.compose.services) == {"web", "worker", "migrate"}
    assert settings.compose.env == {
        "PASSWORD": "change-me",
        "CACHE_PASSWORD": "change-me",
        "MODE": "change-me",
    }
    assert settings.compose.services["web"].env == {
        "TOKEN": "change-me",
        "PAY": "{outward.api.pay.example}/v2",
    }
    assert settings.compose.services["web"].ready == "/well"
    assert {store.kind for store in settings.stores} == {"postgres", "redis"}
    said = done.stdout + done.stderr + (folder / "gate.yml").read_text()
    assert "of-the-file" not in said and "of-the-shell" not in said
    assert "docker-compose.yml:8: .env is not part of the code" in done.stdout
    assert "mail is in a profile, so it is left out" in done.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "services:\n  a: {image: x}\n  web:\n    imagee: x\n",
            "compose.yml:3: Docker Compose does not take it: services.web",
        ),
        ("services: {db: {image: 'postgres:15'}}", "compose.yml: no service publishes a port or exposes one"),
        ("services: {}", "compose.yml: has no services"),
    ],
    ids=["a wrong key", "nothing to ask", "nothing"],
)
def test_a_file_that_cannot_be_gated(tmp_path: Path, text: str, said: str) -> None:
    folder = _folder(tmp_path, {"compose.yml": text})
    done = _init(folder, "--no-run")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(f"gate: {said}")
    assert not (folder / "gate.yml").exists()


def test_a_bundle_that_is_there_is_taken_and_stays(tmp_path: Path) -> None:
    request = {"request": {"method": "GET", "path": "/"}}
    folder = _folder(
        tmp_path, {"compose.yml": SERVED % "/", "bundles/mine/scenarios/a.json": json.dumps(request)}
    )
    done = _init(folder, "--no-run", "--service", "web")
    assert done.returncode == 0, done.stderr
    assert [Path(bundle).name for bundle in _settings(folder).bundles] == ["mine"]
    assert not (folder / "bundles" / "first").exists()
