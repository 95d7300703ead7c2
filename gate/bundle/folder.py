"""A bundle as a directory: read without following anything, written beside and renamed."""

import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from gate.bundle.limits import MANIFEST, MAX_FILES, MAX_FOLDERS, Tally
from gate.bundle.where import Where

_TOP = frozenset((MANIFEST, "scenarios", "blobs", "state"))
_CLOSED = "keep nothing but plain files in a bundle"


def scan(folder: Path, where: Where) -> dict[str, bytes]:
    """All files below a folder by relative path, in order."""
    tally = Tally(where)
    found: list[tuple[str, int]] = []
    for path, size in _walk(folder, "", where, [0]):
        tally.admit(path, size)
        found.append((path, size))
    return {path: _read(folder / path, size, where.into(path)) for path, size in sorted(found)}


def _walk(folder: Path, prefix: str, where: Where, folders: list[int]) -> Iterator[tuple[str, int]]:
    folders[0] += 1
    if folders[0] > MAX_FILES or prefix.count("/") >= MAX_FOLDERS:
        raise where.into(prefix).error("lies under too many folders", _CLOSED)
    with os.scandir(folder) as listing:
        for entry in listing:
            path = prefix + entry.name
            status = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(status.st_mode):
                if path not in _TOP and not prefix:
                    raise where.into(path).error("is no folder of a bundle", "move it elsewhere")
                yield from _walk(folder / entry.name, f"{path}/", where, folders)
            elif stat.S_ISREG(status.st_mode):
                yield path, status.st_size
            else:
                raise where.into(path).error(f"is {kind(status.st_mode)}, not a plain file", _CLOSED)


def _read(file: Path, size: int, where: Where) -> bytes:
    # Again without following: it may have been replaced since it was listed.
    with open(file, "rb", opener=_without_following) as opened:
        status = os.fstat(opened.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise where.error(f"is {kind(status.st_mode)}, not a plain file", _CLOSED)
        content = opened.read(size + 1)
    if len(content) != size:
        raise where.error("changed while it was read", "try again when nothing writes to it")
    return content


def _without_following(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def kind(mode: int) -> str:
    """What a file is, for a person."""
    if stat.S_ISLNK(mode):
        return "a symbolic link"
    if stat.S_ISDIR(mode):
        return "a folder"
    if stat.S_ISFIFO(mode):
        return "a fifo"
    if stat.S_ISSOCK(mode):
        return "a socket"
    return "a device" if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) else "a special file"


def put_folder(files: Mapping[str, bytes], target: Path, where: Where, *, replace: bool) -> None:
    """Make a folder of these files, whole or not at all; what it replaces goes only when it is complete."""
    check_free(target, where, replace=replace)
    with _beside(target) as beside:
        new, old = beside / "new", beside / "old"
        for path, content in files.items():
            file = new / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        if not target.exists() or not any(target.iterdir()):
            new.rename(target)
            return
        target.rename(old)
        try:
            new.rename(target)
        except OSError:
            old.rename(target)
            raise


def put_file(target: Path, where: Where, fill: Callable[[Path], None]) -> None:
    """Make one file, whole or not at all; ``fill`` writes it elsewhere first."""
    if target.is_symlink() or (target.exists() and not target.is_file()):
        raise where.error(f"is {kind(target.lstat().st_mode)}, not a plain file", "give another path")
    with _beside(target) as beside:
        new = beside / "new"
        fill(new)
        new.replace(target)


def check_free(target: Path, where: Where, *, replace: bool) -> None:
    """Refuse a target that holds what is not ours to replace."""
    if not target.is_symlink() and not target.exists():
        return
    mode = target.lstat().st_mode
    if not stat.S_ISDIR(mode):
        seen = "a file" if stat.S_ISREG(mode) else kind(mode)
        raise where.error(f"the target is {seen}, not a folder", "give another path")
    names = {entry.name for entry in target.iterdir()}
    if not names or (replace and MANIFEST in names and names <= _TOP):
        return
    seen = "the target is there and is no sealed bundle" if replace else "the target is there and not empty"
    raise where.error(seen, "give another path, or remove it first")


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A folder next to the target, so that renaming is atomic; gone afterwards."""
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".gate-bundle-", dir=target.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
