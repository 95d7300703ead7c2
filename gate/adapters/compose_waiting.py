"""Waits for the parts of one side to come up, as long as that makes sense."""

import re
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from gate.adapters.containers import Containers
from gate.adapters.readiness import answer_of
from gate.errors import InconclusiveError
from gate.ports import ComposePlan, ContainerPlan, StartError, Store, StorePlan

_POLL, _PATIENCE = 0.02, 60.0
_LOOPBACK, _HANGS_UP = "127.0.0.1", 0.3
_FINAL = re.compile(
    r"authentication (?:failed|required)|no password supplied|does not exist|WRONGPASS|NOAUTH|DENIED|invalid username",
    re.IGNORECASE,
)
"""What a server that has started says, and will go on saying."""

Opened = Callable[[StorePlan, str, int], Store]
"""Opens a store of the plan at a host and a port. Raises InconclusiveError while it does not answer."""


class Waiting:
    """Every method raises InconclusiveError once ``stopping`` is set, and where what failed is not under test.

    ``stores`` are those that are open by now.
    """

    def __init__(
        self,
        containers: Containers,
        plan: ComposePlan,
        opened: Opened,
        stores: Mapping[str, Store],
        stopping: threading.Event,
    ) -> None:
        self._containers, self._plan, self._opened, self._stopping = containers, plan, opened, stopping
        self._stores = stores

    def check_going_on(self) -> None:
        """Raises InconclusiveError where the run is being stopped."""
        if self._stopping.is_set():
            raise InconclusiveError("the run is being stopped")

    def check_outside(self) -> None:
        """Raises InconclusiveError where it was not the code under test that failed first."""
        self.check_going_on()
        self._containers.forget()
        # That a store ends which has been up is not what the code under test does.
        up = {store.service for store in self._plan.stores if store.store in self._stores}
        outside = {self._plan.playback, *up}
        for one in self._containers.all():
            if one.service in outside and one.state in ("exited", "dead"):
                what = self._containers.became(one.service)
                raise InconclusiveError(f"{what}; run again, or run 'gate doctor'")

    def for_playback(self) -> None:
        """Until the playback server listens."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            if _listens(*self._containers.address(self._plan.playback, self._plan.control)):
                return
            self.check_going_on()
            time.sleep(_POLL)
        raise InconclusiveError(f"the playback server: no answer after {_PATIENCE:.0f} s; run 'gate doctor'")

    def for_store(self, store: StorePlan) -> Store:
        """Until a server lets the gate in. Raises StartError where it ends instead."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            if ended := self._containers.ended(store.service, " at start"):
                self.check_outside()
                raise StartError(ended)
            try:
                return self._opened(store, *self._containers.address(store.service, store.port))
            except InconclusiveError as error:
                if _FINAL.search(str(error)) or time.monotonic() > deadline:
                    raise
            self.check_going_on()
            time.sleep(_POLL)

    def for_service(self, service: ContainerPlan) -> None:
        """Until a service under test answers that it is ready. Raises StartError where it does not."""
        if service.port is None:
            return
        deadline = time.monotonic() + service.timeout
        seen = "there was no answer"
        while time.monotonic() < deadline:
            self.check_going_on()
            if ended := self._containers.ended(service.service, " at start"):
                self.check_outside()
                raise StartError(ended)
            with suppress(InconclusiveError):  # it has ended since, which the next look tells
                host, port = self._containers.address(service.service, service.port)
                if service.ready is None and _listens(host, port):
                    return
                seen = answer_of(f"http://{host}:{port}{service.ready}") if service.ready else ""
            if seen.isdigit() and 200 <= int(seen) < 300:
                return
            time.sleep(_POLL)
        self.check_outside()
        if service.ready:
            seen = f"{service.ready} on port {service.port} gave {seen}"
        else:
            seen = f"nothing listens on port {service.port} inside its container"
        raise StartError(
            f"{service.service}: not ready after {service.timeout:.0f} s: {seen}; "
            f"{self._containers.state(service.service)}"
        )


def _listens(host: str, port: int) -> bool:
    """Whether a server that speaks only when spoken to is there; the engine's own for published ports hangs up."""
    with suppress(OSError), socket.create_connection((host, port), timeout=1) as line:
        line.settimeout(_HANGS_UP)
        try:
            return host != _LOOPBACK or bool(line.recv(1))
        except TimeoutError:
            return True
    return False
