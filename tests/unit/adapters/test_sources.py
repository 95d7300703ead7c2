"""What a side's containers and builds get to see of its code."""

import os
import subprocess
from pathlib import Path

import pytest

from gate.adapters.git import Git
from gate.adapters.sources import exported

GIT = Git(os.environ)


@pytest.fixture(params=["repository", "plain folder"])
def code(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = tmp_path / "code"
    for name in (
        "app/main.py",
        "compose.yml",
        ".env",
        ".git/config",
        "bundles/one/state/db.dump",
        "bundles/b.repro",
    ):
        if name.startswith(".git/") and request.param == "repository":
            continue
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    (folder / "link").symlink_to("/etc/hostname")
    if request.param == "repository":
        (folder / ".gitignore").write_text(".env\ncache/\n")
        (folder / "cache").mkdir()
        (folder / "cache" / "secret").write_text("ignored")
        (folder / ".env.local").write_text("neither ignored nor added")
        subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    return folder


def test_nothing_that_is_ignored_or_secret_is_copied(code: Path, tmp_path: Path) -> None:
    copy = exported(code, GIT, tmp_path / "copy")
    assert (copy / "app" / "main.py").read_text() == "app/main.py"
    found = {str(path.relative_to(copy)) for path in copy.rglob("*")} - {".gitignore"}
    assert found == {
        "app", "app/main.py", "compose.yml", "link", "bundles", "bundles/b.repro", "bundles/one", "bundles/one/state",
        "bundles/one/state/db.dump",
    }  # fmt: skip


def test_a_link_stays_one(code: Path, tmp_path: Path) -> None:
    assert (exported(code, GIT, tmp_path / "copy") / "link").readlink() == Path("/etc/hostname")


def test_bundles_are_for_the_gate_only(code: Path, tmp_path: Path) -> None:
    copy = exported(
        code, GIT, tmp_path / "copy", [Path("bundles/one"), Path("bundles/b.repro"), Path("gone")]
    )
    assert not list((copy / "bundles").rglob("*.*"))


def test_a_file_that_was_deleted_is_left_out(tmp_path: Path) -> None:
    code = tmp_path / "code"
    code.mkdir()
    (code / "kept").touch()
    (code / "deleted").touch()
    for words in (["init", "--quiet"], ["add", "."]):
        subprocess.run(["git", "-C", str(code), *words], check=True)
    (code / "deleted").unlink()
    assert [path.name for path in exported(code, GIT, tmp_path / "copy").iterdir()] == ["kept"]


@pytest.mark.parametrize("link", ["bundles", "bundles/deep"])
def test_what_lies_behind_a_link_is_left_alone(tmp_path: Path, link: str) -> None:
    """A change may put a link in the place of a folder with a bundle: what it leads to is not the copy's."""
    others = tmp_path / "others"
    (others / "deep").mkdir(parents=True)
    (others / "one").write_text("kept")
    (others / "deep" / "one").write_text("kept")
    code = tmp_path / "code"
    (code / link).parent.mkdir(parents=True)
    (code / link).symlink_to(others)
    exported(
        code, GIT, tmp_path / "copy", [Path("bundles/one"), Path("bundles/deep"), Path("bundles/deep/one")]
    )
    assert (others / "one").read_text() == (others / "deep" / "one").read_text() == "kept"


def test_a_bundle_behind_a_link_of_the_copy_is_hidden_all_the_same(tmp_path: Path) -> None:
    code = tmp_path / "code"
    (code / "real" / "one").mkdir(parents=True)
    (code / "real" / "two").mkdir()
    (code / "bundles").symlink_to("real")
    (code / "loop").symlink_to("loop")
    copy = exported(code, GIT, tmp_path / "copy", [Path("bundles/one"), Path("loop/x"), Path()])
    assert {path.name for path in (copy / "real").iterdir()} == {"two"}


def test_nothing_is_read_through_a_link_in_the_place_of_a_folder(tmp_path: Path) -> None:
    code, others = tmp_path / "code", tmp_path / "others"
    (code / "app").mkdir(parents=True)
    (code / "app" / "key").write_text("mine")
    for words in (["init", "--quiet"], ["add", "."]):
        subprocess.run(["git", "-C", str(code), *words], check=True)
    (code / "app").rename(others)
    (code / "app").symlink_to(others)
    copy = exported(code, GIT, tmp_path / "copy")
    assert not (copy / "app").is_dir() or (copy / "app").is_symlink()
    assert (others / "key").read_text() == "mine"


def test_what_is_neither_file_nor_folder_is_left_out(code: Path, tmp_path: Path) -> None:
    os.mkfifo(code / "app" / "pipe")
    assert not (exported(code, GIT, tmp_path / "copy") / "app" / "pipe").exists()
