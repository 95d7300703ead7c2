"""Where each bar of a timeline stands: pure geometry, drawn by the template."""

from collections.abc import Sequence
from dataclasses import dataclass

from gate.identity import route
from gate.model import Channel, SideName, TimelineEntry
from gate.report.inert import short
from gate.report.words import count, micros

WIDTH = 1000
_LEFT = 330
_RIGHT = WIDTH - 90
_ROW = 22
_HEAD = 34
_GAP = 16
_AXIS = 26
_LABEL = 43
ROWS = 40
"""Rows drawn a side; the table under the drawing has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One event: ``width`` 0 where it took no time; ``odd`` where the other side has fewer of its kind."""

    entry: TimelineEntry
    label: str
    takes: str
    indent: int
    x: float
    y: float
    width: float
    odd: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One side: ``overlaps`` are the spans in which requests raced, as x and width."""

    side: SideName
    y: float
    height: float
    bars: tuple[Bar, ...]
    overlaps: tuple[tuple[float, float], ...]
    hidden: int
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A timeline of both sides on one scale."""

    width: int
    height: float
    left: int
    lanes: tuple[Lane, ...]
    ticks: tuple[tuple[float, str], ...]

    @property
    def shows(self) -> frozenset[str]:
        """What a reader needs a legend for."""
        bars = [bar for lane in self.lanes for bar in lane.bars]
        found = {"odd" if bar.odd else str(bar.entry.channel) if bar.width else "instant" for bar in bars}
        return frozenset(found | ({"overlap"} if any(lane.overlaps for lane in self.lanes) else set()))


def draw(entries: Sequence[TimelineEntry], odd: frozenset[tuple[SideName, Channel, str]]) -> Drawing | None:
    """Lay out both sides one under the other; None where nothing is known."""
    if not entries:
        return None
    end = max(max(entry.at + entry.duration for entry in entries), 1)
    scale = (_RIGHT - _LEFT) / end
    top: float = _AXIS
    lanes = []
    for side in SideName:
        lane = _lane(side, [entry for entry in entries if entry.side is side], scale, top, odd)
        lanes.append(lane)
        top += lane.height + _GAP
    ticks = tuple((_LEFT + at * scale, _round(at)) for at in _ticks(end))
    return Drawing(width=WIDTH, height=top, left=_LEFT, lanes=tuple(lanes), ticks=ticks)


def _lane(
    side: SideName,
    entries: Sequence[TimelineEntry],
    scale: float,
    top: float,
    odd: frozenset[tuple[SideName, Channel, str]],
) -> Lane:
    ordered = _by_cause(entries)
    shown = ordered[:ROWS]
    bars = [
        Bar(
            entry=entry,
            label=short(route(entry.label), _LABEL - (2 if nested else 0)),
            takes=micros(entry.duration) if entry.duration else f"at {micros(entry.at)}",
            indent=14 if nested else 0,
            x=_LEFT + entry.at * scale,
            y=top + _HEAD + place * _ROW,
            width=max(entry.duration * scale, 3) if entry.duration else 0,
            odd=(side, entry.channel, route(entry.label)) in odd,
        )
        for place, (entry, nested) in enumerate(shown)
    ]
    spans = _overlaps(entries)
    return Lane(
        side=side,
        y=top,
        height=_HEAD + max(len(shown), 1) * _ROW + 6,
        bars=tuple(bars),
        overlaps=tuple((_LEFT + start * scale, max((end - start) * scale, 2)) for start, end in spans),
        hidden=len(ordered) - len(shown),
        says=_says(entries, spans),
    )


def _by_cause(entries: Sequence[TimelineEntry]) -> list[tuple[TimelineEntry, bool]]:
    """Each request, then what it caused, in the order of the requests."""
    began: dict[str | None, int] = {}
    for entry in entries:
        if entry.channel is Channel.REQUEST and entry.trace_id is not None:
            began[entry.trace_id] = min(entry.at, began.get(entry.trace_id, entry.at))

    def place(entry: TimelineEntry) -> tuple[int, str, bool, int]:
        known = entry.trace_id in began
        return (
            began[entry.trace_id] if known else entry.at,
            entry.trace_id or "",
            entry.channel is not Channel.REQUEST,
            entry.at,
        )

    return [
        (entry, entry.channel is not Channel.REQUEST and entry.trace_id in began)
        for entry in sorted(entries, key=place)
    ]


def _overlaps(entries: Sequence[TimelineEntry]) -> list[tuple[int, int]]:
    """When two requests or more were being answered at once."""
    edges: list[tuple[int, int]] = []
    for entry in entries:
        if entry.channel is Channel.REQUEST and entry.duration:
            edges += [(entry.at, 1), (entry.at + entry.duration, -1)]
    active, since, found = 0, 0, []
    for at, step in sorted(edges):
        if active == 1 and step == 1:
            since = at
        if active == 2 and step == -1 and at > since:
            found.append((since, at))
        active += step
    return found


def _says(entries: Sequence[TimelineEntry], spans: Sequence[tuple[int, int]]) -> str:
    requests = sum(entry.channel is Channel.REQUEST for entry in entries)
    calls = sum(entry.channel is Channel.CALL for entry in entries)
    raced = f", racing for {micros(sum(end - start for start, end in spans))}" if spans else ""
    return f"{count(requests, 'request')}, {count(calls, 'call')}{raced}" if entries else "nothing seen"


def _round(at: int) -> str:
    return micros(at).replace(".0 ", " ").replace(".00 ", " ") if at else "0"


def _ticks(end: int) -> list[int]:
    """Four to eight round numbers from 0 to the end."""
    step = 1
    while end / step > 8:
        step = step * 5 // 2 if str(step).startswith("2") else step * 2
    return list(range(0, end + 1, step))
