"""Write the expected files anew: ``python tests/golden/report/refresh.py``; then read the diff."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2]))

from tests.golden.report.expected import files  # noqa: E402 - the path comes first

if __name__ == "__main__":
    for name, content in files().items():
        target = HERE / name
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(content)
        print(target.relative_to(HERE))
