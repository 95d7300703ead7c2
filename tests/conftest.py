"""Which tests may run at the same time, where several workers share them out."""

from pathlib import Path

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file stays with one worker, for the sake of its fixtures; all that use the Docker engine do, to share it."""
    with_engine = {item.path for item in items if item.get_closest_marker("docker")}
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item.path, with_engine)))


def _group(path: Path, with_engine: set[Path]) -> str:
    return "docker" if path in with_engine else str(path)
