"""The images that one side runs from: those of others as they are, its own built from its code."""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from gate.adapters.commands import Commands, TookTooLongError
from gate.adapters.compose_project import ComposeFailedError, Project
from gate.adapters.compose_words import build_failure, last_line, of_the_engine_in_build
from gate.adapters.engine import Engine
from gate.config import Redactor
from gate.errors import InconclusiveError
from gate.ports import ComposePlan, StartError

_PATIENCE = 1800.0
_BUILDER = "replay-gate"
_LONG = 3.0
"""Seconds after which a person wants to know what takes so long."""


def found_images(engine: Engine, commands: Commands, plan: ComposePlan) -> Mapping[str, str]:
    """The digests of others' images by service; what is not here is pulled. Raises InconclusiveError."""
    found = {}
    for service, image in plan.images.items():
        digest = engine.digest_of(image)
        if digest is None:
            _pull(engine, commands, image)
            digest = engine.digest_of(image)
        if digest is None:
            raise InconclusiveError(f"image {image}: was pulled and is not here; run 'gate doctor'")
        found[service] = digest
    return found


def _pull(engine: Engine, commands: Commands, image: str) -> None:
    """By the command line, which knows who may pull from where, and can be stopped."""
    argv = [engine.command, "pull", "--quiet", "--", image]
    try:
        done = commands.run(argv, env=engine.environ, cwd=Path("/"), timeout=_PATIENCE)
    except TookTooLongError:
        why = f"no registry gave it in {_PATIENCE:.0f} s"
    else:
        if done.returncode == 0:
            return
        why = last_line(done.stderr.decode(errors="replace"))
    raise InconclusiveError(f"image {image}: is not here and cannot be pulled: {why[:300]}; pull or build it")


def built_images(
    engine: Engine,
    project: Project,
    plan: ComposePlan,
    folder: Path,
    redactor: Redactor,
    tell: Callable[[str], None],
) -> Mapping[str, str]:
    """The digests of the side's own images by service, built with the cache of layers that the engine keeps.

    What a build that fails said is left in ``folder``. Raises StartError where the code does not build, and
    InconclusiveError where the engine or the network fails.
    """
    if not plan.built:
        return {}
    names = ", ".join(plan.built)
    slow = threading.Timer(_LONG, tell, (f"build the image of {names} …",))
    slow.start()
    try:
        # Under a name that all runs share, since Compose writes it into the image: the same code, the same digest.
        project.ask(_PATIENCE, "--project-name", _BUILDER, "build", *plan.built)
    except TookTooLongError:
        raise InconclusiveError(f"the image of {names}: not built after {_PATIENCE:.0f} s") from None
    except ComposeFailedError as error:
        (folder / "build.log").write_bytes(error.said)
        what = redactor.redact_text(f"the image of {names} does not build: {build_failure(error.text)}")
        if of_the_engine_in_build(error.text):
            raise InconclusiveError(
                f"{what}; look at the network and the engine with 'gate doctor'"
            ) from None
        raise StartError(what) from None
    finally:
        slow.cancel()
    return {service: engine.digest_of(image) or image for service, image in plan.built.items()}
