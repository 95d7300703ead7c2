"""Bundles by path."""

from pathlib import Path

import pytest

from gate.adapters.directory import load_bundles
from gate.bundle import pack, write
from gate.errors import RequestError
from gate.model import Bundle, Manifest
from tests.fakes.events import recording, request


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("one", "two"):
        write(
            Bundle(manifest=Manifest(name=name), recordings={name: recording([request(0)], name)}),
            tmp_path / "bundles" / name,
        )
    pack(tmp_path / "bundles" / "two", tmp_path / "packed.repro")
    return tmp_path


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        ([], []),
        (["bundles/one"], ["one"]),
        (["packed.repro", "bundles/one"], ["two", "one"]),
        (["bundles/*"], ["one", "two"]),
    ],
)
def test_by_path(root: Path, paths: list[str], names: list[str]) -> None:
    assert [bundle.manifest.name for _, bundle in load_bundles(paths, root)] == names
    whole = [str(root / path) for path in paths]
    assert [bundle.manifest.name for _, bundle in load_bundles(whole, Path("elsewhere"))] == names


def test_a_name_may_look_like_a_glob(root: Path) -> None:
    (root / "packed.repro").rename(root / "a[1].repro")
    ((path, _),) = load_bundles(["a[1].repro"], root)
    assert path == root / "a[1].repro"


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("none", "bundle none: "),
        ("no*", r"bundle no\*: nothing matches in "),
        ("a**", r"bundle a\*\*: "),
        ("s3://replay/billing", "only folders and .repro files can be read"),
    ],
)
def test_what_is_no_bundle(root: Path, path: str, says: str) -> None:
    with pytest.raises(RequestError, match=says):
        load_bundles([path], root)
