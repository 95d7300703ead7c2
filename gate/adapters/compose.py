"""A live side as containers of the user's own compose file, under the gate's overlay."""

import re
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from gate.adapters.commands import Commands
from gate.adapters.compose_project import ComposeFailedError, Project
from gate.adapters.containers import Containers
from gate.adapters.engine import Engine
from gate.adapters.readiness import answer_of
from gate.config import Redactor
from gate.errors import GateError, InconclusiveError
from gate.ports import ComposePlan, ContainerPlan, Facts, LogText, StartError, Store, StorePlan

_POLL = 0.02
_PATIENCE = 60.0
_BUILD_PATIENCE = 1800.0
_BUILDER = "replay-gate"
_OF_THE_ENGINE = re.compile(
    r"no space left|cannot connect to the docker daemon|address pools|i/o timeout|TLS handshake|connection refused"
    r"|connection reset|temporary failure in name resolution|failed to resolve source metadata|EOF$|deadline exceeded"
    r"|dial tcp|no such host|is the docker daemon running|pool overlaps|unexpected end",
    re.IGNORECASE,
)
"""What goes wrong in the engine or on the way to a registry; of the code under test it says nothing."""

Opened = Callable[[StorePlan, str, int], Store]
"""Opens a store of the plan at a host and a port. Raises InconclusiveError while it does not answer."""


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
    ) -> None:
        self._engine, self._commands, self._folder = engine, commands, folder
        self._planned, self._written, self._opened, self._redactor = planned, written, opened, redactor
        self.containers = Containers(engine, project, redactor)
        self._prepared: tuple[ComposePlan, Project] | None = None
        self._stores: dict[str, Store] = {}
        self._images: dict[str, str] = {}
        self._done: set[str] = set()
        """Services that had done their work when all was up, such as one that only fills a database."""
        self._stopping = threading.Event()
        self._kept: list[LogText] | None = None

    def prepare(self) -> None:
        """Resolve the compose file, judge it, and write what is laid over it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        plan = self._planned()
        self._prepared = plan, Project(self._engine, self._commands, self._folder, self._written(plan))

    @property
    def plan(self) -> ComposePlan:
        """What runs, once it has been prepared."""
        assert self._prepared is not None, "prepare() comes first"
        return self._prepared[0]

    @property
    def project(self) -> Project:
        """The Compose project, once it has been prepared."""
        assert self._prepared is not None, "prepare() comes first"
        return self._prepared[1]

    def restore(self, payloads: Mapping[str, bytes]) -> None:
        """Get every image, start the stores and the playback server, and load the state."""
        self._find_images()
        with ThreadPoolExecutor(max_workers=1) as beside:
            building = beside.submit(self._build_images)  # while the stores start, which takes as long
            self._up([self.plan.playback, *dict.fromkeys(store.service for store in self.plan.stores)])
            for store in self.plan.stores:
                self._stores[store.store] = self._open(store)
                if store.store in payloads:
                    self._load(store, payloads[store.store])
            building.result()

    def migrate(self) -> None:
        """Run the migrations, each in a container of its own."""
        for service, words in self.plan.migrations:
            said = b""
            try:
                said = self._compose(_PATIENCE, "run", "--rm", "-T", "--no-deps", service, *words)
            except TimeoutError:
                raise StartError(f"migrate {service}: took over {_PATIENCE:.0f} s") from None
            except ComposeFailedError as error:
                said = error.said
                raise self._failure(f"migrate {service}: failed; its last line", str(error)) from None
            finally:
                with (self._folder / f"migrate-{service}.log").open("ab") as log:
                    log.write(said)

    def start(self) -> None:
        """Start the rest, once the outside world is there, and wait until everything is ready."""
        self._wait_for_playback()
        self._up(None)
        for service in self.plan.services.values():
            self._wait_until_ready(service)
        there = self.containers.all()
        self._done = {one.service for one in there if self.containers.succeeded(one)}
        places = {one.address: f"{{{one.service}.address}}" for one in there if one.address}
        self._redactor.know(
            places | dict.fromkeys(self._engine.gateways(self.plan.project), "{gate.address}")
        )

    def stop(self) -> None:
        """Keep the logs, then remove every container, network and volume of this side, and the images it built."""
        first = not self._stopping.is_set()
        self._stopping.set()
        self._commands.stop()
        if not first or self._prepared is None:
            return
        with suppress(GateError):
            self._kept = self._read_logs()
        for store in self._stores.values():
            with suppress(GateError):
                store.close()
        self._commands.again()
        with suppress(GateError, ComposeFailedError, TimeoutError):
            self.project.services, self.project.patience = None, _PATIENCE
            self.project.stop()
        with suppress(GateError):
            self._engine.remove_images(self.plan.built.values())

    def stores(self) -> Mapping[str, Store]:
        """The side's databases, open since they answered first."""
        return dict(self._stores)

    def facts(self) -> Facts:
        """See :class:`gate.ports.Environment`."""
        why = "containers reach what this machine listens on at their network's gateway"
        if not self.plan.internal:
            why = "containers are reached by ports on loopback, and their network leads out"
        return Facts(unsealed=why, allowed=self.plan.allowed, images=dict(self._images))

    def alive(self) -> str | None:
        """What became of a service under test; that of any other, or of the engine, is nobody's behaviour."""
        if (ended := self.containers.ended(self.plan.playback)) is not None:
            raise InconclusiveError(f"{ended}; the engine was restarted, or something killed it")
        for one in self.containers.all():
            if one.state == "running" or one.service in self._done:
                continue
            what = f"{one.service}: {self.containers.became(one.service)}"
            if one.service not in self.plan.services:
                raise InconclusiveError(what)
            return what
        return None

    def logs(self) -> Sequence[LogText]:
        """What the services and the migrations wrote, redacted."""
        if self._kept is not None:
            return self._kept
        return self._read_logs() if self._prepared is not None else []

    def _read_logs(self) -> list[LogText]:
        found = {path.stem: path.read_bytes() for path in sorted(self._folder.glob("*.log"))}
        return [
            LogText(service=name, text=self._redactor.redact_text(content.decode(errors="replace")))
            for name, content in sorted((found | self.containers.logs()).items())
        ]

    def _find_images(self) -> None:
        """Those of others as they are here, or from a registry; after this nothing is pulled."""
        for service, image in self.plan.images.items():
            if self._engine.digest_of(image) is None:
                self._engine.pull(image)
            self._images[service] = self._engine.digest_of(image) or image

    def _build_images(self) -> None:
        """The side's own from its code, with the cache of layers that the engine keeps."""
        if not self.plan.built:
            return
        try:
            # Under a name that all runs share, since Compose writes it into the image: the same code, the same digest.
            self._compose(_BUILD_PATIENCE, "--project-name", _BUILDER, "build", "--quiet", *self.plan.built)
        except TimeoutError:
            raise InconclusiveError(f"images: not built after {_BUILD_PATIENCE:.0f} s") from None
        except ComposeFailedError as error:
            raise self._failure(
                f"the image of {', '.join(self.plan.built)} does not build", str(error)
            ) from None
        for service, image in self.plan.built.items():
            self._images[service] = self._engine.digest_of(image) or image

    def _up(self, services: list[str] | None) -> None:
        patience = max((one.timeout for one in self.plan.services.values()), default=_PATIENCE)
        self._check_going_on()
        self.project.services, self.project.patience = services, max(patience, _PATIENCE)
        try:
            self.project.start()
        except TimeoutError:
            self.containers.forget()
            if slow := self.containers.first_unhealthy():
                raise StartError(f"{slow}, after {self.project.patience:.0f} s") from None
            raise InconclusiveError(
                f"docker compose up: not done after {self.project.patience:.0f} s"
            ) from None
        except ComposeFailedError as error:
            self.containers.forget()
            if not _OF_THE_ENGINE.search(str(error)) and (dead := self.containers.first_dead()):
                raise StartError(f"{dead} at start") from None
            raise self._failure("docker compose up", str(error)) from None
        self.containers.forget()

    def _compose(self, patience: float, *words: str) -> bytes:
        self._check_going_on()
        return self.project.ask(patience, *words)

    def _check_going_on(self) -> None:
        if self._stopping.is_set():
            raise InconclusiveError("the run is being stopped")

    def _failure(self, what: str, said: str) -> GateError | StartError:
        text = f"{what}: {self._redactor.redact_text(said)}"
        if self._stopping.is_set() or _OF_THE_ENGINE.search(said):
            return InconclusiveError(f"{text}; run 'gate doctor'")
        return StartError(text)

    def _wait_for_playback(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            address = self.containers.address(self.plan.playback, self.plan.control)
            with suppress(OSError), socket.create_connection(address, timeout=1):
                return
            self._wait_on(self.plan.playback)
        raise InconclusiveError(f"the playback server: no answer after {_PATIENCE:.0f} s")

    def _open(self, store: StorePlan) -> Store:
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                return self._opened(store, *self.containers.address(store.service, store.port))
            except InconclusiveError as error:
                if time.monotonic() > deadline:
                    raise InconclusiveError(f"{error}, after {_PATIENCE:.0f} s") from None
            self._wait_on(store.service)

    def _wait_on(self, service: str) -> None:
        """A moment. Raises InconclusiveError where a service that is none of the code under test has ended."""
        self._check_going_on()
        if ended := self.containers.ended(service):
            raise InconclusiveError(ended)
        time.sleep(_POLL)

    def _load(self, store: StorePlan, payload: bytes) -> None:
        """With the server's own tool, inside its container."""
        container = self.containers.of(store.service)
        assert container is not None, "it was reached a moment ago"
        argv = [
            self._engine.command,
            "exec",
            "-i",
            container.id,
            "pg_restore",
            "--no-owner",
            "--no-privileges",
        ]
        argv += ["--exit-on-error", "--single-transaction", "-U", store.user, "-d", store.database]
        done = self._commands.run(
            argv, env=self._engine.environ, cwd=self._folder, timeout=_PATIENCE, given=payload
        )
        if done.returncode:
            said = " ".join(done.stderr.decode(errors="replace").split())
            raise InconclusiveError(f"store {store.store}: its state cannot be loaded: {said[-300:]}")

    def _wait_until_ready(self, service: ContainerPlan) -> None:
        if service.port is None or service.ready is None:
            return
        deadline = time.monotonic() + service.timeout
        seen = "no answer"
        while time.monotonic() < deadline:
            self._check_going_on()
            if ended := self.containers.ended(service.service):
                raise StartError(f"{ended} at start")
            host, port = self.containers.address(service.service, service.port)
            seen = answer_of(f"http://{host}:{port}{service.ready}")
            if seen.isdigit() and 200 <= int(seen) < 300:
                return
            time.sleep(_POLL)
        raise StartError(
            f"{service.service}: not ready after {service.timeout:.0f} s: {service.ready} on port {service.port} "
            f"gave {seen}; {self.containers.became(service.service)}"
        )
