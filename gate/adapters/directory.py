"""Bundles of this machine, by path."""

from collections.abc import Sequence
from pathlib import Path

from gate.bundle import read
from gate.errors import RequestError
from gate.model import Bundle


def load_bundles(paths: Sequence[str], root: Path) -> list[tuple[Path, Bundle]]:
    """Read bundles by path or glob, folder or ``.repro``; relative ones lie below ``root``. Raises RequestError."""
    found = []
    for text in paths:
        if "://" in text:
            raise RequestError(f"bundle {text}: only folders and .repro files can be read")
        matches = matching(text, root)
        if not matches:
            raise RequestError(f"bundle {text}: nothing matches in {root.resolve().name}/")
        found += [(match, read(match)) for match in matches]
    return found


def matching(text: str, root: Path) -> list[Path]:
    """What a path or a glob means, whether it is there or not. Raises RequestError where it is no glob."""
    path = root / text
    if path.exists() or not any(sign in text for sign in "*?["):
        return [path]
    if Path(text).is_absolute():
        root = Path(path.anchor)
    try:
        return sorted(root.glob(str(path.relative_to(root))))
    except ValueError as error:  # such as two stars in a name
        raise RequestError(f"bundle {text}: {error}") from None
