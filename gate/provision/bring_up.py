"""Bring both live sides up, at the same time, and say whose fault it is where one does not come."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from gate.config import Warmup
from gate.errors import CandidateError, GateError, InconclusiveError
from gate.model import SideName
from gate.ports import Environment, Request, Sender, StartError


def bring_up(environments: Mapping[SideName, Environment], payloads: Mapping[str, bytes]) -> None:
    """Look at every side, before anything of any runs; then restore, migrate and start each.

    Raises InconclusiveError where the baseline does not come up, else CandidateError where the candidate does not.
    """
    _on_all(environments, lambda environment: environment.prepare())
    _on_all(environments, lambda environment: _up(environment, payloads))


def _on_all(environments: Mapping[SideName, Environment], work: Callable[[Environment], None]) -> None:
    with ThreadPoolExecutor(max_workers=max(len(environments), 1)) as pool:
        try:
            started = {name: pool.submit(work, environment) for name, environment in environments.items()}
            failed = {name: error for name, future in started.items() if (error := future.exception())}
        except BaseException:  # interrupted: the pool waits for its threads, and they for what they started
            for environment in environments.values():
                environment.stop()
            raise
    for name in (SideName.BASELINE, SideName.CANDIDATE):
        error = failed.get(name)
        if isinstance(error, StartError):
            kind: type[GateError] = InconclusiveError if name is SideName.BASELINE else CandidateError
            raise kind(f"{name}: {error}")
        if isinstance(error, GateError):
            raise type(error)(f"{name}: {error}")
        if error is not None:
            raise error


def _up(environment: Environment, payloads: Mapping[str, bytes]) -> None:
    environment.restore(payloads)
    environment.migrate()
    environment.start()


async def warm_up(sender: Sender, warmup: Sequence[Warmup]) -> None:
    """Send the declared requests; what they are answered does not matter, only that no replayed one comes first."""
    for request in warmup:
        for _ in range(request.times):
            await sender.send(Request(method=request.method, target=request.path, headers=(), body=b""))
