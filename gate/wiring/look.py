"""What has to be looked at before there is a run: the engine of this machine, a compose file, a first start."""

import asyncio
import json
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path

from gate.adapters import engine_look
from gate.adapters.engine_ask import Docker
from gate.adapters.engine_look import Answer
from gate.adapters.git import Git
from gate.adapters.sources import LEFT_OUT
from gate.config import Settings
from gate.errors import InconclusiveError
from gate.model import SideName
from gate.ports import LiveSide, Request, StartError
from gate.provision import bring_up
from gate.provision.policy import Model
from gate.wiring.jobs import RECORDED, Asked, job
from gate.wiring.runs import new_run_id

_CHANCES, _BETWEEN = 10, 0.5
"""How often a service that answers, though not 2xx, is asked again, and the seconds between."""
_PACKAGES = {
    "docker": ("compose", "asks the engine"),
    "testcontainers": ("compose", "runs Docker Compose"),
    "psycopg": ("postgres", "reads PostgreSQL"),
    "redis": ("redis", "reads Redis"),
}
"""Of the environment ``compose``: which extra has it, and what it is for."""


def engine_answers(environ: Mapping[str, str]) -> Iterator[Answer]:
    """Everything that the environment ``compose`` takes on this machine, each question with a time limit."""
    there = [name for name in _PACKAGES if _is_there(name)]
    yield _packages(there)
    marks: Callable[[str], Mapping[str, str]] | None = None
    if "docker" in there:
        from gate.adapters.engine_clean import labels  # takes the package docker

        marks = labels
    yield from engine_look.look(environ, marks)
    if "docker" in there:
        yield from _leftovers(environ)


def _packages(there: list[str]) -> Answer:
    """The drivers are needed only where gate.yml names such a store."""
    missing = {name: extra for name, (extra, _) in _PACKAGES.items() if name not in there}
    if not missing:
        return "packages", ", ".join(there), "", ""
    seen = ", ".join(f"{name} ({_PACKAGES[name][1]})" for name in missing)
    mend = f"pip install 'replay-gate[gate,{','.join(dict.fromkeys(missing.values()))}]'"
    lacks = "compose" in missing.values()
    return "packages", f"{seen} missing", mend if lacks else "", "" if lacks else mend


def _is_there(package: str) -> bool:
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True


def _leftovers(environ: Mapping[str, str]) -> Iterator[Answer]:
    from gate.adapters.engine_clean import is_dead  # takes the package docker

    if found := engine_look.left(environ, is_dead):
        things = f"{found} containers, networks or volumes of runs that were killed"
        yield "leftovers", things, "", "remove them with 'gate clean'"


def held_by_a_side(root: Path, environ: Mapping[str, str]) -> Callable[[Path], bool]:
    """Whether a file would be part of a side whose code is the folder ``root``."""
    files = Git(environ).own_files(root)
    if files is None:
        return lambda path: not LEFT_OUT(str(path.parent), [path.name])
    own = {(root / name).resolve() for name in files}
    return lambda path: path.resolve() in own


def resolved_model(
    file: Path, services: Sequence[str], env: Mapping[str, str], environ: Mapping[str, str]
) -> Model:
    """A compose file as Compose reads it; what is in its files of variables, which may be secrets, stays out.

    Raises StartError where Compose does not take it, InconclusiveError where there is no Compose.
    """
    command = shutil.which("docker", path=environ.get("PATH"))
    if command is None:
        raise InconclusiveError("docker was not found, and Docker Compose reads the file; run 'gate doctor'")
    docker = Docker(command, environ, variables=env)
    if docker.ask("compose", "version").code:
        raise InconclusiveError("Docker Compose is not there, and it reads the file; run 'gate doctor'")
    words = [
        "compose",
        "--project-directory",
        str(file.parent),
        "--env-file",
        "/dev/null",
        "--file",
        str(file),
    ]
    if not re.search("[A-Za-z0-9]", file.parent.name):  # which Compose would call the project
        words += ["--project-name", "service"]
    with tempfile.TemporaryDirectory(prefix="gate-init-") as folder:
        without = Path(folder) / "without.yml"
        lines = [f"  {json.dumps(name)}: {{env_file: !reset null}}" for name in services]
        without.write_text("\n".join(["services:", *lines, ""]), encoding="utf-8")
        said = docker.ask(*words, *(("--file", str(without)) if lines else ()), "config", "--format", "json")
    if said.code:
        raise StartError(said.reason)
    model: Model = json.loads(said.out)
    return model


def first_ready(
    settings: Settings, paths: Sequence[str], patience: float, environ: Mapping[str, str]
) -> tuple[str | None, Mapping[str, str]]:
    """Bring the folder of gate.yml up once, and ask the service for each path until one answers 2xx.

    Returns that path, if any, and what each one gave last. Raises GateError where it does not come up.
    """
    asked = Asked(settings=settings, baseline=str(settings.root), candidate=RECORDED)
    with (
        tempfile.TemporaryDirectory(prefix="gate-init-") as logs,
        job(asked, new_run_id(), Path(logs), environ) as one,
    ):
        side = one.live[SideName.BASELINE]
        try:
            bring_up({SideName.BASELINE: side.environment}, one.payloads)
            return asyncio.run(_asked(side, settings.stimuli.to, paths, patience))
        finally:
            side.environment.stop()


async def _asked(
    side: LiveSide, service: str, paths: Sequence[str], patience: float
) -> tuple[str | None, Mapping[str, str]]:
    """As long as nothing answers, it may still be starting; an answer that is no 2xx gets a second chance."""
    deadline, answered = time.monotonic() + patience, 0
    gave: dict[str, str] = {}
    try:
        while time.monotonic() < deadline and answered < _CHANCES:
            if (side.environment.alive() or "").startswith(f"{service}: "):  # another may have done its work
                break
            for path in paths:
                response = await side.sender.send(Request(method="GET", target=path, headers=(), body=b""))
                gave[path] = str(response.output.get("status") or response.output.get("error"))
                if gave[path].startswith("2"):
                    return path, gave
            answered += any(said.isdigit() for said in gave.values())
            await asyncio.sleep(_BETWEEN)
    finally:
        await side.sender.close()
    return None, gave
