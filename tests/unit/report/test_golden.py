"""Every expected file is what the reports give now; ``python tests/golden/report/refresh.py`` writes them anew."""

from pathlib import Path

import pytest

from tests.golden.report import expected

GOLDEN = Path(expected.__file__).parent
FILES = expected.files()


@pytest.mark.parametrize("name", sorted(FILES))
def test_reads_as_expected(name: str) -> None:
    assert FILES[name].decode() == (GOLDEN / name).read_bytes().decode()


def test_no_expected_file_is_left_over() -> None:
    kept = {str(path.relative_to(GOLDEN)) for path in GOLDEN.glob("*/*") if path.parent.name != "__pycache__"}
    assert kept == set(FILES)
