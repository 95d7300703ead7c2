"""Which paths gate.yml leaves out of the comparison: the JSONPath subset of names, indexes, ``*`` and ``..name``."""

import re
from collections.abc import Sequence

from gate.compare.documents import Path

_STEP = re.compile(
    r"\.\.(?P<deep>[\w-]+)|\.(?P<name>[\w-]+|\*)|\['(?P<quoted>[^']*)'\]|\[(?P<index>\d+|\*)\]"
)


class Ignore:
    """The rules of ``compare.ignore``, ready to be asked."""

    def __init__(self, rules: Sequence[str]) -> None:
        self._patterns = [(rule, re.compile(_pattern(rule))) for rule in rules]

    def rule(self, path: Path) -> str | None:
        """The first rule that covers this path or something it lies in; None where it counts."""
        if not self._patterns:
            return None
        flat = "".join(f"\0{part}" for part in path)
        return next((rule for rule, pattern in self._patterns if pattern.match(flat)), None)


def _pattern(rule: str) -> str:
    pieces = []
    for step in _STEP.finditer(rule):
        if step["deep"]:
            pieces.append(rf"(?:\0[^\0]*)*\0{re.escape(step['deep'])}")
        elif "*" in (step["name"], step["index"]):
            pieces.append(r"\0[^\0]*")
        else:
            pieces.append(rf"\0{re.escape(step['name'] or step['quoted'] or step['index'] or '')}")
    return "".join(pieces) + r"(?:\0|$)"
