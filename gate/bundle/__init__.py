"""Curated scenarios in files: sealed by checksums, packed into one, and never trusted when read."""

from gate.bundle.blobs import Shelf
from gate.bundle.codec import from_lines, to_lines
from gate.bundle.digests import sha256
from gate.bundle.read import pack, read, unpack, write
from gate.bundle.request_file import from_request_file
from gate.bundle.where import Where, shown

__all__ = [
    "Shelf",
    "Where",
    "from_lines",
    "from_request_file",
    "pack",
    "read",
    "sha256",
    "shown",
    "to_lines",
    "unpack",
    "write",
]
