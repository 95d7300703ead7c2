"""From what was asked for to a job with its sides."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from gate.adapters.directory import load_bundles, matching
from gate.adapters.git import Git
from gate.adapters.registry import RunFile
from gate.adapters.sources import code_of, exported, patched
from gate.config import Compare, Redactor, Settings, Stimuli
from gate.errors import GateError, InconclusiveError, RequestError
from gate.model import Bundle, Side, SideKind, SideName
from gate.pipeline import Job, payloads, select
from gate.ports import LiveSide
from gate.wiring.process import process_side
from gate.wiring.runs import scratch

RECORDED = "recorded"


def _nobody(_says: str) -> None:
    """Listens."""


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
    tell: Callable[[str], None] = _nobody
    """Hears what takes long, such as an image that is built; from any thread."""

    def __post_init__(self) -> None:
        if self.baseline == self.candidate == RECORDED:
            raise RequestError(
                "both sides are the same recording, which proves nothing; 'gate compare' takes two"
            )


@contextmanager
def job(asked: Asked, run_id: str, logs: Path, environ: Mapping[str, str]) -> Iterator[Job]:
    """A job whose live sides are prepared, though not up; afterwards nothing of it is left but ``logs``."""
    settings = asked.settings
    bundles = load_bundles(asked.bundles or settings.bundles, Path.cwd() if asked.bundles else settings.root)
    named = [(path.name, bundle) for path, bundle in bundles]
    recordings = select(named, asked.scenarios)
    state = payloads(named, {store.store: store.kind for store in settings.stores})
    sides: dict[SideName, Side] = {}
    live: dict[SideName, LiveSide] = {}
    redactor = Redactor(settings.secrets, environ)
    with _without_secrets(redactor), scratch(run_id, environ) as (run, folder), ExitStack() as stack:
        live_side, notices = _live_sides(asked, environ, folder)
        known = [path for text in settings.bundles for path in matching(text, settings.root)]
        hidden = _below(settings.root, [*known, *(path for path, _ in bundles)])
        for side, code in _sides(asked, folder, run, Git(environ), hidden):
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
            redactor=redactor,
            notices=notices,
        )


@contextmanager
def _without_secrets(redactor: Redactor) -> Iterator[None]:
    """What goes wrong is told without them, whoever tells it."""
    try:
        yield
    except GateError as error:
        raise type(error)(redactor.redact_text(str(error))) from None


def _live_sides(
    asked: Asked, environ: Mapping[str, str], folder: Path
) -> tuple[Callable[..., LiveSide], tuple[str, ...]]:
    """How a live side is made, by where it is to run; and what had to be removed there first."""
    if asked.settings.compose is None:
        return process_side, ()
    # What an engine takes is an extra, and half a second to import.
    from gate.adapters.engine import Engine
    from gate.adapters.engine_clean import clean_engine
    from gate.wiring.compose import compose_side

    engine = Engine(environ)
    engine.settle_in(folder / "docker")
    return partial(compose_side, engine, asked.tell), tuple(clean_engine(engine))


def _sides(
    asked: Asked, folder: Path, run: RunFile, git: Git, hidden: Sequence[Path]
) -> Iterator[tuple[Side, Path | None]]:
    """Each side with its code, without where it is the recording; containers do not see ``hidden`` of it."""
    for name, ref in ((SideName.BASELINE, asked.baseline), (SideName.CANDIDATE, asked.candidate)):
        if ref == RECORDED:
            yield Side(name=name, kind=SideKind.RECORDED, ref=RECORDED), None
            continue
        side, code = code_of(name, ref, asked.settings.root, git, folder, run)
        if asked.settings.compose is not None:
            code = exported(code, git, folder / f"{name}-code", hidden)
        if asked.patch is not None and name is SideName.CANDIDATE:
            side, code = patched(side, code, asked.patch, git, folder)
        yield side, code


def _below(root: Path, paths: Iterable[Path]) -> list[Path]:
    """Those that lie in a folder, from there."""
    root = root.resolve()
    return [path.resolve().relative_to(root) for path in paths if path.resolve().is_relative_to(root)]


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
