"""Whose fault it is, by the words of Compose, of the builder and of what runs in them."""

import pytest

from gate.adapters.compose_words import (
    build_failure,
    last_line,
    of_the_engine,
    of_the_engine_in_build,
    of_the_engine_in_run,
)

FULL = "write /var/lib/docker/overlay2/x/merged/app: no space left on device"
DAEMON = "Error response from daemon: "
LOOKUP = 'Head "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host'


@pytest.mark.parametrize(
    ("said", "engine"),
    [
        pytest.param(f"{DAEMON}mkdir: {FULL}", True, id="disk"),
        pytest.param(
            "Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?", True, id="gone"
        ),
        pytest.param(f"{DAEMON}all predefined address pools have been fully subnetted", True, id="networks"),
        pytest.param('error during connect: Post "http://%2Fx/v1.45/containers": EOF', True, id="cut"),
        pytest.param(f"Container x-db-1  Creating\n{DAEMON}Get: i/o timeout\nagain", True, id="not last"),
        pytest.param(f'{DAEMON}exec: "nope": executable file not found in $PATH', False, id="command"),
        pytest.param("dependency failed to start: container x-db-1 exited (1)", False, id="dependency"),
    ],
)
def test_up(said: str, engine: bool) -> None:
    assert of_the_engine(said) is engine


@pytest.mark.parametrize(
    ("said", "engine"),
    [
        pytest.param("psycopg.OperationalError: connection refused", False, id="its own words"),
        pytest.param("OSError: No space left on device", False, id="its own disk"),
        pytest.param(f"{DAEMON}mkdir: {FULL}", True, id="disk"),
        pytest.param(f'{DAEMON}exec: "nope": executable file not found in $PATH', False, id="command"),
    ],
)
def test_run(said: str, engine: bool) -> None:
    assert of_the_engine_in_run(said) is engine


@pytest.mark.parametrize(
    ("said", "engine"),
    [
        pytest.param(f"failed to solve: python:9: {LOOKUP}", True, id="registry"),
        pytest.param("failed to solve: python:9: docker.io/library/python:9: not found", False, id="no tag"),
        pytest.param(f"ERROR: failed to solve: failed to copy files: {FULL}", True, id="disk"),
        pytest.param(
            "#5 0.3 E: Temporary failure resolving 'deb.debian.org'\n#5 ERROR: exit code: 100", True, id="apt"
        ),
        pytest.param("#5 1.2 npm error code EAI_AGAIN\n#5 ERROR: exit code: 1", True, id="npm"),
        pytest.param("#5 1.2 AssertionError: connection refused\n#5 ERROR: exit code: 1", False, id="a test"),
        pytest.param(" > [2/2] RUN make:\n0.355 dial tcp is a word\n------", False, id="repeated"),
        pytest.param("#5 ERROR: process did not complete successfully: exit code: 4", False, id="its own"),
    ],
)
def test_build(said: str, engine: bool) -> None:
    assert of_the_engine_in_build(said) is engine


def test_build_failure_names_the_step_and_its_last_line() -> None:
    said = """\
#4 [api 1/2] FROM docker.io/library/python:3.11-slim
#5 [api 2/2] RUN make
#5 0.355 some words
#6 0.1 another step
#5 0.400 wrong
#5 ERROR: process "/bin/sh -c make" did not complete successfully: exit code: 4
------
 > [api 2/2] RUN make:
"""
    assert build_failure(said) == ("[api 2/2] RUN make: exit code: 4; its last line: wrong")


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        pytest.param("failed to solve: unknown instruction: FRM", "unknown instruction: FRM", id="no step"),
        pytest.param("", "said nothing", id="nothing"),
    ],
)
def test_build_failure_without_steps(said: str, seen: str) -> None:
    assert build_failure(said).endswith(seen)


def test_last_line_is_cut() -> None:
    assert last_line("a\n" + "b" * 900 + "\n \n") == "b" * 500


def test_the_last_line_is_that_of_the_program() -> None:
    assert last_line("begun\nhardly begun\n\ncanceled\n") == "hardly begun"
