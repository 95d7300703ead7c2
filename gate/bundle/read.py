"""Bundles in and out: a directory, or one packed ``.repro`` file; whole or not at all."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gate.bundle.archive import read_archive, write_archive
from gate.bundle.digests import bundle_digest
from gate.bundle.folder import check_free, kind, put_file, put_folder, scan
from gate.bundle.limits import MANIFEST, MAX_TOTAL
from gate.bundle.seal import is_sealed, load, render
from gate.bundle.where import Where
from gate.errors import NO_ROOM, InconclusiveError
from gate.model import Bundle


def read(path: Path) -> Bundle:
    """The bundle at a path, checked to the last byte. Raises RequestError with what is wrong, and where."""
    where = _where(path)
    with _reported(where):
        return _checked(path, where)[1]


def write(bundle: Bundle, path: Path) -> str:
    """Write a bundle as a directory, in place of an older one only when complete; its digest."""
    where = _where(path)
    with _reported(where):
        files = render(bundle, where)
        put_folder(files, path, where, replace=True)
        return bundle_digest(files[MANIFEST], {})


def pack(source: Path | Bundle, path: Path) -> str:
    """Pack a bundle into one file, sealing what a directory does not list yet; its digest."""
    where = _where(path)
    with _reported(where):
        if isinstance(source, Path):
            if path.resolve().is_relative_to(source.resolve()) and source.is_dir():
                raise where.error("lies inside the bundle itself", "give a path outside")
            files, bundle = _checked(source, _where(source))
            sealed = is_sealed(files, where)
        else:
            files, bundle, sealed = {}, source, False
        if not sealed:
            files = render(bundle, where)

        def fill(new: Path) -> None:
            with new.open("wb") as out:
                write_archive(files, out, where)

        put_file(path, where, fill)
        return bundle_digest(files[MANIFEST], {})


def unpack(packed: Path, path: Path) -> str:
    """Unpack a bundle to a path that is free or an empty directory; its digest."""
    where = _where(packed)
    with _reported(where):
        check_free(path, _where(path), replace=False)
        files, bundle = _checked(packed, where)
        put_folder(files, path, _where(path), replace=False)
        return bundle.digest


def _checked(path: Path, where: Where) -> tuple[dict[str, bytes], Bundle]:
    if not path.exists():
        raise where.error("is not there", "give a bundle's directory or its .repro file")
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        files = scan(path, where)
        return files, load(files, where, may_be_loose=True)
    if not stat.S_ISREG(status.st_mode):
        raise where.error(f"is {kind(status.st_mode)}", "give a bundle's directory or its .repro file")
    if status.st_size > MAX_TOTAL:
        raise where.error(f"has {status.st_size:,} bytes where {MAX_TOTAL:,} are allowed", "split the bundle")
    files = read_archive(path, where)
    return files, load(files, where, may_be_loose=False)


def _where(path: Path) -> Where:
    return Where(bundle=path.name or os.fspath(path.absolute().name) or "/")


@contextmanager
def _reported(where: Where) -> Iterator[None]:
    """An error of the file system is the request's, such as a wrong path or a missing right; a full disk is not."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise InconclusiveError(
                f"bundle {where.bundle}: cannot be written: {error.strerror}; free some space, or give another place"
            ) from None
        seen = f"cannot be read or written: {error.strerror or type(error).__name__}"
        raise where.error(seen, "check the path and its permissions") from None
