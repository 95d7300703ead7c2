"""What runs make in an engine, marked so that any later gate can tell a dead run's leftovers from a live one's."""

import hashlib
import os
import platform
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from docker.errors import APIError

from gate.adapters.engine import LABEL, Engine
from gate.adapters.playback_image import LABEL as PLAYBACK
from gate.adapters.processes import boot_id, born

BUILT = "replay-gate.built"
"""On images that were built for a side."""
_IMAGE = re.compile(
    r"gate-(?P<run>\d{8}-\d{6}-[0-9a-f]+)-(?:baseline|candidate)-[^:]+"
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
    """Remove what dead runs of this machine left; ``everything``: the gate's own image too, if no run needs it.

    Yields a line for each run. Raises InconclusiveError where the engine does not do it.
    """
    found: dict[str, list[tuple[str, Any]]] = {}
    alive: set[str] = set()
    with engine.asked("cleaning up") as api:
        wanted = {"label": LABEL}
        networks = api.networks(filters=wanted)
        volumes = (api.volumes(filters=wanted) or {}).get("Volumes") or []
        listed = {
            "container": api.containers(all=True, filters=wanted),
            "network": networks,
            "volume": volumes,
            "image": [one for image in api.images(filters={"label": BUILT}) for one in _built(image)],
        }
        for kind, things in listed.items():
            for thing in things:
                said = thing.get("Labels") or {}
                if _is_dead(said):
                    found.setdefault(said[LABEL], []).append((kind, thing))
                else:
                    alive.add(said[LABEL])
        for run, things in sorted(found.items()):
            for kind, thing in things:
                _remove(api, kind, thing)
            yield f"removed what run {run} had left in the Docker engine"
        if everything and not alive:
            for image in api.images(filters={"label": PLAYBACK}):
                _remove(api, "image", image)
                yield f"removed the image {(image.get('RepoTags') or [image['Id']])[0]}"


def _remove(api: Any, kind: str, thing: Mapping[str, Any]) -> None:
    """Gone already, or in use by a container of someone else: both are no matter of ours."""
    with suppress(APIError):
        match kind:
            case "container":
                api.remove_container(thing["Id"], force=True, v=True)
            case "network":
                api.remove_network(thing["Id"])
            case "volume":
                api.remove_volume(thing["Name"], force=True)
            case _:
                api.remove_image(thing["Id"], force=True)


def _built(image: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Each name of an image that was built for a side, with what it says of its run and owner."""
    for name in image.get("RepoTags") or ():
        if match := _IMAGE.fullmatch(name):
            owner = f"{match['pid']}:{match['born']}:{match['boot']}"
            labels = {LABEL: match["run"], _OWNER: owner, _MACHINE: match["machine"]}
            yield {"Id": name, "Labels": labels}


def _is_dead(said: Mapping[str, str]) -> bool:
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
