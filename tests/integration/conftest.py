"""A world of the test's own, with the small service on both sides."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.harness import World, eventually
from tests.integration.notes import notes_bundle


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Two equal sides and their bundle; whatever a test does to them, nothing may be left."""
    made = World(tmp_path)
    notes_bundle(made.work / "bundle")
    made.settings()
    made.side("baseline")
    made.side("candidate")
    yield made
    assert eventually(lambda: not made.leftovers()), made.leftovers()
