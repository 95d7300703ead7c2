"""Disks without room: a small file system of the test's own, and, where none may be mounted, a limit on files."""

import errno
import os
import resource
import subprocess
from pathlib import Path

_MAY_MOUNT = 21
"""CAP_SYS_ADMIN."""
_BALLAST = "ballast"


def ways() -> list[str]:
    """How a disk can be filled here; the limit always works."""
    status = Path("/proc/self/status").read_text().split()
    allowed = int(status[status.index("CapEff:") + 1], 16) >> _MAY_MOUNT & 1
    return ["limit", "tmpfs"] if allowed else ["limit"]


class Disk:
    """A folder that has room until it is filled."""

    def __init__(self, folder: Path, way: str) -> None:
        folder.mkdir()
        self.folder, self.mounted = folder, way == "tmpfs"
        self.says = os.strerror(errno.ENOSPC if self.mounted else errno.EFBIG)
        if self.mounted:
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], check=True)

    def fill(self, *writers: int) -> None:
        """Take the last byte of room, or else forbid these processes (0 is this one) to write another."""
        if self.mounted:
            for piece in (b"x" * 65536, b"x"):
                self._fill_with(piece)
        else:
            for pid in writers:
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    def _fill_with(self, piece: bytes) -> None:
        with (self.folder / _BALLAST).open("ab", buffering=0) as ballast:
            try:
                while ballast.write(piece):
                    pass
            except OSError as error:
                assert error.errno == errno.ENOSPC

    def left(self) -> list[str]:
        """Every file on it."""
        return [str(path) for path in self.folder.rglob("*") if path.is_file() and path.name != _BALLAST]

    def close(self) -> None:
        if self.mounted:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=True)
