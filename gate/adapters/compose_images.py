"""The images that one side runs from: those of others as they are, its own built from its code."""

from collections.abc import Mapping
from pathlib import Path

from gate.adapters.commands import TookTooLongError
from gate.adapters.compose_project import ComposeFailedError, Project
from gate.adapters.compose_words import build_failure, of_the_engine_in_build
from gate.adapters.engine import Engine
from gate.config import Redactor
from gate.errors import InconclusiveError
from gate.ports import ComposePlan, StartError

_PATIENCE = 1800.0
_BUILDER = "replay-gate"


def found_images(engine: Engine, plan: ComposePlan) -> Mapping[str, str]:
    """The digests of others' images by service; what is not here is pulled. Raises InconclusiveError."""
    found = {}
    for service, image in plan.images.items():
        if engine.digest_of(image) is None:
            engine.pull(image)
        found[service] = engine.digest_of(image) or image
    return found


def built_images(
    engine: Engine, project: Project, plan: ComposePlan, folder: Path, redactor: Redactor
) -> Mapping[str, str]:
    """The digests of the side's own images by service, built with the cache of layers that the engine keeps.

    What a build that fails said is left in ``folder``. Raises StartError where the code does not build, and
    InconclusiveError where the engine or the network fails.
    """
    if not plan.built:
        return {}
    names = ", ".join(plan.built)
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
    return {service: engine.digest_of(image) or image for service, image in plan.built.items()}
