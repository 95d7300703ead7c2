"""What a compose file asks for that would let a container out of its box: refused before anything starts. Pure.

It is judged on the model as Compose itself resolved it (merges, ``extends``, ``include`` and variables done), so
nothing hides in the syntax. A key that this module does not know is refused as well.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

Model = Mapping[str, Any]
Found = tuple[str, str]
"""What was found, in words, and the step to it below its key."""

OWN_SERVICE, OWN_NETWORK = "gate-playback", "gate"
"""What the overlay adds: a service or network of that name would change what the gate itself runs."""
_HARMLESS = frozenset(
    (
        "annotations", "attach", "blkio_config", "cap_drop", "command", "container_name", "cpu_count",
        "cpu_percent", "cpu_period", "cpu_quota", "cpu_rt_period", "cpu_rt_runtime", "cpu_shares", "cpus",
        "cpuset", "depends_on", "develop", "dns", "dns_opt", "dns_search", "domainname", "entrypoint",
        "expose", "group_add", "healthcheck", "hostname", "image", "init", "labels", "links", "logging",
        "mac_address", "mem_limit", "mem_reservation", "mem_swappiness", "memswap_limit", "networks",
        "platform", "ports", "profiles", "pull_policy", "read_only", "restart", "scale", "shm_size",
        "stdin_open", "stop_grace_period", "stop_signal", "storage_opt", "sysctls", "tmpfs", "tty",
        "ulimits", "user", "working_dir",
    )
)  # fmt: skip
"""Keys of a service that give it nothing of the machine's; some are overridden by the overlay all the same."""
_HOSTS = {
    "network_mode": ("none",),
    "pid": (),
    "ipc": ("private", "shareable", "none"),
    "uts": (),
    "userns_mode": (),
    "cgroup": ("private",),
}
"""Whose namespaces a service shares, and the words that share none with the machine."""
_NARROWER = ("no-new-privileges", "no-new-privileges:true", "no-new-privileges=true")
_BUILD = frozenset(
    (
        "args", "dockerfile_inline", "isolation", "labels", "no_cache", "platforms", "pull", "shm_size",
        "target", "ulimits",
    )
)  # fmt: skip
_FETCHED = ("docker-image://", "https://", "http://")
"""Where a build gets more from that is not of this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One thing that a service may not have. ``at`` leads to it in the file; ``never``: why no setting allows it."""

    service: str
    what: str
    at: tuple[str | int, ...]
    never: str = ""


def refusals(model: Model, code: Path) -> Iterator[Refusal]:
    """Everything in a resolved compose model that reaches out of the containers; ``code`` is the side's folder."""
    yield from _reserved(model)
    for name, service in sorted((model.get("services") or {}).items()):
        for key, value in service.items():
            if _empty(value):
                continue
            if key == "build":
                yield from _build(name, value, code)
            else:
                for what, step in _refused(key, value, model, code):
                    yield Refusal(service=name, what=what, at=("services", name, key, step))
        yield from _unknown(name, "environment", service.get("environment"), ("environment",))


def _empty(value: object) -> bool:
    return value in (None, False, [], {}, "")


def _reserved(model: Model) -> Iterator[Refusal]:
    for kind, own in (("services", OWN_SERVICE), ("networks", OWN_NETWORK)):
        if own in (model.get(kind) or {}):
            yield Refusal(
                service=own, what=kind, at=(kind, own), never="the gate has one of that name itself"
            )


def _unknown(service: str, key: str, variables: object, at: tuple[str, ...]) -> Iterator[Refusal]:
    """Variables without a value are filled in when a container is made, from what the gate runs Compose with."""
    for name, value in variables.items() if isinstance(variables, Mapping) else ():
        if value is None:
            yield Refusal(
                service=service,
                what=f"{key} {name}",
                at=("services", service, *at, name),
                never="it has no value, and gate.yml does not name it",
            )


def _refused(key: str, value: Any, model: Model, code: Path) -> Iterator[Found]:
    if key in _HARMLESS or key == "environment" or key.startswith("x-"):
        return
    match key:
        case "volumes":
            yield from _volumes(value, model, code)
        case "secrets" | "configs":
            yield from _files(key, value, model, code)
        case "security_opt":
            yield from ((f"{key} {item}", str(item)) for item in value if str(item) not in _NARROWER)
        case "cap_add" | "devices" | "device_cgroup_rules" | "external_links":
            yield from ((f"{key} {_word(item)}", _word(item)) for item in value)
        case "volumes_from":
            yield from ((f"{key} {item}", str(item)) for item in value if str(item).startswith("container:"))
        case "extra_hosts":
            yield from (
                (f"{key} {item}", item.partition("=")[0]) for item in _pairs(value) if "host-gateway" in item
            )
        case "deploy":
            yield from _deploy(value)
        case "post_start" | "pre_stop":
            yield from ((f"{key} privileged", "privileged") for hook in value if hook.get("privileged"))
        case "oom_score_adj" | "pids_limit":
            yield from ((f"{key} {value}", "") for _ in range(value < 0))
        case _ if key in _HOSTS:
            inside = str(value).startswith("service:") or value in _HOSTS[key]
            yield from ((f"{key} {value}", "") for _ in range(not inside))
        case "privileged" | "use_api_socket" | "oom_kill_disable":
            yield key, ""
        case _:
            yield f"key {key}", ""


