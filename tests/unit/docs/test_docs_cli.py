"""docs/reference/cli.md has every command and option of the command line, and no other."""

import re
from collections.abc import Iterator

import click
import pytest

from gate.cli.main import gate
from tests.unit.docs.manual import REFERENCE, fenced, indented, rows, sections

TEXT = (REFERENCE / "cli.md").read_text()
SECTIONS = sections(TEXT)


def _commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            yield from _commands(child, f"{path} {name}")


COMMANDS = dict(_commands(gate, "gate"))


def _options(command: click.Command) -> dict[tuple[str, ...], click.Option]:
    return {tuple(sorted(p.opts)): p for p in command.params if isinstance(p, click.Option)}


def _documented(path: str) -> dict[tuple[str, ...], list[str]]:
    found = {}
    for cells in rows(SECTIONS[path]):
        names = tuple(sorted(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", cells[0])))
        if names:
            found[names] = cells
    return found


def test_every_command_has_a_section_and_every_section_a_command() -> None:
    assert {title for title in SECTIONS if title.startswith("gate")} == set(COMMANDS)


@pytest.mark.parametrize("path", COMMANDS)
def test_every_option_is_documented_and_every_documented_option_exists(path: str) -> None:
    documented = set(_documented(path)) - {("--help", "-h")}
    assert documented == set(_options(COMMANDS[path]))


@pytest.mark.parametrize(
    ("path", "names", "option"),
    [(path, names, option) for path in COMMANDS for names, option in _options(COMMANDS[path]).items()],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_an_option_is_documented_as_it_is(path: str, names: tuple[str, ...], option: click.Option) -> None:
    cells = _documented(path)[names]
    if option.is_eager:  # --version
        return
    value = cells[0].replace("\\|", "|")
    kind = "|".join(option.type.choices) if isinstance(option.type, click.Choice) else None
    if not option.is_flag:
        assert (kind or option.metavar or option.type.name.upper()) in value, "what it takes"
    assert ("several times" in " ".join(cells) or "As for" in cells[-1]) == option.multiple
    if isinstance(option.default, str | float):
        assert cells[1] == f"`{option.default}`", "its default"


@pytest.mark.parametrize("path", COMMANDS)
def test_the_usage_is_shown_as_it_is(path: str) -> None:
    usage = click.Context(COMMANDS[path], info_name=path).get_usage().removeprefix("Usage: ")
    lines = [line.strip() for block in (*indented(TEXT), *fenced(TEXT)) for line in block.splitlines()]
    assert " ".join(usage.split()) in lines
