"""What a run leaves must be its own, and what others left stays theirs."""

from pathlib import Path

import pytest

from gate.cli.files import claim
from gate.errors import RequestError
from gate.report import GENERATOR

REPORTS = ("result.json", "summary.md", "baseline.repro", "report/index.html", "report/orders.html")
LOG = "logs/candidate/api.log"


def put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("old")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("result.json", '{"run_id": "a"}'),
        ("report/index.html", f"<html><head>{GENERATOR}"),  # of a run that was killed while it wrote
    ],
)
def test_an_earlier_verdict_does_not_stay(tmp_path: Path, name: str, content: str) -> None:
    others = ["notes.txt", "other.repro", "candidate.repro"]
    put(tmp_path, *REPORTS, LOG, *others)
    (tmp_path / name).write_text(content)
    claim(tmp_path, [tmp_path / "report" / ".." / "candidate.repro"])
    assert not [name for name in (*REPORTS, LOG) if (tmp_path / name).exists()]
    assert all((tmp_path / name).exists() for name in others)


@pytest.mark.parametrize("name", REPORTS)
def test_what_no_run_left_stays(tmp_path: Path, name: str) -> None:
    put(tmp_path, name)
    with pytest.raises(RequestError, match="is in the way, and no run left it; give another --out"):
        claim(tmp_path)
    assert (tmp_path / name).read_text() == "old"


def test_what_is_read_and_what_was_logged_is_not_in_the_way(tmp_path: Path) -> None:
    put(tmp_path, "candidate.repro", LOG)
    claim(tmp_path, [tmp_path / "candidate.repro"])
    assert (tmp_path / "candidate.repro").exists()
