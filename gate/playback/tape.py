"""Which recorded answer an outward call gets: the pure half of the playback server."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from gate.config.credentials import with_credentials
from gate.identity import Bindings, marks, readable, route, texts
from gate.model import Channel, Event, Json, Recording, canonical
from gate.ports import Answer, Played

Key: TypeAlias = tuple[str, bytes]
UNANSWERED = 599
"""The status of a call that the recording cannot answer at all."""


@dataclass(slots=True)
class _Scenario:
    bindings: Bindings
    used: set[int] = field(default_factory=set)


class Tape:
    """The recorded calls of some scenarios, played back to one side in causal order.

    A call is matched by method, host, path, query and body, with generated ids blank; where several match, by what is
    known of the ids, then by the scenario at hand, then in the order of the recording. Credentials are not looked at:
    a recording does not hold them.
    """

    def __init__(self, recordings: Iterable[Recording]) -> None:
        self._scenarios: dict[str, _Scenario] = {}
        self._traces: dict[str, str] = {}
        self._exact: defaultdict[Key, list[tuple[str, Event]]] = defaultdict(list)
        self._routes: defaultdict[str, list[tuple[str, Event]]] = defaultdict(list)
        self.current: str | None = None
        for recording in recordings:
            self._add(recording)

    def _add(self, recording: Recording) -> None:
        name = recording.header.scenario
        self._scenarios[name] = _Scenario(Bindings(recording))
        self._traces.update({event.lineage: name for event in recording.stimuli if event.lineage})
        for event in map(_bare, recording.on(Channel.CALL)):
            self._exact[_key(event)].append((name, event))
            self._routes[route(event.operation)].append((name, event))

    def learn(self, scenario: str, pairs: Mapping[str, str]) -> None:
        """Take what recorded ids are called on this side."""
        bindings = self._scenarios[scenario].bindings
        for recorded, live in pairs.items():
            bindings.add(recorded, live)
        bindings.fresh.clear()

    def learned(self, scenario: str) -> dict[str, str]:
        """What the calls of a scenario taught since this was last asked."""
        bindings = self._scenarios[scenario].bindings
        fresh, bindings.fresh = bindings.fresh, {}
        return fresh

    def play(self, call: Event) -> Answer:
        """The answer to a live call; each recorded call answers once before any answers again."""
        scenario, call = self.scenario_of(call), _bare(call)
        exact = self._near(self._exact.get(_key(call), []), scenario)
        alike = self._near(self._routes.get(route(call.operation), []), scenario)
        if free := self._free(exact):
            return self._answer(*self._best(free, call), call, Played.RECORDED)
        if free := self._free(alike):
            return self._answer(*self._best(free, call), call, Played.CHANGED)
        if exact or alike:
            return self._answer(*(exact or alike)[-1], call, Played.BEYOND)
        return Answer(how=Played.UNEXPECTED, scenario=scenario, output=_nothing(call), latency=0)

    def scenario_of(self, call: Event) -> str | None:
        """Whose call it is: by trace id, else the scenario that is being replayed."""
        return self._traces.get(call.lineage or "") or self.current

    def _near(self, entries: list[tuple[str, Event]], scenario: str | None) -> list[tuple[str, Event]]:
        return [entry for entry in entries if scenario is None or entry[0] == scenario]

    def _free(self, entries: list[tuple[str, Event]]) -> list[tuple[str, Event]]:
        return [entry for entry in entries if entry[1].seq not in self._scenarios[entry[0]].used]

    def _best(self, entries: list[tuple[str, Event]], call: Event) -> tuple[str, Event]:
        if len(entries) == 1:
            return entries[0]
        said = list(texts(readable(call.inputs)))

        def fit(entry: tuple[str, Event]) -> int:
            bindings = self._scenarios[entry[0]].bindings
            heard = texts(readable(entry[1].inputs))
            return sum(bindings.agree(a, b) for a, b in zip(heard, said, strict=False))

        return max(entries, key=fit)  # the first of the best

    def _answer(self, name: str, recorded: Event, call: Event, how: Played) -> Answer:
        scenario = self._scenarios[name]
        scenario.used.add(recorded.seq)
        if how is Played.RECORDED:
            scenario.bindings.learn(readable(recorded.inputs), readable(call.inputs))
        output = dict(recorded.output or {})
        if "body" in output:
            output["body"] = scenario.bindings.body(output["body"])
        return Answer(how=how, scenario=name, output=output, latency=recorded.duration)


def _nothing(call: Event) -> dict[str, Json]:
    body: dict[str, Json] = {"error": "no recorded answer", "call": route(call.operation)}
    return {
        "status": UNANSWERED,
        "headers": {"content-type": "application/json"},
        "body": {"json": body},
    }


def _bare(call: Event) -> Event:
    return replace(call, inputs=with_credentials(call.inputs, lambda _: ""))


def _key(event: Event) -> Key:
    content = readable(event.inputs)
    body = content.get("body") if isinstance(content, dict) else None
    query = sorted(str(event.inputs.get("query") or "").split("&"))  # clients build it from sets and mappings
    return route(event.operation), canonical([_blank([*query]), _blank(body)])


def _blank(content: Json) -> Json:
    """A document without its ids and times; played-back ids such as ``pi_…`` are told apart when the best is chosen."""
    if isinstance(content, str):
        for mark in reversed(marks(content)):
            content = f"{content[: mark.start]}‹›{content[mark.end :]}"
        return content
    if isinstance(content, dict):
        return {key: _blank(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_blank(value) for value in content]
    return content
