"""A packed bundle: plain tar headers in one Zstandard frame, the same bytes for the same files.

tarfile's own reader is not used: it follows extension headers of any claimed size before a limit can be asked.
"""

import os
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

import zstandard

from gate.bundle.limits import FREE_BYTES, MAX_FILES, MAX_RATIO, MAX_TOTAL, Tally
from gate.bundle.where import Where

_LEVEL = 10
_BLOCK = tarfile.BLOCKSIZE
_ZEROS = bytes(_BLOCK)
_STEP = 512
"""Fed at a time: the smallest Zstandard block has 4 bytes and makes 128 KiB, so a step never makes over 16 MiB."""
_WINDOW = 8 * 1024 * 1024
"""What the level needs at most; a frame that asks for more memory is none of ours."""
_OVERHEAD = (MAX_FILES + 2) * 2 * _BLOCK
_PACK_AGAIN = "fetch it again, or pack it again with 'gate bundle pack'"
_KINDS = {
    tarfile.SYMTYPE: "a symbolic link",
    tarfile.LNKTYPE: "a hard link",
    tarfile.CHRTYPE: "a device",
    tarfile.BLKTYPE: "a device",
    tarfile.FIFOTYPE: "a fifo",
    tarfile.DIRTYPE: "a folder",
}


def write_archive(files: Mapping[str, bytes], out: BinaryIO, where: Where) -> None:
    """Pack files, sorted by path and stripped of owner, time and mode."""
    compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True, write_content_size=False)
    total = 0
    with compressor.stream_writer(out, closefd=False) as stream:
        for path in sorted(files):
            entry = tarfile.TarInfo(path)
            entry.size = len(files[path])
            stream.write(entry.tobuf(tarfile.USTAR_FORMAT, "ascii", "strict"))
            stream.write(files[path])
            stream.write(bytes(-entry.size % _BLOCK))
            total += entry.size
        stream.write(_ZEROS * 2)
    if total > _allowed(out.tell()):
        raise where.error(
            f"{total:,} bytes pack into {out.tell():,}, which a reader takes for a bomb",
            "keep it as a directory",
        )


def read_archive(path: Path, where: Where) -> dict[str, bytes]:
    """The files of a packed bundle, decompressed step by step within the limits."""
    where = where.advising(_PACK_AGAIN)
    files: dict[str, bytes] = {}
    tally = Tally(where)
    with path.open("rb") as packed:
        stream = _Stream(_inflated(packed, where), where)
        while (block := stream.take(_BLOCK)) != _ZEROS:
            entry = _entry(block, where)
            tally.admit(entry.name, entry.size)
            stream.where = where.into(entry.name)
            files[entry.name] = stream.take(entry.size)
            if any(stream.take(-entry.size % _BLOCK)):
                raise stream.where.error("has something hidden after its end")
            stream.where = where
        stream.end()
    return files


def _entry(block: bytes, where: Where) -> tarfile.TarInfo:
    try:
        entry = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError) as error:
        raise where.error(f"holds a broken tar header ({error})") from None
    where = where.into(entry.name)
    if entry.type not in (tarfile.REGTYPE, tarfile.AREGTYPE):
        kind = _KINDS.get(entry.type, f"a tar entry of type {entry.type!r}")
        raise where.error(f"is {kind}, not a plain file")
    if entry.size < 0:
        raise where.error("has a negative size")
    for field in (block[0:100], block[345:500]):
        if any(field.partition(b"\0")[2]):
            raise where.error("has a NUL in its name", "do not use this bundle; find out who made it")
    return entry


def _allowed(packed: int) -> int:
    return min(max(FREE_BYTES, packed * MAX_RATIO), MAX_TOTAL) + _OVERHEAD


def _inflated(packed: BinaryIO, where: Where) -> Iterator[bytes]:
    allowed = _allowed(os.fstat(packed.fileno()).st_size)
    unpacker = zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompressobj()
    total = 0
    while not unpacker.eof:
        step = packed.read(_STEP)
        if not step:
            raise where.error("ends in the middle of its Zstandard frame")
        try:
            piece = unpacker.decompress(step)
        except zstandard.ZstdError as error:
            raise where.error(f"is not Zstandard or is damaged ({error})") from None
        total += len(piece)
        if total > allowed:
            raise where.error(
                f"unpacks to more than {allowed:,} bytes", "do not use this bundle; find out who made it"
            )
        yield piece
    if unpacker.unused_data or packed.read(1):
        raise where.error("has something after its end")


class _Stream:
    """The unpacked bytes, taken by exact counts; ``where`` is what is being read."""

    def __init__(self, pieces: Iterator[bytes], where: Where) -> None:
        self._pieces = pieces
        self._held = bytearray()
        self.where = where

    def take(self, count: int) -> bytes:
        """Exactly so many bytes. Raises RequestError where there are fewer."""
        while len(self._held) < count:
            piece = next(self._pieces, None)
            if piece is None:
                raise self.where.error("ends before it is complete")
            self._held += piece
        taken = bytes(self._held[:count])
        del self._held[:count]
        return taken

    def end(self) -> None:
        """Read to the end. Raises RequestError where there is anything but the closing zeros."""
        self._held += self._pieces_up_to(tarfile.RECORDSIZE)
        if len(self._held) < _BLOCK:
            raise self.where.error("ends before it is complete")
        if any(self._held) or len(self._held) > tarfile.RECORDSIZE:
            raise self.where.error("has something after the end of its tar")

    def _pieces_up_to(self, count: int) -> bytes:
        found = bytearray()
        for piece in self._pieces:
            found += piece
            if len(found) > count:
                break
        return bytes(found)
