"""SHA-256: of a file, and of a bundle."""

import hashlib
from collections.abc import Mapping

from gate.model import canonical


def sha256(content: bytes) -> str:
    """The SHA-256 of some bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def bundle_digest(manifest: bytes | None, loose: Mapping[str, bytes]) -> str:
    """What names a bundle: the digest of its manifest; with it those of files that the manifest does not seal."""
    sealed = None if manifest is None else sha256(manifest)
    if sealed is not None and not loose:
        return sealed
    files = {path: sha256(content) for path, content in loose.items()}
    return sha256(canonical({"manifest": sealed, "files": files}))
