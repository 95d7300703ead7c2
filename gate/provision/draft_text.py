"""A draft as the text of a gate.yml that is made to be read, and of the first request file. Pure."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from gate.provision.drafted import Draft, Known, Tested

_PLAIN = re.compile(r"[A-Za-z/.][A-Za-z0-9_./-]*")
_WORDS = {"yes", "no", "on", "off", "true", "false", "null", "y", "n"}
"""What some readers of YAML take for something else than a text."""
_FILLED = re.compile(r"(?P<variable>\$\{)|\{[A-Za-z][A-Za-z0-9_.-]*\}")
_CONTROL = re.compile("[^\x20-\x7e\xa0-\u2027\u2030-\ud7ff\ue000-\ufffd]")
"""Also the characters that YAML takes for the end of a line, which would end a comment."""
_WIDTH = 110


def gate_yml(draft: Draft) -> str:
    """The file, with a comment on everything that was guessed or is left open."""
    parts = (
        _head(draft),
        _services(draft),
        _env(draft),
        _state(draft),
        _allow(draft),
        _rest(draft),
    )
    return "\n".join(line for part in parts for line in part) + "\n"


def request_file(path: str) -> str:
    """One request as a scenario."""
    return json.dumps({"request": {"method": "GET", "path": path}}, indent=2) + "\n"


def scenario_name(path: str) -> str:
    """What a scenario is called that gets a path."""
    words = re.sub(r"[^a-z0-9]+", "-", path.partition("?")[0].lower()).strip("-")
    return f"get-{words[:60].strip('-') or 'root'}"


def _head(draft: Draft) -> Iterator[str]:
    yield f"# How Replay Gate runs this service. Written by 'gate init' from {said(draft.file)}: go through it once."
    yield "# '?' marks what was guessed, or is for you to say. Every key is in docs/reference/gate-yml.md."
    yield "version: 1"
    yield f"service: {scalar(draft.service)} # what reports call it"
    yield ""
    yield "environments:"
    yield "  compose:"
    yield f"    file: {scalar(draft.file)}"


def _services(draft: Draft) -> Iterator[str]:
    yield ""
    yield "    # The services under test: a change of this repository changes them."
    if draft.others:
        yield f"    # The others of the file start as well, as they are: {said(', '.join(draft.others))}."
    yield "    services:"
    for tested in draft.tested:
        if tested.name == draft.front.name:
            yield from _front(tested)
        elif tested.env:
            yield f"      {tested.name}:"
            yield from _variables(tested.env, "        ")
        else:
            yield f"      {tested.name}: {{}}"


def _front(tested: Tested) -> Iterator[str]:
    yield f"      {tested.name}: # gets the requests"
    if tested.build:
        yield f"        build: {scalar(tested.build.text)} # ? {said(tested.build.why)}"
    if tested.port:
        yield f"        port: {tested.port.text} # {said(tested.port.why)}"
    if tested.ready:
        yield f"        ready: {scalar(tested.ready.text)} # {said(tested.ready.why)}"
    else:
        yield "        # ready: /healthz # ? a path that answers 2xx once it can take requests; none was found"
    yield from _variables(tested.env, "        ")


def _variables(env: Mapping[str, Known], indent: str) -> Iterator[str]:
    if env:
        yield f"{indent}env:"
    for name, known in env.items():
        value = known.text if known.text.startswith("{outward.") else literal(known.text)
        yield f"{indent}  {name}: {scalar(value)} # ? {said(known.why)}"


def _env(draft: Draft) -> Iterator[str]:
    if not draft.env:
        return
    yield ""
    yield f"    # What ${{NAME}} in {said(draft.file)} stands for: nothing of your shell or of .env gets in."
    yield '    # Secrets that are real stay out of this file: write NAME: "${NAME}", and set it for the gate.'
    yield from _variables(draft.env, "    ")


def _state(draft: Draft) -> Iterator[str]:
    if not draft.stores:
        return
    yield ""
    yield "    # The databases whose rows and keys are compared after a replay."
    yield "    state:"
    for one in draft.stores:
        which = f", database: {quoted(one.database.text)}" if one.database else ""
        why = f" # ? {said(one.database.why)}" if one.database else ""
        yield f"      - {{store: {one.store}, kind: {one.kind}, service: {scalar(one.service)}{which}}}{why}"


def _allow(draft: Draft) -> Iterator[str]:
    refused = [(one, where) for one, where in draft.refused if not one.never]
    if not refused:
        return
    yield ""
    yield "    # ? These reach out of the containers, so they are refused, and nothing runs. Do without them, or take"
    yield "    # the '#' away from what you let through; every report will name it."
    yield "    # allow:"
    for one, where in refused:
        yield f"    #   - {{service: {quoted(one.service)}, what: {quoted(one.what)}}} # {said(where)}"


def _rest(draft: Draft) -> Iterator[str]:
    if draft.migrate:
        name, words, where = draft.migrate
        yield ""
        yield "# Brings the schema up to the code, on each side, before the service starts."
        yield "migrate:"
        run = ", ".join(quoted(literal(word)) for word in words)
        yield f"  - {{service: {name}, run: [{run}]}} # ? {said(where)}"
    if len(draft.tested) > 1:
        yield ""
        yield "stimuli:"
        yield f"  to: {draft.front.name} # ? {said(draft.front.why)}"
    if draft.background:
        yield ""
        names = said(", ".join(draft.background))
        yield f"# A scenario has ended once nothing was written for so long. Longer than the pauses of: {names}."
        yield "settle:"
        yield "  quiet: 1s # ? each scenario takes that much longer"
    if draft.hosts:
        yield ""
        yield "# Hosts that the service calls: a run answers for them from the recording."
        yield "outward:"
        yield "  hosts:"
        yield from (f"    - {host} # ?" for host in draft.hosts)
    yield ""
    yield "# The requests that are replayed: see docs/how-to/record-a-bundle.md."
    yield "bundles:"
    yield from (f"  - {scalar(bundle)}" for bundle in draft.bundles)


def said(text: str) -> str:
    """A text of others for a comment or a line: one line, nothing in it that moves a cursor."""
    line = _CONTROL.sub("?", " ".join(text.split()))
    return line if len(line) <= 3 * _WIDTH else f"{line[: 3 * _WIDTH]}…"


def scalar(text: str) -> str:
    """A text as YAML, quoted where it has to be."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS else quoted(text)


def quoted(text: str) -> str:
    """In double quotes, as JSON and YAML both read it."""
    return json.dumps(_CONTROL.sub("?", text), ensure_ascii=False)


def literal(text: str) -> str:
    """A value that is taken as it is, whatever braces it has."""
    return _FILLED.sub(lambda match: "$${" if match["variable"] else f"{{{match[0]}}}", text)


def numbered(titles: Sequence[tuple[str, Sequence[str]]]) -> Iterator[str]:
    """Sentences under their titles, numbered through."""
    number = 0
    for title, sentences in titles:
        if sentences:
            yield ""
            yield title
        for sentence in sentences:
            number += 1
            yield f"  {number:2}. {said(sentence)}"
