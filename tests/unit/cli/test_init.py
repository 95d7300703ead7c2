"""What ``gate init`` refuses before it starts anything: one line, exit code 2, and nothing is written."""

from pathlib import Path

import pytest

from gate.cli.main import main

COMPOSE = "services:\n  web:\n    build: .\n    ports: ['80:8000']\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one at hand, on a machine without Docker."""
    (tmp_path / "code").mkdir()
    monkeypatch.chdir(tmp_path / "code")
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path / "code"


def _init(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(["init", *words])
    errors = [line for line in capsys.readouterr().err.splitlines() if line.startswith("gate: ")]
    assert len(errors) == 1
    return int(str(ended.value.code)), errors[0]


def test_no_compose_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, error = _init(capsys)
    assert code == 2 and "has no compose.yaml, compose.yml" in error and "--compose-file" in error


@pytest.mark.parametrize("name", ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"])
def test_the_usual_names_are_found_and_what_is_wrong_has_its_line(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (folder / name).write_text("services:\n  web: [\n")
    code, error = _init(capsys)
    assert code == 2 and error.startswith(f"gate: {name}:3: not YAML")
    assert not (folder / "gate.yml").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a\n", "compose.yml: not a compose file"),
        ("services: {web: {image: x, env_file: ../x}}", "compose.yml:1: env_file ../x: only files of"),
        ("include: [/etc/x.yml]", "compose.yml:1: include /etc/x.yml: only files of"),
    ],
    ids=["a list", "env_file outside", "include outside"],
)
def test_a_compose_file_that_is_none_or_takes_in_what_is_not_ours(
    folder: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    (folder / "compose.yml").write_text(text)
    code, error = _init(capsys)
    assert code == 2 and error.startswith(f"gate: {said}")


def test_a_gate_yml_that_is_there_stays(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "compose.yml").write_text(COMPOSE)
    (folder / "gate.yml").write_text("mine\n")
    code, error = _init(capsys)
    assert code == 2 and error.startswith("gate: gate.yml: is there already") and "--force" in error
    assert (folder / "gate.yml").read_text() == "mine\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--compose-file", "none.yml"), "none.yml: there is no such compose file"),
        (("--compose-file", "../other.yml"), "../other.yml: lies outside of"),
        (("--out", "nowhere/gate.yml"), "nowhere/gate.yml: its folder is not there"),
    ],
    ids=["not there", "outside", "no folder"],
)
def test_paths_that_do_not_fit(
    folder: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    (folder / "compose.yml").write_text(COMPOSE)
    (folder.parent / "other.yml").write_text(COMPOSE)
    code, error = _init(capsys, *words)
    assert code == 2 and error.startswith(f"gate: {said}")


def test_without_docker_it_says_what_to_do(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "compose.yml").write_text(COMPOSE)
    code, error = _init(capsys)
    assert code == 3 and "docker was not found" in error and "gate doctor" in error
    assert not (folder / "gate.yml").exists()
