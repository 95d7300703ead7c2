"""The manual as the tests read it: its pages, sections, tables and code."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = ROOT / "docs" / "reference"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"(?:(?<=\n\n)|\A)((?: {4,}.*\n|\n)+)", re.MULTILINE)
_HEADING = re.compile(r"^(#{1,6}) (.+)$", re.MULTILINE)
_CELL = re.compile(r"(?<!\\)\|")
_CODE = re.compile(r"`([^`]+)`")


def name(page: Path) -> str:
    """A page's path in the repository; the id of its tests."""
    return page.relative_to(ROOT).as_posix()


def prose(text: str) -> str:
    """A page without its fenced code."""
    return _FENCE.sub("", text)


def fenced(text: str, language: str | None = None) -> list[str]:
    """The fenced blocks of a language, or all."""
    return [block for _, kind, block in _FENCE.findall(text) if language in (None, kind)]


def indented(text: str) -> list[str]:
    """The blocks that are code by being indented."""
    return [block for block in _INDENTED.findall(prose(text)) if block.strip()]


def spans(text: str) -> list[str]:
    """The pieces of code within sentences."""
    return _CODE.findall(prose(text))


def sections(text: str) -> dict[str, str]:
    """What stands under each heading, up to the next one of any level."""
    plain = prose(text)
    found = list(_HEADING.finditer(plain))
    ends = [match.start() for match in found[1:]] + [len(plain)]
    return {match[2].strip(): plain[match.end() : end] for match, end in zip(found, ends, strict=True)}


def anchors(text: str) -> set[str]:
    """The anchors that a reader of Markdown gives the headings."""
    titles = (match[2].strip() for match in _HEADING.finditer(prose(text)))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def rows(text: str) -> Iterator[list[str]]:
    """The rows of all tables in a text, without their heads."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in _CELL.split(line)[1:-1]]
        if not line.startswith("| --") and len(cells) > 1:
            yield cells


def first_column(text: str) -> set[str]:
    """All code in the first column of the tables in a text."""
    return {word for cells in rows(text) for word in _CODE.findall(cells[0])}
