"""Write every case anew: ``python tests/golden/compare/refresh.py``; then read the diff.

With ``--expected`` only what the comparison gives is written; the recordings stay.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2]))

from tests.golden.compare.cases import CASES  # noqa: E402 - the path comes first
from tests.golden.compare.files import expected, load, save  # noqa: E402

if __name__ == "__main__":
    for name, case in CASES.items():
        folder = HERE / name
        if "--expected" not in sys.argv:
            save(folder, *case.sides())
        (folder / "expected.json").write_text(expected(*load(folder)))
        print(folder.name)
