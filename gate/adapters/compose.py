"""A live side as containers of the user's own compose file, under the gate's overlay."""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path

from gate.adapters.commands import Commands, TookTooLongError
from gate.adapters.compose_dump import load_dump
from gate.adapters.compose_images import built_images, found_images
from gate.adapters.compose_project import ComposeFailedError, Project
from gate.adapters.compose_waiting import Opened, Waiting
from gate.adapters.compose_watch import Watch
from gate.adapters.compose_words import last_line, of_the_engine, of_the_engine_in_run
from gate.adapters.containers import Containers
from gate.adapters.engine import Engine
from gate.adapters.engine_clean import remove_project
from gate.adapters.playback_image import name_of
from gate.config import Redactor
from gate.errors import GateError, InconclusiveError
from gate.ports import ComposePlan, Facts, LogText, StartError, Store, StorePlan

_PATIENCE = 60.0


class ComposeEnvironment:
    """Implements :class:`gate.ports.Environment` with a Compose project.

    ``planned`` looks at the compose file and raises what is wrong with it; ``written`` writes the files to bring up.
    """

    def __init__(
        self,
        engine: Engine,
        commands: Commands,
        project: str,
        planned: Callable[[], ComposePlan],
        written: Callable[[ComposePlan], Sequence[Path]],
        folder: Path,
        opened: Opened,
        redactor: Redactor,
        tell: Callable[[str], None],
    ) -> None:
        self._engine, self._commands, self._folder = engine, commands, folder
        self._planned, self._written, self._opened, self._redactor = planned, written, opened, redactor
        self.containers, self._tell = Containers(engine, project, redactor), tell
        self._prepared: tuple[ComposePlan, Sequence[Path]] | None = None
        self._stores: dict[str, Store] = {}
        self._images: dict[str, str] = {}
        self._watch: Watch | None = None
        self._target: str | None = None
        self._stopping = threading.Event()
        self._kept: list[LogText] | None = None

    def prepare(self) -> None:
        """Resolve the compose file, judge it, and write what is laid over it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        plan = self._planned()
        self._prepared = plan, self._written(plan)

    @property
    def plan(self) -> ComposePlan:
        """What runs, once it has been prepared."""
        assert self._prepared is not None, "prepare() comes first"
        return self._prepared[0]

    @property
    def _waiting(self) -> Waiting:
        return Waiting(self.containers, self.plan, self._opened, self._stores, self._stopping)

    @property
    def files(self) -> Sequence[Path]:
        """What Compose is given, once it has been prepared."""
        assert self._prepared is not None, "prepare() comes first"
        return self._prepared[1]

    def _project(
        self, services: Sequence[str] = (), patience: float = _PATIENCE, cleaning: bool = False
    ) -> Project:
        return Project(
            self._engine,
            self._commands,
            self._folder,
            self.files,
            services=services,
            patience=patience,
            cleaning=cleaning,
        )

    def restore(self, payloads: Mapping[str, bytes]) -> None:
        """Get every image, start the stores and the playback server, and load the state."""
        self._images |= found_images(self._engine, self._commands, self.plan)
        with ThreadPoolExecutor(max_workers=1) as beside:
            # While the stores start, which takes as long.
            building = beside.submit(
                built_images,
                self._engine,
                self._project(),
                self.plan,
                self._folder,
                self._redactor,
                self._tell,
            )
            try:
                stores = dict.fromkeys(store.service for store in self.plan.stores)
                if stores.keys() & self.plan.built.keys():
                    self._images |= self._when_done(building)
                self._up(["--no-build", self.plan.playback, *stores], _PATIENCE)
                for store in self.plan.stores:
                    self._stores[store.store] = self._waiting.for_store(store)
                    if store.store in payloads:
                        self._load(store, payloads[store.store])
                self._images |= self._when_done(building)
            except (GateError, StartError):
                self._commands.stop()  # nobody wants the image any more
                raise

    def migrate(self) -> None:
        """Run the migrations, each in a container of its own."""
        for service, words in self.plan.migrations:
            patience, what, said = self.plan.services[service].timeout, f"migrate {service}", b""
            try:
                said = self._project().ask(patience, "run", "--rm", "-T", "--no-deps", service, *words)
            except TookTooLongError as error:
                said = error.said
                self._waiting.check_outside()
                raise StartError(f"{what}: took over {patience:.0f} s; {self._last_line(said)}") from None
            except ComposeFailedError as error:
                said = error.said
                self._waiting.check_outside()
                line = self._last_line(said)
                if of_the_engine_in_run(error.text):
                    raise InconclusiveError(f"{what}: {line}; run 'gate doctor'") from None
                raise StartError(f"{what}: ended with exit code {error.code}; {line}") from None
            finally:
                with (self._folder / f"migrate-{service}.log").open("ab") as log:
                    log.write(said)

    def start(self) -> None:
        """Start the rest, once the outside world is there, and wait until everything is ready."""
        self._waiting.for_playback()
        patience = max((one.timeout for one in self.plan.services.values()), default=_PATIENCE)
        alone = ["--no-deps", *self.plan.ready_at_once] if self.plan.ready_at_once else []
        self._up(["--no-build", *alone], patience)
        for service in self.plan.services.values():
            self._waiting.for_service(service)
        self._watch = Watch(self.containers, self.plan)
        there = self.containers.all()
        places = {one.address: f"{{{one.service}.address}}" for one in there if one.address}
        self._redactor.know(
            places | dict.fromkeys(self._engine.gateways(self.plan.project), "{gate.address}")
        )

    def stop(self) -> None:
        """Keep the logs, then remove every container, network and volume of this side, and the images it built."""
        first = not self._stopping.is_set()
        self._stopping.set()
        self._commands.stop()
        if first and self._prepared is not None:
            self._kept = self._own_logs()
            for store in self._stores.values():
                with suppress(GateError):
                    store.close()
        if not self._engine.answers():
            return  # the next run will find what is there, and so will 'gate clean'
        images = [name_of(self._commands.run_id)]
        if first and self._prepared is not None:
            with suppress(GateError):
                self._kept = self._read_logs()
            with suppress(GateError, ComposeFailedError, TookTooLongError):
                self._project(cleaning=True).stop()
            with suppress(GateError):
                remove_project(self._engine, self.plan.project)
            images += self.plan.built.values()
        with suppress(GateError):
            self._engine.remove_images(images)

    def stores(self) -> Mapping[str, Store]:
        """The side's databases, open since they answered first."""
        return dict(self._stores)

    def facts(self) -> Facts:
        """See :class:`gate.ports.Environment`."""
        why = "containers reach what this machine listens on at their network's gateway"
        if not self.plan.internal:
            why = "containers are reached by ports on loopback, and their network is not an internal one"
        return Facts(unsealed=why, allowed=self.plan.allowed, images=dict(self._images))

    def alive(self) -> str | None:
        """See :class:`gate.ports.Environment`."""
        return self._watch.died() if self._watch is not None else None

    def target(self) -> str:
        """The URL that requests go to, once the side is up.

        Raises ConnectionRefusedError after :meth:`alive` has seen a service end: what is sent to an address that no
        container has any more is swallowed, and would be waited for each time.
        """
        if self._watch is not None and self._watch.ended:
            raise ConnectionRefusedError("a service has ended")
        if self._target is None:
            service = self.plan.services[self.plan.target]
            assert service.port is not None, "gate.yml was checked for it"
            # Kept, since a look at the engine takes as long as a request.
            host, port = self.containers.address(service.service, service.port)
            self._target = f"http://{host}:{port}"
        return self._target

    def logs(self) -> Sequence[LogText]:
        """What the services and the migrations wrote, redacted."""
        if self._kept is not None:
            return self._kept
        return self._read_logs() if self._prepared is not None else []

    def _own_logs(self) -> list[LogText]:
        return self._redacted({path.stem: path.read_bytes() for path in self._folder.glob("*.log")})

    def _read_logs(self) -> list[LogText]:
        return [*self._own_logs(), *self._redacted(self.containers.logs())]

    def _redacted(self, logs: Mapping[str, bytes]) -> list[LogText]:
        return [
            LogText(service=name, text=self._redactor.redact_text(content.decode(errors="replace")))
            for name, content in sorted(logs.items())
        ]

    def _when_done(self, building: "Future[Mapping[str, str]]") -> Mapping[str, str]:
        """What was built; an engine that stops to answer meanwhile is not waited for."""
        while not building.done():
            wait([building], timeout=2)
            self.containers.all()
        return building.result()

    def _up(self, services: Sequence[str], patience: float) -> None:
        self._waiting.check_going_on()
        try:
            self._project(services, patience).start()
        except TookTooLongError:
            what = f"after {patience:.0f} s; raise start_timeout if it only takes its time"
            self._waiting.check_outside()
            if slow := self.containers.first_unhealthy():
                raise StartError(f"{slow}; {what}") from None
            raise InconclusiveError(f"docker compose up: not done {what}") from None
        except ComposeFailedError as error:
            said = f"docker compose up: {self._redactor.redact_text(str(error))}"
            if of_the_engine(error.text):
                raise InconclusiveError(f"{said}; run 'gate doctor'") from None
            self._waiting.check_outside()
            failed = self.containers.first_dead(" at start") or self.containers.first_unhealthy()
            raise StartError(failed or said) from None
        finally:
            self.containers.forget()

    def _last_line(self, said: bytes) -> str:
        line = last_line(self._redactor.redact_text(said.decode(errors="replace")))
        return f"its last line: {line[:300]}" if line else "it printed nothing"

    def _load(self, store: StorePlan, payload: bytes) -> None:
        container = self.containers.of(store.service)
        assert container is not None, "it was reached a moment ago"
        load_dump(self._engine, self._commands, self._folder, container.id, store, payload, self._redactor)
