"""Every command line in the manual is one that the command line takes."""

import re
import shlex
from pathlib import Path

import click
import pytest

from gate.cli.main import gate
from tests.unit.docs.manual import PAGES, ROOT, fenced, indented, name, spans

_GATE = re.compile(r"^(?:\$ )?(?:\.venv/bin/)?(gate [a-z-].*)$")
_SCRIPT = re.compile(r"(?<![\w./-])((?:scripts|\.ci)/[\w.]+)")


def _lines(page: Path) -> list[str]:
    text = page.read_text()
    code = [line.strip() for block in (*fenced(text), *indented(text)) for line in block.splitlines()]
    found = [match[1] for line in (*code, *spans(text)) if (match := _GATE.match(line))]
    return [line for line in found if "[OPTIONS]" not in line]


LINES = [(name(page), line) for page in PAGES for line in dict.fromkeys(_lines(page))]


def parse(words: list[str]) -> None:
    """Resolve the command and its options as the command line would, and run nothing."""
    command: click.Command = gate
    path, rest, parent = words[0], words[1:], None
    while True:
        if isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
            parent = click.Context(command, parent=parent, info_name=path)
            _, child, rest = command.resolve_command(parent, rest)
            assert child is not None
            command, path = child, child.name or ""
            continue
        if rest:
            command.make_context(path, list(rest), parent=parent)
        return


def test_there_are_command_lines_to_look_at() -> None:
    assert len(LINES) > 25


@pytest.mark.parametrize(("page", "line"), LINES, ids=[f"{page}: {line}" for page, line in LINES])
def test_a_command_line_parses(page: str, line: str) -> None:
    words = shlex.split(line, comments=True)
    try:
        parse(words)
    except click.exceptions.Exit:
        pass  # --help, --version
    except click.UsageError as error:
        pytest.fail(f"{page}: {line}: {error.format_message()}")


@pytest.mark.parametrize(
    "line", ["gate rnu", "gate run --baselin x", "gate bundle show", "gate bundle pakc x"]
)
def test_a_wrong_one_would_be_seen(line: str) -> None:
    words = shlex.split(line)
    with pytest.raises(click.UsageError):
        parse([*words, *([] if len(words) > 3 or words[1] != "bundle" else ["--scenario", "x"])])


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_the_scripts_that_it_names_exist(page: Path) -> None:
    missing = [
        script for script in _SCRIPT.findall(page.read_text()) if not (ROOT / script.rstrip(".")).exists()
    ]
    assert not missing
