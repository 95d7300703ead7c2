"""File names for scenarios: safe on every file system and in every link, unique, the same in every run."""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence

_SAFE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,78}[A-Za-z0-9_-])?")
_UNSAFE_RUN = re.compile(r"[^A-Za-z0-9_]+")
# ``index`` is the summary; the rest are devices on Windows, whatever follows the dot.
_RESERVED = re.compile(r"(?:index|con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


def slugs(names: Sequence[str]) -> list[str]:
    """One slug a name, in their order; a plain name is its own slug."""
    same = Counter(name.casefold() for name in names)
    kept = {name for name in names if _is_plain(name) and same[name.casefold()] == 1}
    taken = {name.casefold() for name in kept}
    found = []
    for position, name in enumerate(names):
        slug = name if name in kept else _hashed(name, position, taken)
        taken.add(slug.casefold())
        found.append(slug)
    return found


def _is_plain(name: str) -> bool:
    return bool(_SAFE.fullmatch(name)) and not _RESERVED.fullmatch(name)


def _hashed(name: str, position: int, taken: set[str]) -> str:
    stem = _UNSAFE_RUN.sub("-", name).strip("-")[:60] or "scenario"
    payload = name.encode("utf-8", "backslashreplace")
    slug = f"{stem}-{hashlib.sha256(payload).hexdigest()[:8]}".lower()
    while slug in taken:
        slug = f"{slug}-{position}"
    return slug
