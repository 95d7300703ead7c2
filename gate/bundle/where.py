"""Where in a bundle something is wrong, and the one line that says so."""

from dataclasses import dataclass, replace

from gate.errors import RequestError

_LONGEST = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A place in a bundle; ``advice`` is what to try unless an error knows better."""

    bundle: str
    file: str = ""
    line: int | None = None
    advice: str = "restore it from its source or record it again"

    def into(self, file: str) -> "Where":
        """A file of the same bundle."""
        return replace(self, file=file, line=None)

    def at(self, line: int) -> "Where":
        """A line of the same file."""
        return replace(self, line=line)

    def advising(self, advice: str) -> "Where":
        """The same place with another thing to try."""
        return replace(self, advice=advice)

    def error(self, seen: str, advice: str = "") -> RequestError:
        """The error ``bundle <name>: <file>: what was seen; what to try``, on one line whatever was seen."""
        place = (
            f"{shown(self.file)}:{self.line}: " if self.line else f"{shown(self.file)}: " if self.file else ""
        )
        return RequestError(f"bundle {shown(self.bundle)}: {place}{seen}; {advice or self.advice}")


def shown(text: str, limit: int = _LONGEST) -> str:
    """Foreign text on one line: what moves a cursor, reverses or hides text is spelt out, as ``\\u{1B}``."""
    clipped = text if len(text) <= limit else text[: limit - 1] + "…"
    if clipped.isprintable():
        return clipped
    return "".join(char if char.isprintable() else f"\\u{{{ord(char):X}}}" for char in clipped)


def quoted(text: str, limit: int = _LONGEST) -> str:
    """The same between quotes, as errors show a value that was seen."""
    return f"'{shown(text, limit)}'"
