"""Reads gate.yml. Whatever is wrong with it is a RequestError of one line that says where."""

from collections.abc import Mapping
from pathlib import Path

from gate.config import checks, schema
from gate.config.build import build
from gate.config.settings import Settings
from gate.config.source import MAX_BYTES, parse
from gate.errors import RequestError

MANUAL = "docs/reference/gate-yml.md"


def load(path: Path, environ: Mapping[str, str], environment: str | None = None) -> Settings:
    """The settings of the file at ``path``; ``${NAME}`` in it comes from ``environ``.

    ``environment`` says where the sides are to run; without it in containers, if the file says how.
    """
    source = parse(_read(path), str(path))
    file = schema.check(source.data)
    if isinstance(file, list):
        raise source.error(file)
    chosen = environment or next(iter(file.environments.named()), "")
    if problems := checks.check(file, source, environ, chosen):
        raise source.error(problems)
    return build(file, path.absolute().parent, environ, chosen)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        where = "" if path.is_absolute() else f" in {Path.cwd()}"
        if above := next((one for one in Path.cwd().parents if (one / path).is_file()), None):
            where += f"; there is one in {above}"
        raise RequestError(f"{path}: not found{where}; write one ({MANUAL}) or pass --config") from None
    except OSError as error:
        raise RequestError(f"{path}: cannot be read: {error.strerror or error}") from None
