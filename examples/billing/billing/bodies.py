"""Request bodies: parsed once, field by field; what does not fit is told by name."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from aiohttp import web

from billing.errors import BadRequest, Unprocessable


class Body:
    """A JSON object, or an object inside one, whose fields are asked for by type."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def text(self, name: str) -> str:
        value = self._values.get(name)
        if not isinstance(value, str) or not value.strip():
            raise _invalid(name, "a text that is not empty")
        return value

    def optional_text(self, name: str) -> str | None:
        return None if self._values.get(name) is None else self.text(name)

    def email(self, name: str) -> str:
        value = self.text(name)
        if "@" not in value.strip("@"):
            raise _invalid(name, "an e-mail address")
        return value

    def whole(self, name: str) -> int:
        value = self._values.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise _invalid(name, "a whole number")
        return value

    def optional_whole(self, name: str) -> int | None:
        return None if self._values.get(name) is None else self.whole(name)

    def day(self, name: str) -> date:
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            raise _invalid(name, "a date like 2026-03-31") from None

    def moment(self, name: str) -> datetime:
        try:
            value = datetime.fromisoformat(self.text(name))
        except ValueError:
            value = None
        if value is None or value.tzinfo is None:
            raise _invalid(name, "a time with an offset, like 2026-03-31T12:00:00+02:00")
        return value

    def optional_zone(self, name: str) -> str | None:
        value = self.optional_text(name)
        if value is None:
            return None
        try:
            return ZoneInfo(value).key
        except (KeyError, ValueError, OSError):
            raise _invalid(name, "a time zone like Europe/Berlin") from None

    def part(self, name: str) -> "Body":
        value = self._values.get(name)
        if not isinstance(value, dict):
            raise _invalid(name, "an object")
        return Body(value)

    def parts(self, name: str) -> list["Body"]:
        """A list of objects; absent is empty."""
        value = self._values.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise _invalid(name, "a list of objects")
        return [Body(item) for item in value]


async def read_body(request: web.Request) -> Body:
    """The request's JSON object; no body at all is an empty one."""
    text = await request.text()
    try:
        values = json.loads(text) if text.strip() else {}
    except ValueError:
        raise BadRequest("invalid_json", "the body is not JSON") from None
    if not isinstance(values, dict):
        raise BadRequest("invalid_json", "the body is not a JSON object")
    return Body(values)


def _invalid(name: str, expected: str) -> Unprocessable:
    return Unprocessable(f"invalid_{name}", f"{name} must be {expected}")
