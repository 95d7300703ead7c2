"""What a difference is called in a sentence for a person."""

from collections.abc import Sequence

from gate.identity import singular
from gate.model import Channel, Difference, Json, Kind

_DONE = {
    "capture": "captured",
    "charge": "charged",
    "refund": "refunded",
    "transfer": "transferred",
    "payout": "paid out",
    "cancel": "cancelled",
    "intent": "intended",
    "invoice": "invoiced",
    "order": "ordered",
    "notification": "notified",
    "shipment": "shipped",
}
"""Nouns of outward calls whose repeating people say with a verb."""
_MOST_LABELS = 4
_TIMES = {2: "twice", 3: "three times", 4: "four times"}


def title(differences: Sequence[Difference]) -> str:
    """One line that says what changed, the worst of the differences leading."""
    first = differences[0]
    match first.kind:
        case Kind.DUPLICATE:
            return _repeated(first)
        case Kind.EXTRA if first.path == "$":
            return f"{_things(differences)} that baseline does not have"
        case Kind.MISSING if first.path == "$":
            return f"{_things(differences)} {'is' if len(_labels(differences)) == 1 else 'are'} lost"
        case Kind.ORDER if first.path != "$":
            return f"{_place(first)}: {_moved(first)}"
        case Kind.ORDER if isinstance(first.baseline, list) and len(first.baseline) == 1:
            now, before = _short(first.candidate), _short(first.baseline)
            return f"{_thing(first)} now comes of {now}, where it came of {before}"
        case Kind.ORDER:
            return f"order of {_plural(first)} changed: {_short(first.baseline)} became {_short(first.candidate)}"
        case Kind.SCHEMA:
            return _schema(first)
        case Kind.STATUS:
            return (
                f"{first.operation} answers {_short(first.candidate)} where it was {_short(first.baseline)}"
            )
    renamed = _renamed(differences)
    if renamed:
        return f"{_place(first)}: field {renamed[0]} became {renamed[1]}"
    field = _field(first)
    if first.kind is Kind.MISSING:
        return f"{_place(first)}: {field} is lost"
    if first.kind is Kind.EXTRA:
        return f"{_place(first)}: {field} is new"
    say = _typed if first.kind is Kind.TYPE else _short
    return f"{_place(first)}: {field} is {say(first.candidate)} where it was {say(first.baseline)}"


def _schema(difference: Difference) -> str:
    column = _field(difference)
    what = f"column {difference.operation}.{column}" if column else f"table {difference.operation}"
    if difference.baseline is None:
        return f"{what} added"
    if difference.candidate is None:
        return f"{what} removed"
    return f"{what} is {_short(difference.candidate)} where it was {_short(difference.baseline)}"


def _moved(difference: Difference) -> str:
    """A list in another order, or two times: ``baseline`` are the names of their fields, the earlier first."""
    field, names = _field(difference), difference.baseline
    if isinstance(names, list) and len(names) == 2 and field.rpartition(".")[2] == names[1]:
        return f"{field} now comes before {names[0]}"
    return f"order of {field} changed"


def _field(difference: Difference) -> str:
    return difference.path.removeprefix("$").removeprefix(".")


def _repeated(difference: Difference) -> str:
    before, after = difference.counts or (1, 2)
    times = _TIMES.get(after, f"{after} times")
    if difference.channel is Channel.CALL:
        noun = difference.operation.rstrip("/").replace("/{id}", "").rpartition("/")[2]
        done = _DONE.get(singular(noun))
        if done:
            return f"{done} {times}: {after} {noun} where there {_was(before)}"
        return f"called {times}: {after} × {difference.operation} where there {_was(before)}"
    if difference.channel is Channel.MESSAGE:
        return f"emitted {times}: {after} × {_label(difference)} where there {_was(before)}"
    if difference.channel is Channel.CACHE:
        return f"written {times}: {after} × {_cache_key(difference)} where there {_was(before)}"
    return f"written {times}: {after} {difference.operation} where there {_was(before)}"


def _was(count: int) -> str:
    return "was none" if count == 0 else f"was {count}" if count == 1 else f"were {count}"


def _thing(difference: Difference) -> str:
    match difference.channel:
        case Channel.MESSAGE:
            return f"message {_label(difference)}"
        case Channel.ROW:
            return f"row in {difference.operation}"
        case Channel.CACHE:
            return _cache_key(difference)
        case Channel.CALL:
            return f"call {difference.operation}"
    return f"answer to {difference.operation}"


def _things(differences: Sequence[Difference]) -> str:
    """The same for all that one finding holds, where messages of several types came or went together."""
    labels = _labels(differences)
    if len(labels) == 1:
        return _thing(differences[0])
    return f"messages {', '.join(labels[:_MOST_LABELS])}" + (", …" if len(labels) > _MOST_LABELS else "")


def _labels(differences: Sequence[Difference]) -> list[str]:
    """The types of the messages, each once; one empty text where they are no messages."""
    return list(dict.fromkeys(_label(d) if d.channel is Channel.MESSAGE else "" for d in differences))


def _plural(difference: Difference) -> str:
    return "calls" if difference.channel is Channel.CALL else "messages"


def _place(difference: Difference) -> str:
    match difference.channel:
        case Channel.ROW:
            return f"row {difference.operation}"
        case Channel.CACHE:
            return _cache_key(difference)
        case Channel.MESSAGE:
            return f"message in {difference.operation}"
        case Channel.CALL:
            return f"call {difference.operation}"
    return difference.operation


def _cache_key(difference: Difference) -> str:
    """``cache key merchant:{id}`` for any of the family ``merchant:*``."""
    family = difference.operation
    return f"cache key {family.removesuffix('*')}{{id}}" if family.endswith(":*") else f"cache key {family}"


def _label(difference: Difference) -> str:
    """The type of a message where it has one, else its outbox."""
    content = difference.candidate if isinstance(difference.candidate, dict) else difference.baseline
    if isinstance(content, dict):
        for column in ("type", "event_type", "event", "name", "topic"):
            if isinstance(content.get(column), str):
                return str(content[column])
    return difference.operation


def _renamed(differences: Sequence[Difference]) -> tuple[str, str] | None:
    """The field that went and the one that came with the same value, where that is all that happened."""
    lost = [d for d in differences if d.kind is Kind.MISSING]
    new = [d for d in differences if d.kind is Kind.EXTRA]
    if lost and new and lost[0].baseline == new[0].candidate and lost[0].event == new[0].event:
        return lost[0].path.rpartition(".")[2], new[0].path.rpartition(".")[2]
    return None


def _typed(value: Json) -> str:
    """A value with its type, for what looks the same without: ``the text 7``, ``the number 7``."""
    match value:
        case None | bool():
            return _short(value)
        case str():
            return f"the text {_short(value)}"
        case int() | float():
            return f"the number {_short(value)}"
        case list():
            return f"the list {_short(value)}"
    return f"the object {_short(value)}"


def _short(value: Json) -> str:
    if isinstance(value, list):
        return ", ".join(_short(item) for item in value)
    text = "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 60 else text[:57] + "…"
