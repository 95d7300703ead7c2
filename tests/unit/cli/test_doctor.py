"""What is lacking is said, and how to mend it."""

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import click.testing
import pytest

from gate.cli.doctor import doctor, lacking


def test_what_the_gate_requires_is_looked_for() -> None:
    requires = [
        "orjson>=3.11",
        "aiohttp>=3.14; extra == 'gate'",
        'py.yaml[fast] (>=6,<7) ; extra == "gate"',
        "boto3>=1; extra == 's3'",
        "pytest; extra == 'dev'",
    ]
    assert lacking(requires, lambda _: False) == ["orjson", "aiohttp", "py.yaml"]
    assert lacking(requires, lambda name: name != "aiohttp") == ["aiohttp"]
    assert lacking(requires, lambda _: True) == []


def test_the_installed_metadata_name_every_package_of_the_extra() -> None:
    asked: list[str] = []
    lacking(metadata.requires("replay-gate") or [], lambda name: not asked.append(name))  # type: ignore[func-returns-value]
    assert {"orjson", "aiohttp", "click", "httpx", "jinja2", "psutil", "pydantic", "pyyaml"} <= set(asked)


def test_it_runs_where_packages_are_missing(tmp_path: Path) -> None:
    code = """
import importlib.metadata as metadata, sys
sys.modules["aiohttp"] = sys.modules["psutil"] = None
known = metadata.version
def version(name):
    if name == "aiohttp":
        raise metadata.PackageNotFoundError(name)
    return known(name)
metadata.version = version
from gate.cli.main import main
main(["doctor"])
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=60
    )
    assert done.returncode == 3 and done.stderr == ""
    assert "lacks  packages: aiohttp missing\n       pip install 'replay-gate[gate]'\n" in done.stdout
    assert "run files" not in done.stdout and "scratch" in done.stdout


def test_a_git_that_does_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "git").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    done = click.testing.CliRunner().invoke(doctor, standalone_mode=False)
    assert done.return_value == 3
    assert (
        f"lacks  git: {tmp_path}/git does not run: CalledProcessError\n       install it anew\n"
        in done.output
    )
