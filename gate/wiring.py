"""The only module that constructs adapters: from what was asked for to a job with its sides."""

import os
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from gate.adapters import processes, registry
from gate.adapters.directory import load_bundles
from gate.adapters.git import Git
from gate.adapters.http_sender import HttpSender
from gate.adapters.playback_client import PlaybackProcess
from gate.adapters.process import ProcessEnvironment, free_port
from gate.adapters.registry import RunFile
from gate.adapters.sources import code_of, patched
from gate.config import Compare, Redactor, Settings, Stimuli
from gate.errors import InconclusiveError, RequestError
from gate.model import Bundle, Side, SideKind, SideName
from gate.pipeline import Job, payloads, select
from gate.ports import LiveSide
from gate.provision import Place, places, plan

RECORDED = "recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a command line asks for; paths are as given, ``None`` takes the default."""

    settings: Settings
    baseline: str | None = None
    candidate: str | None = None
    command: tuple[str, ...] = ("gate", "run")
    """The words of the command, for reports to repeat."""
    patch: Path | None = None
    """Applied to a copy of the candidate's folder."""
    bundles: Sequence[str] = ()
    scenarios: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.baseline == self.candidate == RECORDED:
            raise RequestError(
                "both sides are the same recording, which proves nothing; 'gate compare' takes two"
            )


def run_folder(environ: Mapping[str, str]) -> Path:
    """Where run files lie: the user's state folder, so that any later gate finds what a killed one left."""
    base = environ.get("XDG_STATE_HOME", "")
    if not Path(base).is_absolute():  # the convention is not to heed such a one
        base = f"{environ['HOME']}/.local/state" if environ.get("HOME") else ""
    if base:
        own = Path(base) / "replay-gate" / "runs"
        with suppress(OSError):  # such as a home that cannot be written
            own.mkdir(parents=True, exist_ok=True, mode=0o700)
            if os.access(own, os.W_OK):
                return own
    shared = Path(tempfile.gettempdir()) / f"replay-gate-{os.getuid()}"
    if shared.exists() and shared.stat().st_uid != os.getuid():  # what it lists, a clean-up would remove
        raise InconclusiveError(f"{shared}: belongs to someone else; set XDG_STATE_HOME to a folder of yours")
    return shared / "runs"


def new_run_id() -> str:
    """Sortable by time, and unlike any other gate's."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"


def clean(environ: Mapping[str, str]) -> Iterator[str]:
    """Remove what dead runs left behind; a line for each."""
    return registry.clean(run_folder(environ), environ)


@contextmanager
def scratch(run_id: str, environ: Mapping[str, str]) -> Iterator[tuple[RunFile, Path]]:
    """A run's ledger and its folder for everything that goes with it."""
    processes.shield()
    run = RunFile(run_folder(environ), run_id, environ)
    try:
        folder = Path(tempfile.gettempdir()).resolve() / f"gate-{run_id}"
        run.add_directory(folder)
        folder.mkdir(mode=0o700)
        yield run, folder
    finally:
        try:
            run.finish()
        except KeyboardInterrupt:  # a first signal; no other comes after it, and this can be done again
            run.finish()
            raise


@contextmanager
def job(asked: Asked, run_id: str, logs: Path, environ: Mapping[str, str]) -> Iterator[Job]:
    """A job whose live sides are prepared, though not up; afterwards nothing of it is left but ``logs``."""
    settings = asked.settings
    bundles = load_bundles(asked.bundles or settings.bundles, Path.cwd() if asked.bundles else settings.root)
    named = [(path.name, bundle) for path, bundle in bundles]
    recordings = select(named, asked.scenarios)
    state = payloads(named, {store.store for store in settings.stores})
    sides: dict[SideName, Side] = {}
    live: dict[SideName, LiveSide] = {}
    with scratch(run_id, environ) as (run, folder), ExitStack() as stack:
        for side, code in _sides(asked, folder, run, Git(environ)):
            sides[side.name] = side
            if code is None:
                continue
            live[side.name] = live_side(
                side,
                code,
                settings,
                folder / side.name,
                run,
                Redactor(settings.secrets, environ),
                bundles=[path for path, _ in bundles],
                scenarios=list(recordings),
            )
            stack.callback(_keep_logs, live[side.name], logs / side.name)
        yield Job(
            run_id=run_id,
            command=asked.command,
            settings=settings,
            recordings=recordings,
            bundles=_digests(bundles),
            payloads=state,
            sides=sides,
            live=live,
            recorded={name: recordings for name in sides if name not in live},
            clock=time.time,
        )


def _sides(asked: Asked, folder: Path, run: RunFile, git: Git) -> Iterator[tuple[Side, Path | None]]:
    """Each side with the folder of its code; without one where it is the recording."""
    for name, ref in ((SideName.BASELINE, asked.baseline), (SideName.CANDIDATE, asked.candidate)):
        if ref == RECORDED:
            yield Side(name=name, kind=SideKind.RECORDED, ref=RECORDED), None
            continue
        side, code = code_of(name, ref, asked.settings.root, git, folder, run)
        if asked.patch is not None and name is SideName.CANDIDATE:
            side, code = patched(side, code, asked.patch, git, folder)
        yield side, code


def _digests(bundles: Sequence[tuple[Path, Bundle]]) -> list[Mapping[str, str]]:
    return [{"name": bundle.manifest.name, "digest": bundle.digest} for _, bundle in bundles]


def comparison(run_id: str, baseline: Path, candidate: Path, scenarios: Sequence[str], rules: Compare) -> Job:
    """A job of two recordings."""
    loaded = load_bundles([str(baseline), str(candidate)], Path.cwd())
    paths = {SideName.BASELINE: baseline, SideName.CANDIDATE: candidate}
    recorded = {
        name: select([(path.name, bundle)], scenarios)
        for name, (path, bundle) in zip(paths, loaded, strict=True)
    }
    return Job(
        run_id=run_id,
        command=("gate", "compare", str(baseline), str(candidate)),
        settings=Settings(
            root=Path.cwd(),
            service=loaded[0][1].manifest.name,
            services={},
            stimuli=Stimuli(to=""),
            bundles=(),
            compare=rules,
        ),
        recordings={**recorded[SideName.CANDIDATE], **recorded[SideName.BASELINE]},
        bundles=_digests(loaded),
        payloads={},
        sides={name: Side(name=name, kind=SideKind.RECORDED, ref=str(path)) for name, path in paths.items()},
        live={},
        recorded=recorded,
        clock=time.time,
    )


def live_side(
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
        sender=HttpSender(planned.target, settings.stimuli.timeout, redactor),
        playback=playback,
    )


def _keep_logs(side: LiveSide, folder: Path) -> None:
    """Copy what the services said, redacted, to where the run leaves its files."""
    for log in side.environment.logs():
        path = folder / f"{log.service}.log"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(log.text, encoding="utf-8")
        except OSError as error:
            raise InconclusiveError(
                f"{path}: cannot be written: {error.strerror}; free some space, or give another --out"
            ) from None
