"""The sample bundle, in memory and as a sealed directory."""

from pathlib import Path

import pytest

from gate.bundle import write
from gate.model import Bundle
from tests.unit.bundle.samples import sample_bundle


@pytest.fixture
def bundle() -> Bundle:
    return sample_bundle()


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    """The bundle as a directory, alone in its parent."""
    folder = tmp_path / "in" / "billing"
    write(sample_bundle(), folder)
    return folder
