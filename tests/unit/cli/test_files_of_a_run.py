"""What a run leaves must be its own."""

from pathlib import Path

from gate.cli.files import forget


def test_an_earlier_verdict_does_not_stay(tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    (tmp_path / "logs" / "candidate").mkdir(parents=True)
    left = ["result.json", "summary.md", "baseline.repro", "report/index.html", "logs/candidate/api.log"]
    others = ["notes.txt", "other.repro", "candidate.repro"]
    for name in [*left, *others]:
        (tmp_path / name).write_text("old")
    forget(tmp_path, [tmp_path / "report" / ".." / "candidate.repro"])
    assert not [name for name in left if (tmp_path / name).exists()]
    assert all((tmp_path / name).exists() for name in others)
