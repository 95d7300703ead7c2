"""The two values of a difference, side by side, with what differs marked."""

from dataclasses import dataclass

from gate.model import Channel, Difference, Json, SideName
from gate.report.contrast import Run, contrast
from gate.report.inert import visible
from gate.report.plain import pretty
from gate.report.words import absent, count

LIMIT = 2000
_COUNTED = {Channel.ROW: "row", Channel.CACHE: "cache key"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One value as shown: ``note`` says how often it happened, or that it did not; ``cut`` what is not shown."""

    side: SideName
    runs: tuple[Run, ...] = ()
    note: str = ""
    cut: int = 0


def cells(difference: Difference) -> tuple[Cell, Cell]:
    """Baseline and candidate of one difference."""
    lacking = absent(difference)
    values = {SideName.BASELINE: difference.baseline, SideName.CANDIDATE: difference.candidate}
    present = [side for side, value in values.items() if side is not lacking or value is not None]
    texts = {side: visible(pretty(values[side])) for side in present}
    runs = _runs(difference, texts)
    left, right = (
        Cell(
            side=side,
            runs=tuple(runs.get(side, ())),
            note=_note(difference, side, side not in texts),
            cut=max(len(texts.get(side, "")) - LIMIT, 0),
        )
        for side in SideName
    )
    return left, right


def _runs(difference: Difference, texts: dict[SideName, str]) -> dict[SideName, list[Run]]:
    shown = {side: text[:LIMIT] for side, text in texts.items()}
    if len(shown) < 2:
        # A whole document that only one side has needs no highlight: its column says it.
        return {side: [Run(text, "\n" not in text)] for side, text in shown.items()}
    if not _alike(difference.baseline, difference.candidate):
        return {side: [Run(text, True)] for side, text in shown.items()}
    words = not isinstance(difference.baseline, str)
    left, right = contrast(shown[SideName.BASELINE], shown[SideName.CANDIDATE], words)
    return {SideName.BASELINE: left, SideName.CANDIDATE: right}


def _alike(left: Json, right: Json) -> bool:
    # Digits that two numbers happen to share mean nothing: 1299 and 1300 differ as a whole.
    return type(left) is type(right) and isinstance(left, str | list | dict)


def _note(difference: Difference, side: SideName, nothing: bool) -> str:
    if difference.counts:
        times = difference.counts[side is SideName.CANDIDATE]
        if noun := _COUNTED.get(difference.channel):
            return f"{count(times, noun)} in this scenario"
        return "never" if not times else "once" if times == 1 else f"{times} times"
    return "not there" if nothing else ""
