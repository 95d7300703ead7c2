"""The image that the playback server runs from in a container: one small image, built from the gate's own package."""

import hashlib
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import gate
from gate.adapters.commands import Commands, TookTooLongError
from gate.adapters.engine import Engine
from gate.adapters.engine_clean import owner_tag
from gate.adapters.engine_labels import PLAYBACK, PLAYBACK_IMAGE
from gate.adapters.shipped import shipped
from gate.errors import InconclusiveError

_NEEDED = (
    "__init__.py", "errors.py", "ports.py", "sidecar.py", "adapters/__init__.py", "adapters/http_events.py",
    "adapters/playback_server.py", "bundle", "config", "identity", "model", "playback",
)  # fmt: skip
"""What of the package the server imports."""
_PATIENCE = 600.0


def playback_image(engine: Engine, commands: Commands) -> str:
    """The run's own name of the image, which is built where the engine does not have it yet. Raises InconclusiveError.

    Its own, so that a clean-up that another gate makes meanwhile does not take it away.
    """
    files = dict(_files())
    digest = hashlib.sha256(
        b"".join(name.encode() + b"\0" + files[name] for name in sorted(files))
    ).hexdigest()
    image, mine = f"{PLAYBACK_IMAGE}:{digest[:16]}", name_of(commands.run_id)
    if engine.tag(image, mine):
        return mine
    argv = [engine.command, "build", "--tag", image, "--tag", mine, "--label", f"{PLAYBACK}=1", "-"]
    try:
        done = commands.run(argv, env=engine.environ, cwd=Path("/"), timeout=_PATIENCE, given=_archive(files))
    except TookTooLongError:
        raise InconclusiveError(
            f"image {image}: not built after {_PATIENCE:.0f} s; see 'gate doctor'"
        ) from None
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise InconclusiveError(
            f"image {image}: cannot be built: {lines[-1][-300:] if lines else 'docker build said nothing'}; "
            "it needs python:3.11-slim and PyPI: pull that image, or build one of its name"
        )
    return mine


def name_of(run_id: str) -> str:
    """What a run calls the image."""
    return f"gate-{run_id}-playback:{owner_tag()}"


def _files() -> Iterator[tuple[str, bytes]]:
    for name in ("Dockerfile", "requirements.txt"):
        yield name, shipped("compose", "playback", name).read_bytes()
    package = Path(gate.__file__).parent
    for part in _NEEDED:
        path = package / part
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            yield f"gate/{file.relative_to(package)}", file.read_bytes()


def _archive(files: dict[str, bytes]) -> bytes:
    """As a build context; the same files give the same bytes, and so the same layers."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for name in sorted(files):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(files[name]), 0o644
            archive.addfile(entry, io.BytesIO(files[name]))
    return content.getvalue()
