"""Makes a bundle larger: copies of its scenarios under other ids, e-mail addresses and event ids."""

import hashlib
import re
from dataclasses import replace

from gate.identity import given, marks
from gate.model import Bundle, Event, Json, Recording

_NAMED = re.compile(r"\b(evt_\w+)|\b([\w.]+)@")


def grow(bundle: Bundle, times: int, *, names: bool = True) -> Bundle:
    """The bundle with ``times`` copies of each scenario, each owning entities of its own.

    Without ``names`` the copies differ in ids alone, so that any two are equal up to renaming.
    """
    state = {given for recording in bundle.recordings.values() for given in recording.header.given}
    recordings = {}
    for copy in range(times):
        for name, recording in bundle.recordings.items():
            recordings[f"{name}-{copy:03}"] = _copy(recording, f"{name}-{copy:03}", copy, state, names)
    return replace(bundle, recordings=recordings)


def _copy(recording: Recording, name: str, copy: int, state: set[str], names: bool) -> Recording:
    if not names:
        state = state | given(recording)

    def text(value: str) -> str:
        pieces, end = [], 0
        for mark in marks(value):
            keep = mark.is_time or mark.text in state
            pieces += [value[end : mark.start], mark.text if keep else _other(mark.text, copy)]
            end = mark.end
        joined = "".join([*pieces, value[end:]])
        if not names:
            return joined
        return _NAMED.sub(lambda m: f"{m[1]}_{copy}" if m[1] else f"{m[2]}.{copy}@", joined)

    def document(value: Json) -> Json:
        if isinstance(value, str):
            return text(value)
        if isinstance(value, dict):
            return {key: document(item) for key, item in value.items()}
        if isinstance(value, list):
            return [document(item) for item in value]
        return value

    def event(one: Event) -> Event:
        inputs, output = (
            document(dict(one.inputs)),
            document(dict(one.output)) if one.output is not None else None,
        )
        assert isinstance(inputs, dict)
        assert output is None or isinstance(output, dict)
        lineage = text(one.lineage) if one.lineage else None
        return replace(one, operation=text(one.operation), inputs=inputs, output=output, lineage=lineage)

    return Recording(
        header=replace(recording.header, scenario=name), events=tuple(event(one) for one in recording.events)
    )


def _other(value: str, copy: int) -> str:
    """Another id of the same form: each character by one of its class, by a keyed hash; dashes stay."""
    if copy == 0:
        return value
    stream = hashlib.shake_256(f"{copy}:{value}".encode()).digest(len(value))
    hexadecimal = all(character in "0123456789abcdef-" for character in value)
    found = []
    for character, random in zip(value, stream, strict=True):
        if hexadecimal and character != "-":
            found.append("0123456789abcdef"[random % 16])
        elif character.isdigit():
            found.append("0123456789"[random % 10])
        elif character.islower():
            found.append(chr(97 + random % 26))
        else:
            found.append(chr(65 + random % 26) if character.isupper() else character)
    return "".join(found)
