"""Links lead somewhere, pictures are there and small, every page can be found, and no page knows this machine."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.unit.docs.manual import PAGES, ROOT, anchors, name, prose

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_SOURCE = re.compile(r'(?:src|srcset|href)="([^"\s]+)"')
_MACHINE = re.compile(r"(?<![\w.~}$-])/(?:home|Users|root|work|workspace|mnt|opt|var/folders)/")
_LARGEST = 250 * 1024
IMAGES = sorted((ROOT / "docs" / "images").iterdir())
_TEXT_CHUNKS = (b"tEXt", b"zTXt", b"iTXt", b"eXIf")


def _targets(page: Path) -> list[str]:
    text = re.sub(r"`[^`]*`", "", prose(page.read_text()))
    return [target for pattern in (_LINK, _SOURCE) for target in pattern.findall(text)]


def _file(page: Path, target: str) -> Path:
    path = unquote(target.partition("#")[0])
    return (page.parent / path).resolve() if path else page


def _inner(page: Path) -> list[str]:
    return [target for target in _targets(page) if "://" not in target and not target.startswith("mailto:")]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_and_pictures_exist(page: Path) -> None:
    missing = [target for target in _inner(page) if not _file(page, target).exists()]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_anchors_exist(page: Path) -> None:
    wrong = []
    for target in _inner(page):
        file, anchor = _file(page, target), target.partition("#")[2]
        if anchor and file.suffix == ".md" and file.exists() and anchor not in anchors(file.read_text()):
            wrong.append(target)
    assert not wrong


def test_every_page_is_on_the_map() -> None:
    index = ROOT / "docs" / "index.md"
    listed = {_file(index, target) for target in _inner(index)}
    assert not [
        name(page) for page in PAGES if page.is_relative_to(index.parent) if page not in listed | {index}
    ]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_page_knows_this_machine(page: Path) -> None:
    assert not _MACHINE.findall(page.read_text())


@pytest.mark.parametrize("image", IMAGES, ids=name)
def test_a_picture_is_small_used_and_says_nothing_in_words(image: Path) -> None:
    content = image.read_bytes()
    assert len(content) < _LARGEST
    assert not [chunk for chunk in _TEXT_CHUNKS if chunk in content]
    assert [page for page in PAGES if image in {_file(page, target) for target in _inner(page)}]
