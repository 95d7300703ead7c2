"""What runs make in an engine, marked so that any later gate can tell a dead run's leftovers from a live one's."""

import hashlib
import os
import platform
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docker.errors import APIError

from gate.adapters.engine import Engine
from gate.adapters.engine_labels import BUILT, LABEL, PLAYBACK, PLAYBACK_IMAGE
from gate.adapters.processes import boot_id, born

_LOOKS, _A_MOMENT = 4, 0.3
_IMAGE = re.compile(
    r"gate-(?P<run>\d{8}-\d{6}-[0-9a-f]+)-[^:]+"
    r":(?P<machine>[0-9a-f]{16})\.(?P<pid>\d+)\.(?P<born>[\d.]+)\.(?P<boot>[\w-]+)"
)
_OWNER, _MACHINE = "replay-gate.owner", "replay-gate.machine"


def labels(run_id: str) -> dict[str, str]:
    """For everything of a run: its id, and its owner by pid, time of birth and boot."""
    owner = f"{os.getpid()}:{born(os.getpid())}:{boot_id()}"
    return {LABEL: run_id, _OWNER: owner, _MACHINE: _machine()}


def owner_tag() -> str:
    """For images, which are to be equal where their code is: the owner stands in their names."""
    return f"{_machine()}.{os.getpid()}.{born(os.getpid())}.{boot_id()}"


def clean_engine(engine: Engine, *, everything: bool = False) -> Iterator[str]:
    """Remove what dead runs of this machine left; ``everything``: the gate's own image too.

    Yields a line for each run. Raises InconclusiveError where the engine does not do it.
    """
    cleaned: set[str] = set()
    for number in range(_LOOKS):
        # The engine may still be making what a Compose that was killed had asked for last.
        time.sleep(_A_MOMENT if number else 0)
        with engine.asked("cleaning up") as api:
            found = [one for one in _listed(api, {"label": LABEL}) if is_dead(one.labels)]
            found += [one for one in _named(api) if is_dead(one.labels)]
            _remove(api, found)
        if not found:
            break
        cleaned |= {one.labels[LABEL] for one in found}
    yield from (f"removed what run {run} had left in the Docker engine" for run in sorted(cleaned))
    if everything:
        with engine.asked("cleaning up") as api:
            # By the name that all runs share: one that lives has a name of its own for it, and so may a person.
            names = [
                name
                for image in api.images(filters={"label": PLAYBACK})
                for name in image.get("RepoTags") or ()
                if name.startswith(f"{PLAYBACK_IMAGE}:")
            ]
            _remove(api, [_Thing(kind="image", id=name, labels={}) for name in names])
            yield from (f"removed the image {name}" for name in names)


def remove_project(engine: Engine, project: str) -> None:
    """Remove what Compose leaves of a project, such as a container of a migration that was cut short."""
    with engine.asked("cleaning up") as api:
        _remove(api, list(_listed(api, {"label": f"com.docker.compose.project={project}"})))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Thing:
    kind: str
    id: str
    labels: Mapping[str, str]


def _listed(api: Any, wanted: Mapping[str, str]) -> Iterator[_Thing]:
    """In the order in which they can be removed."""
    found = {
        "container": api.containers(all=True, filters=wanted),
        "network": api.networks(filters=wanted),
        "volume": (api.volumes(filters=wanted) or {}).get("Volumes") or (),
    }
    for kind, things in found.items():
        for one in things:
            yield _Thing(kind=kind, id=one.get("Id") or one["Name"], labels=one.get("Labels") or {})


def _named(api: Any) -> Iterator[_Thing]:
    """Each name of a run's for an image, with what it says of the run and its owner."""
    for label in (BUILT, PLAYBACK):
        for image in api.images(filters={"label": label}):
            for name in image.get("RepoTags") or ():
                if match := _IMAGE.fullmatch(name):
                    owner = f"{match['pid']}:{match['born']}:{match['boot']}"
                    labels = {LABEL: match["run"], _OWNER: owner, _MACHINE: match["machine"]}
                    yield _Thing(kind="image", id=name, labels=labels)


def _remove(api: Any, things: Iterable[_Thing]) -> None:
    """Gone already, or in use by a container of someone else: both are no matter of ours."""
    for one in things:
        with suppress(APIError):
            match one.kind:
                case "container":
                    api.remove_container(one.id, force=True, v=True)
                case "network":
                    api.remove_network(one.id)
                case "volume":
                    api.remove_volume(one.id, force=True)
                case _:
                    api.remove_image(one.id, force=True)


def is_dead(said: Mapping[str, str]) -> bool:
    """Whether the owner that the labels name has ended; of another machine's nothing is known."""
    if said.get(_MACHINE) != _machine():
        return False
    pid, _, rest = said.get(_OWNER, "").partition(":")
    birth, _, boot = rest.partition(":")
    if boot != boot_id():
        return True
    return not pid.isdigit() or str(born(int(pid))) != birth


def _machine() -> str:
    """This machine and its view of processes: containers that share an engine do not see each other's."""
    try:
        space = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        space = ""
    with suppress(OSError):
        space += Path("/etc/machine-id").read_text()
    return hashlib.sha256(f"{platform.node()}{space}".encode()).hexdigest()[:16]
