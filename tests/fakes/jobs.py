"""A job of the pipeline over fakes."""

from collections.abc import Mapping
from pathlib import Path

from gate.config import Observe, Settings, Settle, Stimuli, Store
from gate.model import Recording, Side, SideKind, SideName
from gate.pipeline import Job
from gate.ports import LiveSide


def job(
    recordings: Mapping[str, Recording],
    *sides: LiveSide,
    observe: Observe | None = None,
    timeout: float = 5,
    quiet: float = 0.0,
) -> Job:
    """Over these live sides; one that is not among them is the recording. ``timeout`` is how long each may settle."""
    live = {side.side.name: side for side in sides}
    return Job(
        run_id="r",
        command=(),
        settings=Settings(
            root=Path(),
            service="s",
            services={},
            stimuli=Stimuli(to="api"),
            bundles=(),
            settle=Settle(quiet=quiet, timeout=timeout),
            stores=(Store(store="db", kind="sqlite", path="x"),),
            observe=observe or Observe(),
        ),
        recordings=recordings,
        bundles=[],
        payloads={},
        sides={
            name: Side(name=name, kind=SideKind.LIVE if name in live else SideKind.RECORDED, ref="x")
            for name in SideName
        },
        live=live,
        recorded={name: recordings for name in SideName if name not in live},
        clock=lambda: 0.0,
    )
