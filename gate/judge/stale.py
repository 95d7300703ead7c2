"""Does a live baseline still behave as the bundle recorded it? If not, the bundle proves nothing about the change."""

from collections import Counter
from collections.abc import Sequence

from gate.identity import route, saved, saves
from gate.model import Event, Recording
from gate.ports import Played, PlayedCall


def stale(recorded: Recording, live: Recording, calls: Sequence[PlayedCall]) -> tuple[str, ...]:
    """What shows that the recording no longer fits the baseline; empty where it fits."""
    found = []
    misses = Counter(route(call.event.operation) for call in calls if call.how is not Played.RECORDED)
    for operation, count in sorted(misses.items()):
        found.append(
            f"stale bundle: baseline called {operation} {count} × in a way that the recording does not hold; re-record"
        )
    answers = {event.seq: event for event in live.stimuli}
    for stimulus in recorded.stimuli:
        answer = answers.get(stimulus.seq)
        missing = saves(stimulus).keys() - dict(saved(stimulus, answer.output if answer else None))
        for name in sorted(missing):
            path = saves(stimulus)[name]
            found.append(
                f"baseline's answer to {route(stimulus.operation)} has nothing at {path} to save as {name}"
            )
    before, now = _statuses(recorded.stimuli), _statuses(live.stimuli)
    for (operation, status), count in sorted((before - now).items()):
        gone = next((other for name, other in now - before if name == operation), None)
        if gone is not None:
            found.append(
                f"stale bundle: baseline answers {operation} with {gone} where {status} was recorded "
                f"({count} ×); re-record"
            )
    return tuple(found)


def _statuses(stimuli: Sequence[Event]) -> Counter[tuple[str, str]]:
    """How often each operation was answered with each status; empty where nothing was recorded."""
    return Counter(
        (route(event.operation), str(event.output.get("status", event.output.get("error"))))
        for event in stimuli
        if event.output is not None
    )
