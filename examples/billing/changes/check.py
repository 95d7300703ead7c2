"""Prove that each patch applies to this example and leaves its own tests green: `python changes/check.py`."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CHANGES = Path(__file__).parent
EXAMPLE = CHANGES.parent
NOT_CODE = shutil.ignore_patterns("__pycache__", ".*_cache", "changes", "scenarios")


def problem_of(patch: Path) -> str | None:
    """What is wrong with a patch, tried on a copy of the example; None when it is as it should be."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "billing"
        shutil.copytree(EXAMPLE, copy, ignore=NOT_CODE)
        for command in (
            ["git", "apply", str(patch)],
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        ):
            run = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
            if run.returncode != 0:
                return f"{' '.join(command)} exited with {run.returncode}\n{run.stdout}{run.stderr}"
    return None


def main() -> int:
    failed = 0
    for patch in sorted(CHANGES.glob("*.patch")):
        problem = problem_of(patch)
        print(f"{patch.stem}: {problem or 'applies, and the tests are green'}", flush=True)
        failed += problem is not None
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
