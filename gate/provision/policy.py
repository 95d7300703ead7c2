"""What a compose file asks for that would let a container out of its box: refused before anything starts. Pure.

It is judged on the model as Compose itself resolved it (merges, ``extends``, ``include`` and variables done), so
nothing hides in the syntax. A key that this module does not know is refused as well.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

Model = Mapping[str, Any]

_HARMLESS = frozenset(
    (
        "annotations", "attach", "blkio_config", "cap_drop", "command", "container_name", "cpu_count",
        "cpu_percent", "cpu_period", "cpu_quota", "cpu_rt_period", "cpu_rt_runtime", "cpu_shares", "cpus",
        "cpuset", "depends_on", "develop", "dns", "dns_opt", "dns_search", "domainname", "entrypoint",
        "environment", "expose", "group_add", "healthcheck", "hostname", "image", "init", "labels",
        "links", "logging", "mac_address", "mem_limit", "mem_reservation", "mem_swappiness",
        "memswap_limit", "networks", "oom_kill_disable", "oom_score_adj", "pids_limit", "platform",
        "ports", "profiles", "pull_policy", "read_only", "restart", "scale", "shm_size", "stdin_open",
        "stop_grace_period", "stop_signal", "storage_opt", "sysctls", "tmpfs", "tty", "ulimits", "user",
        "working_dir",
    )
)  # fmt: skip
"""Keys of a service that give it nothing of the machine's; some are overridden by the overlay all the same."""
_HOSTS = {"network_mode", "pid", "ipc", "uts", "userns_mode", "cgroup"}
_BUILD = frozenset(
    (
        "args", "context", "dockerfile", "dockerfile_inline", "isolation", "labels", "no_cache",
        "platforms", "pull", "shm_size", "tags", "target", "ulimits",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One thing that a service may not have. ``at`` leads to it in the file; ``never``: no setting lets it through."""

    service: str
    what: str
    at: tuple[str | int, ...]
    never: bool = False


def refusals(model: Model, code: Path) -> Iterator[Refusal]:
    """Everything in a resolved compose model that reaches out of the containers; ``code`` is the side's folder."""
    for name, service in sorted((model.get("services") or {}).items()):
        for key, value in service.items():
            if value in (None, False, [], {}, ""):
                continue
            for what, never in _refused(key, value, service, model, code):
                yield Refusal(service=name, what=what, at=("services", name, *_step(key, what)), never=never)


def _step(key: str, what: str) -> tuple[str, ...]:
    """To the key, and to the item of a list that the words end with."""
    return key, what.rpartition(" ")[2]


def _refused(key: str, value: Any, service: Model, model: Model, code: Path) -> Iterator[tuple[str, bool]]:
    if key in _HARMLESS or key.startswith("x-"):
        return
    found: Iterator[str]
    match key:
        case "build":
            yield from _build(value, code)
            return
        case "volumes":
            found = _volumes(value, model, code)
        case "secrets" | "configs":
            found = _files(key, value, model, code)
        case "cap_add" | "security_opt" | "devices" | "device_cgroup_rules" | "external_links":
            found = (f"{key} {_word(item)}" for item in value)
        case "volumes_from":
            found = (f"{key} {item}" for item in value if str(item).startswith("container:"))
        case "extra_hosts":
            found = (f"{key} {_word(item)}" for item in value if "host-gateway" in str(item))
        case "deploy":
            found = _deploy(value)
        case "post_start" | "pre_stop":
            found = (f"{key} privileged" for hook in value if hook.get("privileged"))
        case _ if key in _HOSTS:
            found = (f"{key} {value}" for _ in range(not _inside(key, str(value))))
        case "privileged" | "use_api_socket":
            found = iter((key,))
        case _:
            found = iter((f"key {key}",))
    yield from ((what, False) for what in found)


def _word(item: object) -> str:
    if isinstance(item, Mapping):
        return str(item.get("source", item.get("path", item.get("target", ""))))
    return str(item).partition(":")[0] if str(item).startswith("/dev/") else str(item)


def _inside(key: str, value: str) -> bool:
    """Whether a namespace is the container's own or another's of the same project."""
    return value.startswith("service:") or value in {
        "network_mode": ("none",),
        "ipc": ("private", "shareable", "none"),
        "cgroup": ("private",),
    }.get(key, ())


def _volumes(volumes: Sequence[Model], model: Model, code: Path) -> Iterator[str]:
    for volume in volumes:
        kind, source = volume.get("type"), str(volume.get("source") or "")
        if kind == "tmpfs":
            continue
        if kind == "bind":
            if not below(source, code):
                yield f"mount {source}"
        elif kind == "volume":
            declared = (model.get("volumes") or {}).get(source) or {}
            if declared.get("external"):
                yield f"external volume {source}"
            elif declared.get("driver_opts") or declared.get("driver") not in (None, "local"):
                yield f"volume with a driver {source}"
        else:
            yield f"{kind} mount {source}"


def _files(key: str, wanted: Sequence[Model], model: Model, code: Path) -> Iterator[str]:
    for item in wanted:
        source = str(item.get("source", ""))
        declared = (model.get(key) or {}).get(source) or {}
        file = declared.get("file")
        if file is not None and below(str(file), code):
            continue
        if not (set(declared) - {"name"}) <= {"content"} or not declared:
            yield f"{key.removesuffix('s')} from outside {source}"


def _deploy(deploy: Model) -> Iterator[str]:
    reserved = ((deploy.get("resources") or {}).get("reservations") or {}).get("devices")
    if reserved:
        yield "deploy devices"


def _build(build: Model, code: Path) -> Iterator[tuple[str, bool]]:
    for key, value in build.items():
        if value in (None, False, [], {}, ""):
            continue
        if key in ("secrets", "ssh"):  # a build has no use for them that its result would not show
            yield f"build {key}", True
        elif key == "network":
            if value != "none":
                yield f"build network {value}", False
        elif key == "additional_contexts":
            for name, source in dict(value).items():
                if "://" not in str(source) and not below(str(source), code):
                    yield f"build context {name}", False
        elif key == "context" and not below(str(value), code):
            yield f"build context {value}", False
        elif key == "dockerfile" and not below(str(Path(str(build.get("context", code))) / str(value)), code):
            yield f"build file {value}", False
        elif key == "cache_from":
            yield from ((f"build cache {one}", False) for one in value if "type=" in str(one))
        elif key not in _BUILD and not key.startswith("x-"):
            yield f"build {key}", False


def below(path: str, folder: Path) -> bool:
    """Whether a path, its links followed, lies in a folder; an address does not."""
    if "://" in path or not PurePosixPath(path).is_absolute():
        return False
    return Path(path).resolve().is_relative_to(folder.resolve())
