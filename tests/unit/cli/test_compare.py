"""``gate compare``, as a person calls it."""

import json
from pathlib import Path
from typing import Any

import pytest

from gate.bundle import pack, write
from gate.cli.main import main
from gate.model import Bundle, Json, Manifest
from tests.fakes.events import recording, request


@pytest.fixture
def sides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with three recordings: two say the same, one holds requests only."""
    monkeypatch.chdir(tmp_path)
    said: dict[str, Json] = {"a": "one", "b": "two", "c": "other"}
    for name, content in said.items():
        one = recording([request(0, said={"content": "same" if name != "c" else content})])
        write(Bundle(manifest=Manifest(name=name), recordings={"one": one}), tmp_path / name)
    return tmp_path


def called(*words: str) -> int:
    with pytest.raises(SystemExit) as info:
        main(["compare", *words])
    assert isinstance(info.value.code, int)
    return info.value.code


def result(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "result.json").read_text())
    return content


def test_two_that_are_the_same(sides: Path) -> None:
    assert called("a", "b", "--out", "out") == 0
    assert result(sides / "out")["sealing"]["status"] == "not applicable"


def test_two_that_differ(sides: Path) -> None:
    assert called("a", "c", "--out", "out") == 1


def test_git_leaves_what_nobody_named_a_place_for(sides: Path) -> None:
    (sides / ".gate").mkdir()
    assert called("a", "b") == 0
    assert (sides / ".gate" / ".gitignore").read_text() == "*\n"
    assert len(list((sides / ".gate" / "runs").iterdir())) == 1
    (sides / ".gate" / ".gitignore").write_text("# mine\n")
    assert called("a", "b") == 0 and (sides / ".gate" / ".gitignore").read_text() == "# mine\n"


def test_an_earlier_result_does_not_stay(sides: Path) -> None:
    assert called("a", "c", "--out", "out") == 1
    (sides / "out" / "summary.md").chmod(0o444)
    assert called("a", "b", "--out", "out") == 0 and result(sides / "out")["verdict"] == "pass"


def test_what_is_compared_stays_where_it_lies(sides: Path) -> None:
    (sides / "run").mkdir()
    for name in ("baseline", "candidate"):
        pack(sides / "a", sides / "run" / f"{name}.repro")
    assert called("run/baseline.repro", "run/candidate.repro", "--out", "run") == 0
    assert (sides / "run" / "baseline.repro").is_file() and (sides / "run" / "candidate.repro").is_file()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--time-tolerance", "nan"), "nan is not between 0 and 86400 seconds"),
        (("--time-tolerance", "inf"), "inf is not between"),
        (("--time-tolerance", "-1"), "-1.0 is not between"),
        (("--ignore", "foo"), "gate: ignore: 'foo' must be a JSONPath"),
        (("--ignore", "$"), "would leave out everything"),
        (("--scenario", "nope"), "no scenario matches 'nope'"),
        (("--out", ""), "it is empty; give it a folder"),
        (("--out", "a/manifest.json"), "is a file"),
    ],
)
def test_a_wrong_request(
    sides: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    assert called("a", "b", *words) == 2
    (said,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("gate: ")]
    assert says in said


def test_why_it_could_not_judge_is_said(sides: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (sides / "plain" / "scenarios").mkdir(parents=True)
    (sides / "plain" / "scenarios" / "one.json").write_text('{"request": {"method": "GET", "path": "/"}}')
    assert called("a", "plain", "--out", "out") == 3
    assert "gate: inconclusive: " in capsys.readouterr().err.splitlines()[-1]
