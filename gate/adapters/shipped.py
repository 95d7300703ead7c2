"""Files that are not Python and belong to the gate: in a checkout beside the package, in an installation inside it."""

from pathlib import Path

import gate
from gate.errors import InconclusiveError


def shipped(*parts: str) -> Path:
    """Where such a file or folder lies. Raises InconclusiveError where this installation lacks it."""
    package = Path(gate.__file__).parent
    for root in (package.parent, package / "shipped"):
        if (found := root.joinpath(*parts)).exists():
            return found
    raise InconclusiveError(f"{'/'.join(parts)}: not part of this installation; install replay-gate anew")
