"""When each stimulus is sent: order and overlap as recorded, the gaps between as the pace says."""

from collections.abc import Sequence
from dataclasses import dataclass

from gate.config import Stimuli
from gate.model import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One stimulus: ``offset`` microseconds after its group began, and not before the steps ``after`` are over."""

    index: int
    event: Event
    offset: int
    after: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Stimuli that overlapped; ``begins`` is microseconds after the scenario began, where the pace keeps gaps."""

    begins: int
    steps: tuple[Step, ...]


def schedule(stimuli: Sequence[Event], rules: Stimuli) -> tuple[Group, ...]:
    """Split the stimuli of a scenario, in order of their beginning, into race groups."""
    ordered = sorted(enumerate(stimuli), key=lambda item: (item[1].started_at, item[0]))
    if not ordered:
        return ()
    first = ordered[0][1].started_at
    groups: list[list[tuple[int, Event]]] = []
    busy_until = -1
    for index, event in ordered:
        if groups and rules.order != "serial" and event.started_at < busy_until:
            groups[-1].append((index, event))
        else:
            groups.append([(index, event)])
        busy_until = max(busy_until, event.ended_at)
    keep = rules.pace == "recorded"
    return tuple(_group(members, first if keep else members[0][1].started_at) for members in groups)


def _group(members: list[tuple[int, Event]], first: int) -> Group:
    begins = members[0][1].started_at
    return Group(
        begins=begins - first,
        steps=tuple(
            Step(
                index=index,
                event=event,
                offset=event.started_at - begins,
                # what took no time ends as it begins: only those that are sent before can be waited for
                after=tuple(
                    other for other, earlier in members[:place] if earlier.ended_at <= event.started_at
                ),
            )
            for place, (index, event) in enumerate(members)
        ),
    )
