"""The containers of one project as they are now: where they can be reached, what they said, what became of them."""

import time
from collections.abc import Sequence

from gate.adapters.engine import Container, Engine
from gate.config import Redactor
from gate.errors import InconclusiveError

_GOOD_FOR = 0.05
"""Seconds for which an answer of the engine is good; it is asked for all the time."""
_ENDED = ("exited", "dead")
_KILLED = (137, 143, 255)
"""Exit codes of what was killed, was asked to end, or went with the engine."""
_LAST_WORDS = 20
_LOG_LIMIT = 16 * 1024 * 1024
"""Bytes of a service's log that are read; what a run needs is far less, and a service may print without end."""


class Containers:
    """What the engine knows of one project."""

    def __init__(self, engine: Engine, project: str, redactor: Redactor) -> None:
        self._engine, self._project, self._redactor = engine, project, redactor
        self._known = 0.0, list[Container]()

    def all(self) -> Sequence[Container]:
        """Every container of the project, also those that have ended, as of a moment ago."""
        asked, known = self._known
        if time.monotonic() - asked > _GOOD_FOR:
            known = self._engine.containers(self._project)
            self._known = time.monotonic(), known  # in one step: several threads ask
        return known

    def forget(self) -> None:
        """Ask anew next time."""
        self._known = 0.0, []

    def of(self, service: str) -> Container | None:
        """The container of a service, if there is one."""
        return next((one for one in self.all() if one.service == service), None)

    def address(self, service: str, port: int) -> tuple[str, int]:
        """Where this machine reaches a port of a service. Raises InconclusiveError where it does not run."""
        one = self.of(service)
        if one is not None and port in one.ports:
            return "127.0.0.1", one.ports[port]
        if one is not None and one.address:
            return one.address, port
        raise InconclusiveError(f"{service}: cannot be reached: {self.state(service)}")

    def ended(self, service: str, when: str = "") -> str | None:
        """What became of a service that has ended; None while it runs."""
        one = self.of(service)
        return self.became(service, when) if one is None or one.state in _ENDED else None

    def succeeded(self, container: Container) -> bool:
        """Whether a container has done its work and ended well."""
        return container.state == "exited" and self._engine.status_of(container.id)[0] == 0

    def killed(self, service: str) -> bool:
        """Whether something else than itself has ended a service, as far as that can be told."""
        one = self.of(service)
        if one is None:
            return True
        code, reason = self._engine.status_of(one.id)
        return code in _KILLED and not reason

    def first_dead(self, when: str = "") -> str | None:
        """What became of the first service that has ended badly."""
        dead = (one for one in self.all() if one.state in _ENDED and not self.succeeded(one))
        return next((self.became(one.service, when) for one in dead), None)

    def first_unhealthy(self) -> str | None:
        """The first service whose health check has not passed, one that fails before one that has just begun."""
        asked = sorted(
            (one for one in self.all() if "health" in one.status and "(healthy)" not in one.status),
            key=lambda one: "starting" in one.status,
        )
        return next(
            (f"{one.service}: its health check does not pass; {self.last_line(one)}" for one in asked), None
        )

    def became(self, service: str, when: str = "") -> str:
        """How a service ended, and its last words."""
        return f"{service}: {self.state(service, when)}"

    def state(self, service: str, when: str = "") -> str:
        """The same without its name."""
        one = self.of(service)
        if one is None:
            return "its container is gone"
        if one.state not in _ENDED:
            return f"{one.status}; {self.last_line(one)}"
        code, reason = self._engine.status_of(one.id)
        return f"ended with exit code {code}{f' ({reason})' if reason else ''}{when}; {self.last_line(one)}"

    def last_line(self, container: Container) -> str:
        """The last that a container wrote, redacted."""
        text = self._engine.log(container.id, _LOG_LIMIT, tail=_LAST_WORDS).decode(errors="replace")
        lines = [line.strip() for line in self._redactor.redact_text(text).splitlines() if line.strip()]
        return f"its last line: {lines[-1][:300]}" if lines else "it printed nothing"

    def logs(self) -> dict[str, bytes]:
        """What each service wrote, by service."""
        return {one.service: self._engine.log(one.id, _LOG_LIMIT) for one in self.all()}
