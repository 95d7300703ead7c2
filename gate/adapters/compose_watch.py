"""Watches over the services of one side while it is replayed: whether one has ended that should not have."""

import time

from gate.adapters.containers import Containers
from gate.errors import InconclusiveError
from gate.ports import ComposePlan, StartError

_A_MOMENT = 0.3


class Watch:
    """What has to run, from the moment when all was up, but what had done its work by then.

    Raises StartError where a service under test has ended by then, InconclusiveError where a store or the like has.
    """

    def __init__(self, containers: Containers, plan: ComposePlan) -> None:
        self._containers, self._plan = containers, plan
        self._answering = [plan.playback, *dict.fromkeys(store.service for store in plan.stores)]
        self._died: str | None = None
        there = containers.all()
        for one in there:
            if one.state != "running" and (self._lasts(one.service) or not containers.succeeded(one)):
                kind = InconclusiveError if one.service in self._answering else StartError
                raise kind(containers.became(one.service, " at start"))
        self._there = [one.service for one in there if one.state == "running"]

    @property
    def ended(self) -> bool:
        """Whether the end of a service has been seen; nothing is asked for that."""
        return self._died is not None

    def died(self) -> str | None:
        """What became of a service that ended by itself, other than by doing its work.

        Raises InconclusiveError where it was a store or the like, or was killed and is not under test.
        """
        if self._died is None and (ended := self._first_ended()):
            time.sleep(_A_MOMENT)  # an engine that goes down takes all of them with it, one after the other
            self._containers.forget()
            ended = next((one for one in self._answering if self._containers.ended(one)), ended)
            what = self._containers.became(ended)
            if ended in self._answering or (not self._under_test(ended) and self._containers.killed(ended)):
                raise InconclusiveError(
                    f"{what}; run again: something killed it, or the engine was restarted"
                )
            self._died = what
        return self._died

    def _first_ended(self) -> str | None:
        for service in tuple(self._there):
            one = self._containers.of(service)
            if one is not None and one.state == "running":
                continue
            if one is not None and not self._expected(service) and self._containers.succeeded(one):
                self._there.remove(service)  # it has done its work
                continue
            return service
        return None

    def _expected(self, service: str) -> bool:
        """Whether its end is told, however well it ended."""
        return service in self._answering or service in self._plan.services

    def _under_test(self, service: str) -> bool:
        return service in self._plan.services or service in self._plan.built

    def _lasts(self, service: str) -> bool:
        """Whether a service is there to answer, so that it must not end, however well."""
        under_test = self._plan.services.get(service)
        return service in self._answering or (under_test is not None and under_test.port is not None)
