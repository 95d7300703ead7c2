"""Where the code of a side lies: a folder as it is, a worktree of a commit, or a patched copy of either."""

import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from gate.adapters.git import Git
from gate.adapters.registry import RunFile
from gate.errors import RequestError
from gate.model import Side, SideKind, SideName

LEFT_OUT = shutil.ignore_patterns(
    ".git", ".gate", ".venv", ".env", ".env.*", "node_modules", "__pycache__", ".pytest_cache", ".mypy_cache"
)


def code_of(
    name: SideName, ref: str | None, root: Path, git: Git, folder: Path, run: RunFile
) -> tuple[Side, Path]:
    """The side that a ref means, and where its code lies; ``root`` is the folder of gate.yml. Raises GateError."""
    if ref is None and name is SideName.CANDIDATE:
        ref = str(root)
    if ref == "":  # a variable that is not set; as a path it would be the folder at hand
        raise RequestError(f"{name}: --{name} is empty; give it a folder or a git ref")
    if ref is not None and Path(ref).is_dir():
        code = Path(ref).resolve()
        return Side(name=name, kind=SideKind.LIVE, ref=ref, commit=git.clean_commit(code)), code
    top = git.toplevel(root)
    if top is None:
        what = f"'{ref}' is not a folder" if ref else "nothing to compare with"
        raise RequestError(
            f"{name}: {what}, and gate.yml is in no git repository; give --{name} a folder, or 'recorded'"
        )
    commit = git.commit_of(root, ref) if ref is not None else git.merge_base(root)
    if commit is None:
        what = f"'{ref}' is neither a folder nor a commit" if ref else "no main branch to compare with"
        raise RequestError(f"{name}: {what}; give --{name} a folder, a git ref, or 'recorded'")
    path = folder / f"{folder.name}-{name}"  # a name of its own also among those that git keeps
    git.add_worktree(top, commit, path, run)
    side = Side(name=name, kind=SideKind.LIVE, ref=ref or commit, commit=commit)
    return side, path / root.resolve().relative_to(top.resolve())


def exported(code: Path, git: Git, path: Path, without: Iterable[Path] = ()) -> Path:
    """A copy of a folder as a commit would hold it: nothing ignored, no ``.git``, no ``.env`` with someone's secrets.

    It is what a build gets to see and what containers mount, so it is thrown away with the run. ``without`` are paths
    in it that neither may see, such as a bundle with its state and the answers that are expected.
    """
    files = git.own_files(code)
    if files is None:
        shutil.copytree(code, path, ignore=_left_out, symlinks=True)
    path.mkdir(parents=True, exist_ok=True)
    for name in files or ():
        source, target = code / name, path / name
        # What git lists may be deleted, a repository of its own, or have a link in the place of its folder.
        if (source.is_symlink() or source.is_file()) and not _through_a_link(code, Path(name)):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    for hidden in without:
        _remove(path / hidden, path)
    return path


def _remove(place: Path, copy: Path) -> None:
    """Remove what is at a place of a copy, and nothing that a link leads to outside of it."""
    with suppress(OSError, RuntimeError):  # such as links in a circle
        there = place.resolve()
        if there.is_relative_to(copy.resolve()) and there != copy.resolve():
            shutil.rmtree(there, ignore_errors=True)
            there.unlink(missing_ok=True)


def _through_a_link(folder: Path, name: Path) -> bool:
    """Whether one of the folders that lead to a name is a link, which may lead anywhere."""
    return any((folder / above).is_symlink() for above in name.parents if above != Path())


def _left_out(folder: str, names: list[str]) -> set[str]:
    """Also what is neither a file nor a folder nor a link, such as a socket: it cannot be copied."""
    places = {name: Path(folder, name) for name in names}
    odd = {name for name, one in places.items() if not (one.is_symlink() or one.is_file() or one.is_dir())}
    return LEFT_OUT(folder, names) | odd


def patched(side: Side, code: Path, patch: Path, git: Git, folder: Path) -> tuple[Side, Path]:
    """The same side with a patch applied to a copy of its code."""
    path = folder / "patched"
    git.patched_copy(code, patch, path)
    return replace(side, ref=f"{side.ref} + {patch.name}", commit=None), path