def _word(item: object) -> str:
    if isinstance(item, Mapping):
        return str(item.get("source", item.get("path", item.get("target", ""))))
    return str(item).partition(":")[0] if str(item).startswith("/dev/") else str(item)


def _pairs(value: object) -> list[str]:
    """``name=address``, however it was written."""
    if isinstance(value, Mapping):
        return [f"{name}={address}" for name, address in value.items()]
    return [str(item) for item in value] if isinstance(value, Sequence) else []


def _volumes(volumes: Sequence[Model], model: Model, code: Path) -> Iterator[Found]:
    for volume in volumes:
        kind, source, target = volume.get("type"), str(volume.get("source") or ""), str(volume.get("target"))
        if kind == "bind":
            if not in_code(source, code):
                yield f"mount {_told(source, code)}", target
        elif kind == "volume":
            declared = (model.get("volumes") or {}).get(source) or {}
            if declared.get("external"):
                yield f"external volume {source}", target
            elif declared.get("driver_opts") or declared.get("driver") not in (None, "local"):
                yield f"volume with a driver {source}", target
            elif declared.get("name") not in (None, f"{model.get('name')}_{source}"):
                yield f"volume named {declared['name']}", target
        elif kind != "tmpfs":
            yield f"{kind} mount {source}", target


def _files(key: str, wanted: Sequence[Model], model: Model, code: Path) -> Iterator[Found]:
    for item in wanted:
        source = str(item.get("source", ""))
        declared = (model.get(key) or {}).get(source) or {}
        file = declared.get("file")
        if file is not None and in_code(str(file), code):
            continue
        if set(declared) - {"name"} != {"content"}:
            yield f"{key.removesuffix('s')} from outside {source}", source


def _deploy(deploy: Model) -> Iterator[Found]:
    resources = deploy.get("resources") or {}
    if (resources.get("reservations") or {}).get("devices"):
        yield "deploy devices", "resources"
    if ((resources.get("limits") or {}).get("pids") or 0) < 0:
        yield "deploy pids", "resources"


def _build(service: str, build: Model, code: Path) -> Iterator[Refusal]:
    for key, value in build.items():
        if _empty(value) or key in _BUILD or key.startswith("x-"):
            continue
        secret = key in ("secrets", "ssh")  # a build has no use for them that its result would not show
        for what in (f"build {key}",) if secret else _built(key, value, build, code):
            never = "a build gets no secret" if secret else ""
            yield Refusal(service=service, what=what, at=("services", service, "build", key), never=never)
    yield from _unknown(service, "build args", build.get("args"), ("build", "args"))
    for name in (pair.partition("=")[0] for pair in _pairs(build.get("args") or {})):
        if name.startswith("BUILDKIT_"):  # such as another program to read the Dockerfile with
            yield Refusal(
                service=service, what=f"build arg {name}", at=("services", service, "build", "args", name)
            )


def _built(key: str, value: Any, build: Model, code: Path) -> Iterator[str]:
    match key:
        case "network":
            yield from (f"build network {value}" for _ in range(value != "none"))
        case "context":
            yield from (
                f"build context {_told(str(value), code)}" for _ in range(not in_code(str(value), code))
            )
        case "dockerfile":
            context, file = (plain(str(one)) for one in (build.get("context", code), value))
            # A context from outside is told by itself.
            folder = code if below(context, code) else Path(context)
            if _local(context) and not below(str(Path(context) / file), folder):
                yield f"build file {file}"
        case "additional_contexts":
            for name, source in (pair.split("=", 1) for pair in _pairs(value)):
                if not source.startswith(_FETCHED) and not in_code(source, code):
                    yield f"build context {name}"
        case "cache_from":
            yield from (f"build cache {one}" for one in value if "=" in str(one))
        case _:
            yield f"build {key}"


def plain(text: str) -> str:
    """A text of the model as it is meant: Compose doubles each ``$`` of what it has resolved."""
    return text.replace("$$", "$")


def in_code(path: str, code: Path) -> bool:
    """Whether a path of the model, its links followed, lies in the side's code."""
    return below(plain(path), code)


def _told(path: str, code: Path) -> str:
    """A path as it can be named in gate.yml: the side's folder is another in every run."""
    for folder, word in ((code, "."), (code.parent, "..")):
        if PurePosixPath(path).is_relative_to(folder):
            return plain(f"{word}/{PurePosixPath(path).relative_to(folder)}")
    return plain(path)


def _local(path: str) -> bool:
    return "://" not in path and PurePosixPath(path).is_absolute()


def below(path: str, folder: Path) -> bool:
    """Whether a path, its links followed, lies in a folder; an address does not."""
    try:
        return _local(path) and Path(path).resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # links in a circle, a name that is none
        return False
