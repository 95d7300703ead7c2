"""What a bundle may hold and what its files may be called; everything else is refused before it is read."""

import re

from gate.bundle.where import Where, quoted

MAX_FILES = 20_000
"""A blob a payload: far above what a curated bundle needs, low enough that a listing stays cheap."""
MAX_FILE = 64 * 1024 * 1024
"""A state snapshot is the largest file; a larger one belongs in a store, not in memory."""
MAX_TOTAL = 512 * 1024 * 1024
"""A bundle is read whole, and a CI runner has some gigabytes for everything."""
MAX_RATIO = 1000
"""Recordings shrink 10 to 50 times, empty database pages more; bombs start at ten thousand."""
FREE_BYTES = 32 * 1024 * 1024
"""Below this the ratio is not looked at: a small bundle may be all alike."""
MAX_PATH = 100
"""What a plain tar header holds, so that a packed name never needs an extension."""
MAX_FOLDERS = 8
"""State parts lie a few folders deep; the walk must end."""
MAX_DOCUMENT = 16 * 1024 * 1024
"""One line or one JSON document: read, it takes up to twenty times its size in memory."""
MAX_NESTING = 254
"""How deep orjson renders; deeper documents would break whoever walks them."""

MANIFEST = "manifest.json"
SCENARIO_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,78}[A-Za-z0-9_-]|[A-Za-z0-9]")
_COMPONENT = re.compile(r"[A-Za-z0-9._-]*[A-Za-z0-9_-]")  # a trailing dot is lost on some file systems
_PLACES = re.compile(r"manifest\.json|scenarios/[^/]+\.(?:ndjson|json)|blobs/[0-9a-f]{64}|state/.+")
_LAYOUT = "manifest.json, scenarios/<name>.ndjson, scenarios/<name>.json, blobs/<sha256> and state/"


def check_path(path: str, where: Where) -> None:
    """Refuse a path that leads out of the bundle, that some file system reads differently, or without a place."""
    parts = path.split("/")
    if path.startswith("/") or "\\" in path or ".." in parts or "\0" in path:
        raise where.error("the path leads out of the bundle", "do not use this bundle; find out who made it")
    if len(path) > MAX_PATH or len(parts) > MAX_FOLDERS:
        raise where.error(f"the path is over {MAX_PATH} characters or {MAX_FOLDERS} levels", "shorten it")
    if not all(_COMPONENT.fullmatch(part) for part in parts) or "." in parts:
        raise where.error(
            "the path has characters beyond letters, digits, '.', '_' and '-'", "rename the file"
        )
    if not _PLACES.fullmatch(path):
        raise where.error("is no place for a file of a bundle", f"keep to {_LAYOUT}")
    if parts[0] == "scenarios":
        check_name(parts[1].rpartition(".")[0], where)


def check_name(name: str, where: Where) -> None:
    """Refuse a scenario name that is unfit as the name of a file or a page."""
    if not SCENARIO_NAME.fullmatch(name):
        raise where.error(
            f"the scenario is called {quoted(name)}",
            "use up to 80 letters, digits, '.', '_' and '-', beginning with a letter or digit",
        )


class Tally:
    """Counts the files of one bundle as they are met, before they are read."""

    def __init__(self, where: Where) -> None:
        self._where = where
        self._seen: dict[str, tuple[str, bool]] = {}
        self.files = 0
        self.total = 0

    def admit(self, path: str, size: int) -> None:
        """Take one more file. Raises RequestError where its path, its size or the sum is not allowed."""
        where = self._where.into(path)
        check_path(path, where)
        self._claim(path, where)
        self.files += 1
        self.total += size
        if self.files > MAX_FILES:
            raise where.error(f"is more than file {MAX_FILES:,}", "split the bundle")
        if size > MAX_FILE:
            raise where.error(f"has {size:,} bytes where {MAX_FILE:,} are allowed", "keep less in it")
        if self.total > MAX_TOTAL:
            raise where.error(f"brings the bundle over {MAX_TOTAL:,} bytes", "split the bundle")

    def _claim(self, path: str, where: Where) -> None:
        parts = path.split("/")
        for depth in range(1, len(parts) + 1):
            name, is_file = "/".join(parts[:depth]), depth == len(parts)
            known = self._seen.get(name.lower())
            if known is None:
                self._seen[name.lower()] = (name, is_file)
            elif known[0] != name:
                raise where.error(f"differs from {known[0]} in upper and lower case only", "rename one")
            elif known[1] and is_file:
                raise where.error("is there twice", "pack the bundle again with 'gate bundle pack'")
            elif known[1] or is_file:
                raise where.error(f"{name} is a file and a folder", "rename one")
