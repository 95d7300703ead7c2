"""What a single value of gate.yml must look like: functions that return it cleaned or raise ValueError.

The texts continue a sentence that starts with the key: ``settle.quiet must be a duration such as ...``.
"""

import re
import shlex

from gate.config import jsonpath
from gate.config.problems import VARIABLE

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,62}")
COMPOSE_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")
DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(ms|s|m|h)")
HOST = re.compile(
    r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
REQUEST = re.compile(r"(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) /[!-\"$-~]*")
PATH = re.compile(r"/[!-\"$-~]*")
STATE = "{state}/"
RESERVED = frozenset({"outward", "port", "python", "state"})
"""Not names of services: ``{outward.HOST}`` and the like are placeholders of their own."""
OF_COMPOSE = ("COMPOSE_", "DOCKER_")
"""How variables begin that steer Compose itself, so that it has them whether or not anybody named them."""
LONGEST_COMMAND = 10_000
LONGEST_WORD = 100_000
"""About what Linux takes as one argument or variable."""
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def version(value: object) -> object:
    """The number 1; to Python ``true`` and ``1.0`` are equal to it."""
    if type(value) is not int or value != 1:
        raise ValueError("must be 1, the only version there is")
    return value


def duration(value: object) -> float:
    """Seconds, from ``'200ms'`` or a number."""
    if isinstance(value, str) and (match := DURATION.fullmatch(value)):
        return round(float(match[1]) * _SECONDS[match[2]], 9)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a duration such as '200ms', '10s' or '5m', or a number of seconds")
    return float(value)


def command(value: object) -> list[str]:
    """An argument list, from a text that is split as a shell would, or from a list of texts."""
    if isinstance(value, str):
        if len(value) > LONGEST_COMMAND:  # shlex takes time that grows with the square
            raise ValueError(
                f"must not be longer than {LONGEST_COMMAND} characters; write a list or a script"
            )
        try:
            words = shlex.split(value)
        except ValueError as error:
            reason = str(error).lower()
            raise ValueError(f"cannot be split into words: {reason}") from None
    elif isinstance(value, list) and all(isinstance(word, str) for word in value):
        words = list(value)
    else:
        raise ValueError("must be a text or a list of texts; quote numbers and '{port}'")
    if any(len(word) > LONGEST_WORD for word in words):
        raise ValueError(f"must have no word longer than {LONGEST_WORD} characters")
    if not words or not words[0]:
        raise ValueError("must name a program")
    return words


def name(value: str) -> str:
    """A name that others refer to."""
    return _matching(NAME, value, "must be a name: a letter, then letters, digits, '_' or '-'")


def service_name(value: str) -> str:
    """A name of a service, which placeholders refer to."""
    if value in RESERVED:
        raise ValueError(f"must not be one of {', '.join(sorted(RESERVED))}, which placeholders use")
    return name(value)


def compose_name(value: str) -> str:
    """A name that Compose takes for a service."""
    return _matching(COMPOSE_NAME, value, "must be a service's name: letters, digits, '.', '_' or '-'")


def written(value: object) -> object:
    """A value that is one; a key without a value says nothing."""
    if value is None:
        raise ValueError("has no value")
    return value


def variable(value: str) -> str:
    """A name of an environment variable."""
    return _matching(VARIABLE, value, "must be a variable's name: letters, digits and '_'")


def host(value: str) -> str:
    """A host name alone, in lower case."""
    return _matching(HOST, value.lower(), "must be a host name alone, without scheme, port, path or wildcard")


def header(value: str) -> str:
    """A header's name, in lower case."""
    return _matching(HEADER, value, "must be the name of a header").lower()


def request(value: str) -> str:
    """A method and a path."""
    return _matching(REQUEST, value, "must be a method and a path such as 'GET /healthz'")


def url_path(value: str) -> str:
    """The path of a URL."""
    return _matching(PATH, value, "must be a path such as '/healthz'")


def relative(value: str) -> str:
    """A path that stays inside the repository."""
    if not value or value[0] in "/~" or "\\" in value or ".." in value.split("/"):
        raise ValueError("must be a path inside the repository: relative, with '/', without '..'")
    return value


def store_path(value: str) -> str:
    """A database's file: relative, after ``{state}/`` where that is its start."""
    rest = value.removeprefix(STATE)
    if "{" in rest or "}" in rest:
        raise ValueError("must have no braces but '{state}/' at its start")
    return value[: len(value) - len(rest)] + relative(rest)


def bundle(value: str) -> str:
    """A bundle's path, which may be absolute."""
    if "://" in value:
        raise ValueError("must be a path; addresses are not read")
    return value


def path_of_values(value: str) -> str:
    """A JSONPath."""
    jsonpath.parse(value)
    return value


def narrow_path(value: str) -> str:
    """A JSONPath that names a field."""
    if jsonpath.is_broad(value):
        raise ValueError("would hide everything; name the field, such as '$.headers.date'")
    return path_of_values(value)


def _matching(pattern: re.Pattern[str], value: str, expectation: str) -> str:
    if not pattern.fullmatch(value):
        raise ValueError(expectation)
    return value
