"""What a run leaves must be its own."""

from pathlib import Path

from gate.cli.files import forget


def test_an_earlier_verdict_does_not_stay(tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    left = ["result.json", "summary.md", "baseline.repro", "report/index.html"]
    for name in [*left, "notes.txt"]:
        (tmp_path / name).write_text("old")
    forget(tmp_path)
    assert not [name for name in left if (tmp_path / name).exists()]
    assert (tmp_path / "notes.txt").exists()
