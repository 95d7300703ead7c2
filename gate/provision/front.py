"""Which service of a compose file gets the requests, on which port, and how it says that it is ready."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from gate.config.fields import PATH
from gate.errors import RequestError
from gate.provision.compose_file import ComposeFile, place
from gate.provision.outside import service_names
from gate.provision.policy import below
from gate.provision.servers import server_of

_NAMES = ("api", "web", "app", "server", "backend", "gateway", "site", "http", "frontend", "proxy", "nginx")
"""What the service that people call is called, the likeliest first."""
_USUAL_PORT = 8000
_LARGEST = 2**18
_URL = re.compile(
    r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]|(?P<host>[\w.-]+))(?::(?P<port>\d{1,5}))?"
    r"(?P<path>/[^\s'\"|;&)>]*)?"
)
_EXPOSE = re.compile(r"^\s*EXPOSE\s+(?P<ports>.+)$", re.IGNORECASE | re.MULTILINE)
_HEALTHCHECK = re.compile(r"^\s*HEALTHCHECK\s+(?P<check>.*\bCMD\b.+)$", re.IGNORECASE | re.MULTILINE)
_IN_COMMAND = re.compile(r"(?:--port[ =]|--bind[ =]\S*:|-p |\b0\.0\.0\.0:)(?P<port>\d{2,5})\b")


class Front(NamedTuple):
    """The service that gets the requests, and why it."""

    name: str
    why: str


def choose(services: Mapping[str, Any], files: Sequence[ComposeFile], code: Path, asked: str | None) -> Front:
    """The service that gets the requests. Raises RequestError where none could, or the one asked for is not there."""
    if not services:
        in_profiles = ", ".join(service_names(files))
        why = f" but those in profiles ({in_profiles}), which do not run; take 'profiles' off some, or"
        raise RequestError(
            f"{files[0].name}: has no services to run{why if in_profiles else ';'} name another with --compose-file"
        )
    known = ", ".join(sorted(services))
    if asked is not None:
        if asked not in services:
            raise RequestError(
                f"{files[0].name}: --service {asked}: there is no such service; it has {known}"
            )
        return Front(asked, "you said so")
    order = sorted(services, key=lambda name: (_rank(name), _line(files, name)))
    kinds: tuple[tuple[str, Callable[[str], bool]], ...] = (
        (
            "is built here and publishes a port",
            lambda name: bool(services[name].get("build")) and bool(published(services[name])),
        ),
        (
            "is built here and has a port",
            lambda name: bool(services[name].get("build")) and bool(_declared(services[name], code)),
        ),
        ("publishes a port and is no database", lambda name: _may_be_asked(services[name])),
    )
    fitting = [[name for name in order if fits(name)] for _, fits in kinds]
    others = list(dict.fromkeys(name for names in fitting for name in names))
    for (what, _), found in zip(kinds, fitting, strict=True):
        if found:
            at = place(files, ("services", found[0]))
            others.remove(found[0])
            which = f"the only one that {what}" if len(found) == 1 else f"by its name, as one that {what}"
            more = f"; {', '.join(others)} could be meant: --service decides" if others else ""
            return Front(found[0], f"{which} ({at}){more}")
    raise RequestError(
        f"{files[0].name}: no service publishes a port or exposes one, so none can get requests; it has {known}; "
        "name the one that answers HTTP with --service"
    )


def _rank(name: str) -> int:
    words = re.split(r"[._-]", name.lower())
    return next((rank for rank, word in enumerate(_NAMES) if word in words), len(_NAMES))


def _line(files: Sequence[ComposeFile], name: str) -> int:
    return next((line for file in files if (line := file.line_of(("services", name)))), 0)


def _may_be_asked(service: Mapping[str, Any]) -> bool:
    image = str(service.get("image") or "")
    servers = (
        "rabbitmq",
        "mongo",
        "kafka",
        "nats",
        "memcached",
        "elasticsearch",
        "mailhog",
        "adminer",
        "pgadmin",
    )
    return bool(published(service)) and not server_of(image) and not any(word in image for word in servers)


def published(service: Mapping[str, Any]) -> list[int]:
    """The ports of the container that the compose file publishes."""
    return [int(one["target"]) for one in service.get("ports") or () if one.get("protocol", "tcp") == "tcp"]


def _exposed(service: Mapping[str, Any]) -> list[int]:
    found = (str(one).partition("/") for one in service.get("expose") or ())
    return [int(port) for port, _, protocol in found if port.isdigit() and protocol in ("", "tcp")]


def _declared(service: Mapping[str, Any], code: Path) -> list[int]:
    return published(service) or _exposed(service) or _of_dockerfile(service, code)


def _of_dockerfile(service: Mapping[str, Any], code: Path) -> list[int]:
    lines = [match["ports"] for match in _EXPOSE.finditer(dockerfile(service, code))]
    words = [word.partition("/") for word in (lines[-1].split() if lines else ())]
    return [int(port) for port, _, protocol in words if port.isdigit() and protocol in ("", "tcp")]


def dockerfile(service: Mapping[str, Any], code: Path) -> str:
    """The text of the Dockerfile that a service is built from, continued lines joined; empty where there is none."""
    build = service.get("build") or {}
    if text := build.get("dockerfile_inline"):
        return str(text).replace("\\\n", " ")
    path = Path(str(build.get("context") or code)) / str(build.get("dockerfile") or "Dockerfile")
    if not below(str(path), code) or not path.is_file():
        return ""
    with path.open("rb") as file:
        return file.read(_LARGEST).decode(errors="replace").replace("\\\n", " ")


def port_of_front(
    name: str, service: Mapping[str, Any], files: Sequence[ComposeFile], code: Path
) -> tuple[int, str]:
    """The port that a service listens on inside, and what says so."""
    env = service.get("environment") or {}
    command = " ".join(map(str, service.get("command") or ()))
    in_command = _IN_COMMAND.search(command)
    urls = [int(url["port"]) for url in _urls(name, service, code) if url["port"]]
    said = str(env.get("PORT") or "")
    sources = (
        (published(service), f"'ports' ({place(files, ('services', name, 'ports'))})"),
        (_exposed(service), f"'expose' ({place(files, ('services', name, 'expose'))})"),
        (_of_dockerfile(service, code), "EXPOSE in its Dockerfile"),
        ([int(said)] if said.isdigit() else [], f"the variable PORT ({place(files, ('services', name))})"),
        (
            [int(in_command["port"])] if in_command else [],
            f"its command ({place(files, ('services', name))})",
        ),
        (urls, f"its healthcheck ({place(files, ('services', name, 'healthcheck'))})"),
    )
    for ports, why in sources:
        fit = [port for port in ports if 0 < port < 65536]
        if fit:
            more = f"; it has {', '.join(map(str, fit[1:]))} as well" if fit[1:] else ""
            return fit[0], f"{why}{more}"
    return _USUAL_PORT, "nothing says which; this one is common, so put the right one in"


def ready_of(
    name: str, service: Mapping[str, Any], files: Sequence[ComposeFile], code: Path, port: int
) -> tuple[str, str] | None:
    """The path that the healthcheck asks on the same port, and where it stands."""
    for url in _urls(name, service, code):
        path = (url["path"] or "/").partition("#")[0]
        if int(url["port"] or 80) == port and PATH.fullmatch(path):
            in_file = bool((service.get("healthcheck") or {}).get("test"))
            where = place(files, ("services", name, "healthcheck")) if in_file else "in its Dockerfile"
            return path, f"its healthcheck asks that ({where})"
    return None


def _urls(name: str, service: Mapping[str, Any], code: Path) -> Iterator[re.Match[str]]:
    """The addresses of the service itself that its healthcheck asks."""
    test = (service.get("healthcheck") or {}).get("test") or ()
    text = test if isinstance(test, str) else " ".join(map(str, test))
    if not text:
        text = " ".join(match["check"] for match in _HEALTHCHECK.finditer(dockerfile(service, code)))
    return (match for match in _URL.finditer(text) if match["host"] in (None, name))
