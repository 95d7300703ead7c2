"""A live side as plain processes of this machine."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from gate.adapters.http_sender import HttpSender
from gate.adapters.playback_process import PlaybackProcess
from gate.adapters.process import ProcessEnvironment, free_port
from gate.adapters.registry import RunFile
from gate.config import Redactor, Settings
from gate.model import Side
from gate.ports import LiveSide
from gate.provision import Place, places, plan


def process_side(
    side: Side,
    code: Path,
    settings: Settings,
    folder: Path,
    run: RunFile,
    redactor: Redactor,
    *,
    bundles: Sequence[Path] = (),
    scenarios: Sequence[str] = (),
    upstream: Mapping[str, str] = MappingProxyType({}),
) -> LiveSide:
    """One side on this machine, not yet up; with ``upstream`` its calls go to real hosts and are recorded."""
    state = folder / "state"
    state.mkdir(parents=True)
    playback = PlaybackProcess(
        hosts=settings.outward,
        bundles=bundles,
        scenarios=scenarios,
        upstream=upstream,
        log=folder / "playback.txt",
        run=run,
        redactor=redactor,
        credentials=Redactor(settings.credentials),
    )
    place = Place(
        code=code,
        state=state,
        ports={name: free_port() for name in settings.services},
        outward=playback.urls,
        python=sys.executable,
    )
    redactor.know(places(settings, place))
    planned = plan(settings, place)
    return LiveSide(
        side=side,
        environment=ProcessEnvironment(planned, folder / "logs", run, redactor),
        sender=HttpSender(lambda: planned.target, settings.stimuli.timeout, redactor),
        playback=playback.client,
    )
