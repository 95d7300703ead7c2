"""A live side as containers, in a Docker engine."""

import os
import secrets
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from gate.adapters.commands import Commands
from gate.adapters.compose import ComposeEnvironment
from gate.adapters.compose_project import resolved
from gate.adapters.engine import Engine
from gate.adapters.engine_clean import labels, owner_tag
from gate.adapters.engine_labels import BUILT
from gate.adapters.http_sender import HttpSender
from gate.adapters.playback_client import PlaybackClient
from gate.adapters.playback_image import playback_image
from gate.adapters.registry import RunFile
from gate.adapters.shipped import shipped
from gate.config import Redactor, Settings
from gate.model import Side
from gate.ports import ComposePlan, LiveSide
from gate.provision import containers
from gate.provision.compose_file import check_variables, read
from gate.provision.overlay import as_yaml, escaped, rendered
from gate.wiring.servers import opener

MODEL, OVERLAY = "model.json", "overlay.yml"
_BUILDING = threading.Lock()
"""Both sides need the image of the playback server, and one of them builds it."""


def compose_side(
    engine: Engine,
    tell: Callable[[str], None],
    side: Side,
    code: Path,
    settings: Settings,
    folder: Path,
    run: RunFile,
    redactor: Redactor,
    *,
    bundles: Sequence[Path] = (),
    scenarios: Sequence[str] = (),
) -> LiveSide:
    """One side in containers, not yet up. Raises InconclusiveError where no engine answers."""
    compose = settings.compose
    assert compose is not None
    commands, token = Commands(run), secrets.token_hex(16)
    project = f"gate-{run.run_id}-{side.name}"
    marks = containers.Marks(
        labels=labels(run.run_id),
        tag=owner_tag(),
        image_labels={BUILT: "1"},
        caches=f"replay-gate-{side.name}",
    )
    reach = containers.Reach(
        loopback=compose.reach == "loopback" or (compose.reach == "auto" and not engine.addressable),
        start_interval=engine.has_start_interval,
    )

    def planned() -> ComposePlan:
        files = read(code / compose.file, code, _left_empty)
        env = containers.filled_env(settings)
        check_variables(files, env)
        model = resolved(engine, commands, code, code / compose.file, project, env)
        allowed = containers.check(model, files, code, compose, Redactor(settings.secrets))
        with _BUILDING:
            image = playback_image(engine, commands)
        playback = _playback(image, token, bundles, scenarios, settings)
        (folder / MODEL).write_text(as_yaml(model), encoding="utf-8")
        return containers.container_plan(settings, model, code, project, marks, reach, playback, allowed)

    environment = ComposeEnvironment(
        engine,
        commands,
        project,
        planned,
        partial(_written, folder),
        folder,
        opener({store.kind for store in settings.stores}, redactor),
        redactor,
        lambda says: tell(f"{side.name}: {says}"),
    )
    return LiveSide(
        side=side,
        environment=environment,
        sender=HttpSender(environment.target, settings.stimuli.timeout, redactor),
        playback=PlaybackClient(
            token,
            lambda: environment.containers.address(environment.plan.playback, environment.plan.control),
            lambda: "",
            redactor,
            Redactor(settings.credentials),
        ),
    )


def _left_empty(path: Path) -> None:
    """In the side's copy: what a service needs of such a file is named in gate.yml, and a commit never has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def _playback(
    image: str, token: str, bundles: Sequence[Path], scenarios: Sequence[str], settings: Settings
) -> dict[str, object]:
    """What the overlay says of the playback server; it reads the bundles with the rights of the gate."""
    inside = {str(path.absolute()): f"/bundles/{number}-{path.name}" for number, path in enumerate(bundles)}
    asked = containers.playback_settings(
        token, list(scenarios), list(inside.values()), bool(settings.outward)
    )
    return {
        "image": image,
        "command": [escaped(asked)],
        "user": f"{os.getuid()}:{os.getgid()}",
        "volumes": [
            {"type": "bind", "source": escaped(source), "target": escaped(target), "read_only": True}
            for source, target in inside.items()
        ],
    }


def _written(folder: Path, plan: ComposePlan) -> list[Path]:
    """The files that Compose is given: the user's as it was resolved, and the overlay."""
    source = shipped("compose", "overlay.yml.j2").read_text(encoding="utf-8")
    text = rendered(source, plan.overlay)
    (folder / OVERLAY).write_text(text, encoding="utf-8")
    return [folder / MODEL, folder / OVERLAY]
