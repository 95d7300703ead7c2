"""scripts/engine and scripts/images, against the engine that is there."""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.harness import eventually

ROOT = Path(__file__).parents[2]
TOOLS = "bash dirname timeout head uname id grep sort cat env awk ls mkdir flock"
POSTGRES = {"POSTGRES_USER": "o'neil", "POSTGRES_PASSWORD": "it's", "POSTGRES_DB": "shop-1"}

pytestmark = pytest.mark.docker


def run(
    *command: str | Path, cwd: Path = ROOT, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=600, check=False)


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    """That of a shell in which `scripts/engine env` was evaluated."""
    done = run("bash", "-c", 'lines=$(scripts/engine env) && eval "$lines" && env -0')
    assert done.returncode == 0, done.stderr
    return dict(line.split("=", 1) for line in done.stdout.split("\0") if line)


def docker(environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return run("docker", *arguments, env=environment)


@contextmanager
def container(environment: Mapping[str, str], *arguments: str) -> Iterator[str]:
    done = docker(environment, "run", "--detach", *arguments)
    assert done.returncode == 0, done.stderr
    name = done.stdout.strip()
    try:
        yield name
    finally:
        docker(environment, "rm", "--force", "--volumes", name)


@pytest.fixture
def bare() -> Iterator[Path]:
    """A folder that any user may read: the scripts, and on `bin` all that they call but docker."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    shutil.copytree(ROOT / "scripts", folder / "scripts")
    (folder / "bin").mkdir()
    for tool in TOOLS.split():
        found = shutil.which(tool)
        assert found, tool
        (folder / "bin" / tool).symlink_to(found)
    yield folder
    shutil.rmtree(folder)


def nobody(folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Runs scripts/engine in a bare folder, and not as root."""
    to_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.getuid() == 0 else []
    env = {"PATH": str(folder / "bin"), "ENGINE_HOME": str(folder / "state"), **env}
    assignments = [f"{name}={value}" for name, value in env.items()]
    return run(*to_nobody, shutil.which("env") or "env", "-i", *assignments, "scripts/engine", cwd=folder)


def fails(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """Exit code 3, and one line, which names these."""
    assert done.returncode == 3, done.stdout + done.stderr
    assert done.stdout == "" and done.stderr.count("\n") == 1, done.stdout + done.stderr
    for word in words:
        assert word in done.stderr


def test_engine_that_runs_is_left_alone(environment: dict[str, str]) -> None:
    started = time.monotonic()
    done = run("scripts/engine", env=environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert time.monotonic() - started < 2  # 0.1 s on a machine at rest


def test_env_leads_to_compose_and_buildx(environment: dict[str, str]) -> None:
    compose = docker(environment, "compose", "version", "--short")
    assert [int(part) for part in re.findall(r"\d+", compose.stdout)[:2]] >= [2, 24]
    assert docker(environment, "buildx", "version").returncode == 0
    assert docker(environment, "version").returncode == 0


def test_env_where_docker_serves_already(environment: dict[str, str]) -> None:
    done = run("scripts/engine", "env", env=environment)
    assert (done.returncode, done.stdout) == (0, "")


def test_command_that_is_none() -> None:
    done = run("scripts/engine", "restart")
    assert done.returncode == 2 and "'restart' is not a command" in done.stderr


def test_no_docker_and_no_root(bare: Path) -> None:
    done = nobody(bare, ENGINE_SOCKET=f"{bare}/docker.sock")
    fails(done, "no docker command was found", "sudo scripts/engine")
    assert not (bare / "state").exists()


def test_no_docker_and_a_host_that_is_dead(bare: Path) -> None:
    fails(nobody(bare, DOCKER_HOST=f"unix://{bare}/dead.sock"), f"{bare}/dead.sock", "install docker")


def test_host_that_is_dead(environment: dict[str, str], tmp_path: Path) -> None:
    """Nothing is installed then: the user has said where the engine is."""
    mine = {"DOCKER_HOST": f"unix://{tmp_path}/dead.sock", "ENGINE_HOME": str(tmp_path / "state")}
    fails(run("scripts/engine", env=environment | mine), f"{tmp_path}/dead.sock", "unset DOCKER_HOST")
    assert not (tmp_path / "state").exists()


def test_folder_of_somebody_else_is_not_wiped(tmp_path: Path) -> None:
    (tmp_path / "precious").touch()
    run("scripts/engine", "wipe", env=dict(os.environ) | {"ENGINE_HOME": str(tmp_path)})
    assert (tmp_path / "precious").exists()


def test_list_names_what_files_name(environment: dict[str, str], bare: Path) -> None:
    for folder in ("examples/shop", "tests", "compose"):
        (bare / folder).mkdir(parents=True)
    (bare / "examples/shop/compose.yml").write_text(
        "services:\n"
        '  queue:\n    image: "no-such-queue:3"\n'
        "  app:\n    image: built-here:1\n    build: .\n"
        "  cache:\n    image: ${CACHE}\n"
    )
    (bare / "examples/shop/Dockerfile").write_text(
        "FROM --platform=linux/amd64 no-such-base:1 AS base\nFROM base\nFROM scratch\n"
    )
    done = run("scripts/images", "--list", cwd=bare, env=environment)
    names = [line.split()[0] for line in done.stdout.splitlines()]
    assert names == ["no-such-base:1", "no-such-queue:3", "postgres:15", "redis:7"]
    assert re.search(r"^no-such-queue:3 +missing$", done.stdout, re.MULTILINE)


def test_unknown_image(environment: dict[str, str]) -> None:
    done = run("scripts/images", "replay-gate/no-such-image:1", env=environment)
    last = done.stderr.splitlines()[-1]
    assert done.returncode == 3 and done.stdout == ""
    assert "replay-gate/no-such-image:1 is missing" in last and "no stand-in" in last and "postgres" in last


def test_tag_that_no_stand_in_has(environment: dict[str, str]) -> None:
    done = run("scripts/images", "--stand-in", "postgres:99", env=environment)
    assert done.returncode == 3 and "postgres:99" in done.stderr and "postgres:15" in done.stderr


@pytest.fixture(scope="module")
def stand_ins(environment: dict[str, str]) -> None:
    done = run("scripts/images", "--stand-in", "postgres", "redis", env=environment)
    assert done.returncode == 0, done.stderr


@pytest.mark.usefixtures("stand_ins")
def test_stand_in_is_told_from_the_official_image(environment: dict[str, str]) -> None:
    done = run("scripts/images", "--list", "replay-gate/stand-in-redis:latest", env=environment)
    assert done.stdout.split(maxsplit=1)[1].strip() == "there (stand-in)"


@pytest.mark.usefixtures("stand_ins")
def test_stand_in_of_postgres(environment: dict[str, str], tmp_path: Path) -> None:
    """User, password and database are as told, also with quotes in them, and the first scripts have run."""
    scripts = tmp_path / "init"
    scripts.mkdir()
    (scripts / "1.sql").write_text("create table made (n int); insert into made values (7);\n")
    (scripts / "2.sh").write_text(
        'psql -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c "update made set n = n * 6"\n'
    )
    told = [part for name, value in POSTGRES.items() for part in ("--env", f"{name}={value}")]
    mount = f"{scripts}:/docker-entrypoint-initdb.d:ro"
    data = ("--tmpfs", "/var/lib/postgresql/data")
    with container(environment, *told, *data, "--volume", mount, "replay-gate/stand-in-postgres") as name:

        def ask(password: str) -> subprocess.CompletedProcess[str]:
            """Not over 127.0.0.1, where the official image trusts anybody."""
            query = 'psql -h "$(hostname -i)" -U "$POSTGRES_USER" -d "$POSTGRES_DB" -tAc "select n from made"'
            return docker(environment, "exec", "--env", f"PGPASSWORD={password}", name, "sh", "-c", query)

        assert eventually(lambda: ask("it's").stdout == "42\n"), docker(environment, "logs", name).stderr
        assert "password authentication failed" in ask("its").stderr


@pytest.mark.usefixtures("stand_ins")
def test_stand_in_of_postgres_without_a_password(environment: dict[str, str]) -> None:
    done = docker(environment, "run", "--rm", "replay-gate/stand-in-postgres")
    assert done.returncode == 1 and "superuser password is not specified" in done.stderr


@pytest.mark.usefixtures("stand_ins")
def test_stand_in_of_redis(environment: dict[str, str]) -> None:
    options = ("--save", "", "--requirepass", "secret")
    with container(environment, "replay-gate/stand-in-redis", *options) as name:

        def ask(*arguments: str) -> str:
            return docker(environment, "exec", name, "redis-cli", "--no-auth-warning", *arguments).stdout

        assert eventually(lambda: ask("-a", "secret", "ping") == "PONG\n")
        assert "NOAUTH" in ask("ping")
