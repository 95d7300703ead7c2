"""Typed access to the keys of a foreign JSON object; what is wrong is said with its place."""

from collections.abc import Collection, Mapping
from difflib import get_close_matches

from gate.bundle.where import Where, quoted
from gate.model import Json

_LARGEST = 2**53
"""In microseconds 285 years; and exact in every reader of JSON."""


class Fields:
    """The keys of one object, each asked for by its type."""

    __slots__ = ("_content", "_what", "_where")

    def __init__(
        self,
        document: Json,
        where: Where,
        what: str,
        required: Collection[str],
        optional: Collection[str] = (),
    ) -> None:
        if not isinstance(document, dict):
            raise where.error(f"{what} is {kind(document)}, not an object")
        self._content, self._where, self._what = document, where, what
        for key in required:
            if key not in document:
                raise where.error(f"{what} has no {key!r}")
        if len(document) > len(required):
            for key in document:
                if key not in required and key not in optional:
                    raise where.error(f"{what} has an unknown key {_guess(key, [*required, *optional])}")

    def any(self, key: str) -> Json:
        """Whatever it is."""
        return self._content.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        """A string; never empty where there is no default."""
        value = self._content.get(key, default)
        if not isinstance(value, str):
            raise self._wrong(key, "a string")
        if not value and default is None:
            raise self._where.error(f"{key!r} of {self._what} is empty")
        return value

    def text_or_none(self, key: str) -> str | None:
        """A string or null."""
        value = self._content.get(key)
        if value is None or isinstance(value, str):
            return value
        raise self._wrong(key, "a string or null")

    def count(self, key: str, default: int | None = None) -> int:
        """A whole number from 0."""
        value = self._content.get(key, default)
        if type(value) is not int:
            raise self._wrong(key, "a whole number")
        if not 0 <= value < _LARGEST:
            seen = "negative" if value < 0 else "beyond 53 bits"
            raise self._where.error(f"{key!r} of {self._what} is {seen}")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self._content.get(key, default)
        if not isinstance(value, bool):
            raise self._wrong(key, "true or false")
        return value

    def words(self, key: str) -> tuple[str, ...]:
        """A list of strings; empty where it is absent."""
        value = self._content.get(key, [])
        if not isinstance(value, list):
            raise self._wrong(key, "a list of strings")
        words = tuple(item for item in value if isinstance(item, str))
        if len(words) != len(value):
            raise self._where.error(f"{key!r} of {self._what} holds something other than strings")
        return words

    def items(self, key: str) -> list[Json]:
        """A list; empty where it is absent."""
        value = self._content.get(key, [])
        if not isinstance(value, list):
            raise self._wrong(key, "a list")
        return value

    def mapping(self, key: str) -> dict[str, Json]:
        """An object; empty where it is absent."""
        value = self._content.get(key, {})
        if not isinstance(value, dict):
            raise self._wrong(key, "an object")
        return value

    def mapping_or_none(self, key: str) -> dict[str, Json] | None:
        """An object or null."""
        value = self._content.get(key)
        if value is None or isinstance(value, dict):
            return value
        raise self._wrong(key, "an object or null")

    def texts(self, key: str) -> dict[str, str]:
        """An object of strings; empty where it is absent."""
        value = self.mapping(key)
        found = {name: item for name, item in value.items() if isinstance(item, str)}
        if len(found) != len(value):
            raise self._where.error(f"{key!r} of {self._what} holds something other than strings")
        return found

    def _wrong(self, key: str, wanted: str) -> Exception:
        return self._where.error(f"{key!r} of {self._what} is {kind(self._content.get(key))}, not {wanted}")


def kind(value: object) -> str:
    """What a JSON value is, for a person."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list() | tuple():
            return "a list"
        case Mapping():
            return "an object"
    return type(value).__name__


def _guess(key: str, known: list[str]) -> str:
    close = get_close_matches(key[:40], known, n=1)
    return f"{quoted(key, 40)}" + (f" (did you mean {close[0]!r}?)" if close else "")
