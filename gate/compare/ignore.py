"""Which paths gate.yml leaves out of the comparison: the JSONPath subset of names, indexes, ``*`` and ``..name``."""

from collections.abc import Sequence

from gate.compare.paths import Path
from gate.config.jsonpath import Step, StepKind, covers, parse
from gate.errors import RequestError
from gate.model import Json


class Ignore:
    """The rules of ``compare.ignore``, ready to be asked."""

    def __init__(self, rules: Sequence[str]) -> None:
        self._rules = [(rule, steps_of(rule)) for rule in rules]

    def __bool__(self) -> bool:
        return bool(self._rules)

    def rule(self, path: Path) -> str | None:
        """The first rule that covers this path or something it lies in; None where it counts."""
        return next((rule for rule, steps in self._rules if covers(steps, path)), None)

    def without(self, content: Json, path: Path, dropped: dict[Path, tuple[str, Json]]) -> Json:
        """A copy without what the rules cover, so that its ids are not bound; ``dropped`` says what that was."""
        if path and (rule := self.rule(path)):
            dropped[path] = rule, content
            return None
        if isinstance(content, dict):
            kept = {name: self.without(value, (*path, name), dropped) for name, value in content.items()}
            return {name: value for name, value in kept.items() if (*path, name) not in dropped}
        if isinstance(content, list):  # what is left out of a list keeps its place
            return [self.without(value, (*path, index), dropped) for index, value in enumerate(content)]
        return content


def steps_of(rule: str) -> tuple[Step, ...]:
    """A rule as it is asked. Raises RequestError where it is none, or leaves out everything."""
    try:
        steps = parse(rule)
    except ValueError as error:
        raise RequestError(f"ignore: {rule!r} {error}") from None
    if all(step.kind is StepKind.ALL for step in steps):
        raise RequestError(f"ignore: {rule!r} would leave out everything; name a field")
    return steps
