"""Where the code of a side lies: a folder as it is, a worktree of a commit, or a patched copy of either."""

from dataclasses import replace
from pathlib import Path

from gate.adapters.git import Git
from gate.adapters.registry import RunFile
from gate.errors import RequestError
from gate.model import Side, SideKind, SideName


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
        raise RequestError(
            f"{name}: {ref or 'no default'}: not a folder, and gate.yml is in no git repository"
        )
    commit = git.commit_of(root, ref) if ref is not None else git.merge_base(root)
    if commit is None:
        what = f"'{ref}' is neither a folder nor a commit" if ref else "no main branch to compare with"
        raise RequestError(f"{name}: {what}; give --{name} a folder, a git ref, or 'recorded'")
    path = folder / f"{folder.name}-{name}"  # a name of its own also among those that git keeps
    git.add_worktree(top, commit, path, run)
    side = Side(name=name, kind=SideKind.LIVE, ref=ref or commit, commit=commit)
    return side, path / root.resolve().relative_to(top.resolve())


def patched(side: Side, code: Path, patch: Path, git: Git, folder: Path) -> tuple[Side, Path]:
    """The same side with a patch applied to a copy of its code."""
    path = folder / "patched"
    git.patched_copy(code, patch, path)
    return replace(side, ref=f"{side.ref} + {patch.name}", commit=None), path
