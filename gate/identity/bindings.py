"""Correlation for replay: what the code generated in an answer, later requests carry under its live name."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import cast

from gate.identity.forms import marks, names_id, replaced
from gate.identity.provenance import deep, given, readable, texts
from gate.model import Channel, Event, Json, Recording, canonical
from gate.model.body import encode, parse, payload

_FORM = re.compile(r"[^=&\s{}\[\]\"]+=[^&\s]*(?:&[^=&\s]+=[^&\s]*)*")
_DIGITS = re.compile(r"\d+")
_TELLING = 5
"""From this length on, a value that an answer gave is hardly there by chance."""


class Bindings:
    """What recorded values are called on one live side, learned from its answers.

    Ids by form are followed everywhere. Other values (order numbers, short codes) only where a field that names
    things gave them and a later request carries exactly that value.
    """

    __slots__ = ("_carried", "_cookies", "_given", "_live", "_recorded", "_short", "fresh")

    def __init__(self, recording: Recording) -> None:
        self._given = given(recording)
        self._carried = _carried(recording.events)
        self._live: dict[str, str] = {}
        self._recorded: dict[str, str] = {}
        self._short: dict[str, Json] = {}
        self._cookies: dict[str, str] = {}
        self.fresh: dict[str, str] = {}
        """What was learned since it was last emptied, for whoever shares it."""

    def learn(self, recorded: Json, live: Json, key: str = "") -> None:
        """Read two renderings of the same thing side by side."""
        if isinstance(recorded, dict) and isinstance(live, dict):
            for name, value in recorded.items():
                if name == "set-cookie" and name in live:
                    self._learn_cookies(value, live[name])
                elif name in live:
                    self.learn(value, live[name], name)
        elif isinstance(recorded, list) and isinstance(live, list):
            for ours, theirs in self._paired(recorded, live, key):
                self.learn(ours, theirs, key)
        elif isinstance(recorded, str) and isinstance(live, str):
            self._learn_text(recorded, live, key)
        elif isinstance(recorded, int) and isinstance(live, int) and recorded != live:
            if names_id(key) and str(recorded) in self._carried:
                self._short.setdefault(str(recorded), live)

    def _paired(
        self, recorded: Sequence[Json], live: Sequence[Json], key: str
    ) -> Iterable[tuple[Json, Json]]:
        """Items that are each other's: place by place where all agree but for what was generated, else by what no
        other item says. A wrong pair would send a wrong id later, so of what does not tell, nothing is learned.

        Numbers may be times or counts: where nothing agrees, they are looked past.
        """
        if recorded == live or len(recorded) == len(live) == 1:
            return zip(recorded, live, strict=True)
        for numbers in (True, False):
            ours = [_blanked(item, key, numbers, self._as_live) for item in recorded]
            theirs = [_blanked(item, key, numbers, self._as_it_is) for item in live]
            if ours == theirs:
                return zip(recorded, live, strict=True)
            said, answered = ([canonical(item) for item in side] for side in (ours, theirs))
            often, among = Counter(said), Counter(answered)
            if often.keys() & among.keys():
                place = {text: item for text, item in zip(answered, live, strict=True) if among[text] == 1}
                pairs = zip(said, recorded, strict=True)
                return [(item, place[text]) for text, item in pairs if often[text] == 1 and text in place]
        return ()

    def _as_live(self, recorded: str) -> str:
        return self._live.get(recorded) or (recorded if recorded in self._given else "")

    def _as_it_is(self, live: str) -> str:
        return live if live in self._recorded or live in self._given else ""

    def _learn_cookies(self, recorded: Json, live: Json) -> None:
        """A cookie comes back whole, so it is followed whole: of a signed one, no part may stay as recorded."""
        ours, theirs = (side if isinstance(side, list) else [side] for side in (recorded, live))
        named = {_pair(cookie).partition("=")[0]: _pair(cookie) for cookie in theirs}
        for cookie in map(_pair, ours):
            if answer := named.get(cookie.partition("=")[0]):
                if cookie != answer:
                    self._cookies.setdefault(cookie, answer)
                self._learn_text(cookie, answer, "")

    def _learn_text(self, recorded: str, live: str, key: str) -> None:
        if recorded != live and recorded in self._carried and names_id(key):
            self._short.setdefault(recorded, live)  # whole, for it may be signed
        ours, theirs = marks(recorded), marks(live)
        if ours and len(ours) == len(theirs):
            for a, b in zip(ours, theirs, strict=True):
                if not a.is_time and not b.is_time:
                    self.add(a.text, b.text)

    def add(self, recorded: str, live: str) -> None:
        """Take one pair; the first one stands."""
        if recorded in self._given or recorded in self._live or live in self._recorded:
            return
        self._live[recorded] = live
        self._recorded[live] = recorded
        if recorded != live:
            self.fresh[recorded] = live

    def agree(self, recorded: str, live: str) -> int:
        """How well two texts fit what is known: +1 for each pair that is bound, -1 for each contradiction."""
        score = 0
        for a, b in zip(marks(recorded), marks(live), strict=False):
            if a.is_time:
                continue
            if a.text == b.text or self._live.get(a.text) == b.text:
                score += 1
            elif a.text in self._live or b.text in self._recorded or a.text in self._given:
                score -= 1
        return score

    def text(self, recorded: str) -> str:
        """A recorded text as this side must be sent it."""
        if recorded in self._short and len(recorded) >= _TELLING:
            return str(self._short[recorded])
        if not self._live:
            return recorded
        return replaced(recorded, marks(recorded), lambda mark: self._live.get(mark.text, mark.text))

    def path(self, recorded: str) -> str:
        """A path or query as this side must be sent it, segment by segment."""
        if not self._short:
            return self.text(recorded)
        path, mark, query = recorded.partition("?")
        path = "/".join(self._segment(piece) for piece in path.split("/"))
        return path + mark + (self._pairs(query) if mark else "")

    def _segment(self, piece: str) -> str:
        return str(self._short[piece]) if piece in self._short else self.text(piece)

    def headers(self, recorded: Mapping[str, Json]) -> dict[str, Json]:
        """Headers as this side must be sent them."""
        return {name: self._value(name, value) for name, value in recorded.items()}

    def _value(self, name: str, value: Json) -> Json:
        if isinstance(value, str):
            if name == "cookie":
                return "; ".join(self._cookies.get(pair) or self.text(pair) for pair in value.split("; "))
            scheme, space, rest = value.rpartition(" ")  # Bearer …
            return scheme + space + self._piece(name, rest)
        if isinstance(value, list):
            return [self._value(name, item) for item in value]
        return value

    def body(self, recorded: Json) -> Json:
        """A tagged body as this side must be sent it; untouched to the byte where nothing is renamed."""
        if (
            recorded is None
            or "base64" in cast("dict[str, Json]", recorded)
            or not (self._live or self._short)
        ):
            return recorded
        raw = payload(recorded).decode()
        rewritten = self.text(self._short_body(raw) if self._short else raw)
        return recorded if rewritten == raw else encode(rewritten.encode())

    def _short_body(self, raw: str) -> str:
        """A JSON or form body with the short values in fields that name things renamed."""
        content = parse(raw.encode())
        if content is None:
            return self._pairs(raw) if _FORM.fullmatch(raw) else raw
        if deep(content):
            return raw
        replaced = self._leaves(content, "")
        return raw if replaced == content else payload({"json": replaced}).decode()

    def _pairs(self, query: str) -> str:
        """A query or form body; only a field that names things may hold a short number that is one."""
        pairs = (piece.partition("=") for piece in query.split("&"))
        return "&".join(name + sign + self._piece(name, value) for name, sign, value in pairs)

    def _piece(self, name: str, value: str) -> str:
        """``?limit=7`` stays, whatever order 7 is called by now."""
        return self._segment(value) if names_id(name) or len(value) >= _TELLING else self.text(value)

    def _leaves(self, content: Json, key: str) -> Json:
        if isinstance(content, dict):
            return {name: self._leaves(value, name) for name, value in content.items()}
        if isinstance(content, list):
            return [self._leaves(value, key) for value in content]
        if isinstance(content, str | int) and not isinstance(content, bool) and names_id(key):
            return self._short.get(str(content), content)
        return content


def _blanked(content: Json, key: str, numbers: bool, name: Callable[[str], str]) -> Json:
    """A document without the numbers of things and, unless wanted, any number; ids and times are what ``name`` says."""
    if isinstance(content, dict):
        return {
            _without_marks(field, name): _blanked(value, field, numbers, name)
            for field, value in content.items()
        }
    if isinstance(content, list):
        return [_blanked(value, key, numbers, name) for value in content]
    if isinstance(content, str):
        text = _without_marks(content, name)
        return _DIGITS.sub("0", text) if text == content and names_id(key) else text
    if isinstance(content, bool) or content is None:
        return content
    return content if numbers and not names_id(key) else 0


def _without_marks(text: str, name: Callable[[str], str]) -> str:
    return replaced(text, marks(text), lambda mark: name(mark.text))


def _pair(cookie: Json) -> str:
    """``name=value`` of a Set-Cookie, without what says how long and where it holds."""
    return str(cookie).partition(";")[0]


def _carried(events: Iterable[Event]) -> frozenset[str]:
    """The short values that an answer gave under a name and a later request carries whole."""
    offered: set[str] = set()
    carried: set[str] = set()
    asked: set[str] = set()
    for event in sorted(events, key=lambda event: event.started_at):
        if event.channel is not Channel.REQUEST:
            continue
        wanted = _whole(event)
        carried |= wanted & (offered - asked)
        asked |= wanted - offered
        offered |= set(_named(readable(event.output), ""))
    return frozenset(carried)


def _whole(event: Event) -> set[str]:
    """Every path segment, query value and leaf of a request."""
    path = str(event.inputs.get("path", ""))
    query = str(event.inputs.get("query") or "")
    found = set(path.split("/")) | {piece.partition("=")[2] for piece in query.split("&")}
    found |= {text.rpartition(" ")[2] for text in texts(event.inputs.get("headers"))}  # Bearer …
    content = readable(event.inputs)
    body = content.get("body") if isinstance(content, dict) else None
    if isinstance(body, str) and _FORM.fullmatch(body):
        found |= {piece.partition("=")[2] for piece in body.split("&")}
    return found | set(texts(content)) | set(_named(content, ""))


def _named(content: Json, key: str) -> Iterable[str]:
    if isinstance(content, dict):
        for name, value in content.items():
            yield from _named(value, name)
    elif isinstance(content, list):
        for value in content:
            yield from _named(value, key)
    elif isinstance(content, str | int) and not isinstance(content, bool) and names_id(key):
        yield str(content)
