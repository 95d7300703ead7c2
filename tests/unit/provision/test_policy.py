"""What a service may have of the machine: nothing that the table does not let through."""

from pathlib import Path
from typing import Any

import pytest

from gate.provision import overlay
from gate.provision.policy import OWN_NETWORK, OWN_SERVICE, Refusal, below, refusals


@pytest.fixture
def code(tmp_path: Path) -> Path:
    folder = tmp_path / "code"
    (folder / "inside").mkdir(parents=True)
    (tmp_path / "outside").write_text("")
    (folder / "out").symlink_to(tmp_path)
    (folder / "a$b").symlink_to(tmp_path)
    (folder / "sock").symlink_to("/var/run/docker.sock")
    (folder / "circle").symlink_to("circle")
    return folder


def found(code: Path, service: dict[str, Any], **top: Any) -> list[Refusal]:
    """What is refused of one service; ``{code}`` in a text is the side's folder."""
    model = {"name": "p", "services": {"api": service}, **top}
    return list(refusals(_filled(model, str(code)), code))


def _filled(value: Any, code: str) -> Any:
    if isinstance(value, dict):
        return {key: _filled(one, code) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, code) for one in value]
    return value.replace("{code}", code) if isinstance(value, str) else value


def bind(source: str) -> dict[str, Any]:
    return {"volumes": [{"type": "bind", "source": source, "target": "/t"}]}


def volume(**declared: Any) -> dict[str, Any]:
    return {"volumes": {"data": declared}}


DATA = {"volumes": [{"type": "volume", "source": "data", "target": "/d"}]}
GPU = {"capabilities": ["gpu"]}


@pytest.mark.parametrize(
    ("service", "what", "step"),
    [
        pytest.param({"privileged": True}, "privileged", "privileged", id="privileged"),
        pytest.param({"network_mode": "host"}, "network_mode host", "network_mode", id="host network"),
        pytest.param({"network_mode": "bridge"}, "network_mode bridge", "network_mode", id="a way out"),
        pytest.param(
            {"network_mode": "container:x"}, "network_mode container:x", "network_mode", id="other's network"
        ),
        pytest.param({"pid": "host"}, "pid host", "pid", id="host processes"),
        pytest.param({"pid": "container:x"}, "pid container:x", "pid", id="other's processes"),
        pytest.param({"ipc": "host"}, "ipc host", "ipc", id="host ipc"),
        pytest.param({"ipc": "container:x"}, "ipc container:x", "ipc", id="other's ipc"),
        pytest.param({"uts": "host"}, "uts host", "uts", id="host name"),
        pytest.param({"userns_mode": "host"}, "userns_mode host", "userns_mode", id="host users"),
        pytest.param({"cgroup": "host"}, "cgroup host", "cgroup", id="host cgroup"),
        pytest.param({"cgroup_parent": "/"}, "key cgroup_parent", "cgroup_parent", id="cgroup parent"),
        pytest.param({"runtime": "runc"}, "key runtime", "runtime", id="runtime"),
        pytest.param({"gpus": [{"count": -1}]}, "key gpus", "gpus", id="gpus"),
        pytest.param({"provider": {"type": "aws"}}, "key provider", "provider", id="provider"),
        pytest.param({"models": {"m": None}}, "key models", "models", id="models"),
        pytest.param({"credential_spec": {"file": "x"}}, "key credential_spec", "credential_spec", id="spec"),
        pytest.param({"never_heard": 1}, "key never_heard", "never_heard", id="unknown key"),
        pytest.param({"use_api_socket": True}, "use_api_socket", "use_api_socket", id="api socket"),
        pytest.param({"cap_add": ["SYS_ADMIN"]}, "cap_add SYS_ADMIN", "SYS_ADMIN", id="capability"),
        pytest.param(
            {"security_opt": ["seccomp:unconfined"]},
            "security_opt seccomp:unconfined",
            "seccomp:unconfined",
            id="seccomp",
        ),
        pytest.param(
            {"devices": ["/dev/kvm:/dev/x:rwm"]}, "devices /dev/kvm", "/dev/kvm", id="device, short"
        ),
        pytest.param(
            {"devices": [{"source": "/dev/kvm", "target": "/x"}]}, "devices /dev/kvm", "/dev/kvm", id="device"
        ),
        pytest.param(
            {"device_cgroup_rules": ["c 1:3 mr"]},
            "device_cgroup_rules c 1:3 mr",
            "c 1:3 mr",
            id="device rule",
        ),
        pytest.param(
            {"deploy": {"resources": {"reservations": {"devices": [GPU]}}}},
            "deploy devices",
            "resources",
            id="deploy devices",
        ),
        pytest.param(
            {"deploy": {"resources": {"limits": {"pids": -1}}}}, "deploy pids", "resources", id="pids"
        ),
        pytest.param({"pids_limit": -1}, "pids_limit -1", "pids_limit", id="no limit of processes"),
        pytest.param({"oom_kill_disable": True}, "oom_kill_disable", "oom_kill_disable", id="never killed"),
        pytest.param({"oom_score_adj": -1000}, "oom_score_adj -1000", "oom_score_adj", id="killed last"),
        pytest.param(
            {"external_links": ["other:o"]}, "external_links other:o", "other:o", id="other's container"
        ),
        pytest.param(
            {"volumes_from": ["container:x:ro"]}, "volumes_from container:x:ro", "container:x:ro", id="from"
        ),
        pytest.param(
            {"extra_hosts": ["h=host-gateway"]}, "extra_hosts h=host-gateway", "h", id="host gateway, list"
        ),
        pytest.param(
            {"extra_hosts": {"h": "host-gateway"}}, "extra_hosts h=host-gateway", "h", id="host gateway"
        ),
        pytest.param(
            {"post_start": [{"privileged": True}]}, "post_start privileged", "privileged", id="hook"
        ),
        pytest.param(
            {"pre_stop": [{"privileged": True}]}, "pre_stop privileged", "privileged", id="stop hook"
        ),
        pytest.param(bind("/"), "mount /", "/t", id="root"),
        pytest.param(bind("/var/run/docker.sock"), "mount /var/run/docker.sock", "/t", id="socket"),
        pytest.param(bind("{code}/.."), "mount ./..", "/t", id="parent"),
        pytest.param(bind("{code}-other"), "mount ../code-other", "/t", id="a name that begins the same"),
        pytest.param(bind("{code}/out"), "mount ./out", "/t", id="link"),
        pytest.param(bind("{code}/out/outside"), "mount ./out/outside", "/t", id="below a link"),
        pytest.param(bind("{code}/sock"), "mount ./sock", "/t", id="link to the socket"),
        pytest.param(bind("{code}/a$$b"), "mount ./a$b", "/t", id="link with a dollar sign"),
        pytest.param(bind("{code}/circle"), "mount ./circle", "/t", id="link to itself"),
        pytest.param(bind("~/.ssh"), "mount ~/.ssh", "/t", id="home that nobody resolved"),
        pytest.param(bind("{code}/a\0b"), "mount ./a\0b", "/t", id="NUL"),
        pytest.param(
            {"volumes": [{"type": "npipe", "source": "x", "target": "/t"}]}, "npipe mount x", "/t", id="pipe"
        ),
        pytest.param(
            {"volumes": [{"type": "cluster", "source": "x", "target": "/t"}]},
            "cluster mount x",
            "/t",
            id="cluster",
        ),
    ],
)
def test_what_reaches_out_is_refused(code: Path, service: dict[str, Any], what: str, step: str) -> None:
    (one,) = found(code, {"image": "x", **service})
    key = next(iter(service))
    assert (one.service, one.what, one.never) == ("api", what.replace("{code}", str(code)), "")
    assert one.at[:3] == ("services", "api", key) and step in one.at[2:]


@pytest.mark.parametrize(
    ("declared", "what"),
    [
        pytest.param({"external": True, "name": "prod"}, "external volume data", id="external"),
        pytest.param(
            {"driver_opts": {"type": "none", "o": "bind", "device": "/"}},
            "volume with a driver data",
            id="bind in disguise",
        ),
        pytest.param({"driver": "nfs"}, "volume with a driver data", id="driver"),
        pytest.param({"name": "prod_data"}, "volume named prod_data", id="that of another project"),
    ],
)
def test_a_volume_of_others_is_refused(code: Path, declared: dict[str, Any], what: str) -> None:
    (one,) = found(code, DATA, **volume(**declared))
    assert (one.what, one.at) == (what, ("services", "api", "volumes", "/d"))


@pytest.mark.parametrize("kind", ["secrets", "configs"])
@pytest.mark.parametrize(
    "declared",
    [
        pytest.param({"file": "/etc/shadow"}, id="file"),
        pytest.param({"file": "{code}/out/outside"}, id="link"),
        pytest.param({"file": "{code}/a$$b/outside"}, id="link with a dollar sign"),
        pytest.param({"environment": "GITHUB_TOKEN"}, id="variable"),
        pytest.param({"external": True}, id="external"),
        pytest.param({"driver": "vault"}, id="driver"),
        pytest.param({"content": "x", "template_driver": "golang"}, id="template"),
        pytest.param({}, id="nothing said"),
    ],
)
def test_a_file_from_outside_is_refused(code: Path, kind: str, declared: dict[str, Any]) -> None:
    (one,) = found(
        code, {kind: [{"source": "s", "target": "/s"}]}, **{kind: {"s": {"name": "p_s", **declared}}}
    )
    assert one.what == f"{kind[:-1]} from outside s" and one.at == ("services", "api", kind, "s")


@pytest.mark.parametrize(
    ("build", "what"),
    [
        pytest.param({"context": "/"}, "build context /", id="root"),
        pytest.param({"context": "{code}/.."}, "build context ./..", id="parent"),
        pytest.param({"context": "{code}/out"}, "build context ./out", id="link"),
        pytest.param({"context": "{code}/a$$b"}, "build context ./a$b", id="link with a dollar sign"),
        pytest.param({"context": "https://h/x.git"}, "build context https://h/x.git", id="address"),
        pytest.param({"context": "git@h:x.git"}, "build context git@h:x.git", id="ssh address"),
        pytest.param({"context": "github.com/a/b"}, "build context github.com/a/b", id="bare address"),
        pytest.param({"dockerfile": "/etc/shadow"}, "build file /etc/shadow", id="file"),
        pytest.param({"dockerfile": "../outside"}, "build file ../outside", id="file above"),
        pytest.param({"dockerfile": "out/outside"}, "build file out/outside", id="linked file"),
        pytest.param({"additional_contexts": {"c": "/etc"}}, "build context c", id="more"),
        pytest.param({"additional_contexts": ["c=/etc"]}, "build context c", id="more, in a list"),
        pytest.param({"additional_contexts": {"c": "oci-layout:///var/x"}}, "build context c", id="layout"),
        pytest.param({"additional_contexts": {"c": "ssh://git@h/x"}}, "build context c", id="more by ssh"),
        pytest.param({"network": "host"}, "build network host", id="host network"),
        pytest.param({"network": "default"}, "build network default", id="network"),
        pytest.param({"cache_from": ["type=local,src=/"]}, "build cache type=local,src=/", id="cache"),
        pytest.param({"cache_from": ["TYPE=local,src=/"]}, "build cache TYPE=local,src=/", id="cache, loud"),
        pytest.param({"cache_to": ["type=local,dest=/"]}, "build cache_to", id="cache_to"),
        pytest.param({"tags": ["postgres:15"]}, "build tags", id="tag of another image"),
        pytest.param({"privileged": True}, "build privileged", id="privileged"),
        pytest.param({"entitlements": ["network.host"]}, "build entitlements", id="entitlements"),
        pytest.param({"extra_hosts": ["h=host-gateway"]}, "build extra_hosts", id="host gateway"),
        pytest.param({"never_heard": "x"}, "build never_heard", id="unknown key"),
    ],
)
def test_a_build_from_outside_is_refused(code: Path, build: dict[str, Any], what: str) -> None:
    (one,) = found(code, {"build": {"context": "{code}", "dockerfile": "Dockerfile", **build}})
    assert one.what == what.replace("{code}", str(code)) and not one.never
    assert one.at == ("services", "api", "build", next(iter(build)))


@pytest.mark.parametrize(
    ("build", "what"),
    [
        pytest.param({"secrets": [{"source": "s"}]}, "build secrets", id="secrets"),
        pytest.param({"ssh": ["default"]}, "build ssh", id="ssh"),
        pytest.param({"args": {"GITHUB_TOKEN": None}}, "build args GITHUB_TOKEN", id="passed on"),
    ],
)
def test_a_build_never_gets_a_secret(code: Path, build: dict[str, Any], what: str) -> None:
    (one,) = found(code, {"build": {"context": "{code}", **build}})
    assert one.what == what and one.never


def test_a_variable_without_a_value_is_never_filled_in(code: Path) -> None:
    (one,) = found(code, {"environment": {"SSH_AUTH_SOCK": None, "A": "", "B": "b"}})
    assert (one.what, one.at[2:]) == ("environment SSH_AUTH_SOCK", ("environment", "SSH_AUTH_SOCK"))
    assert one.never


@pytest.mark.parametrize(
    ("kind", "own", "added"),
    [("services", OWN_SERVICE, overlay.PLAYBACK), ("networks", OWN_NETWORK, overlay.NETWORK)],
)
def test_nothing_takes_the_place_of_what_the_gate_adds(code: Path, kind: str, own: str, added: str) -> None:
    assert own == added
    (one,) = refusals({"services": {}, kind: {own: {}}}, code)
    assert one.never and one.at == (kind, own)


@pytest.mark.parametrize(
    "service",
    [
        pytest.param({"privileged": False, "cap_add": [], "pid": "", "gpus": None}, id="said to be off"),
        pytest.param({"network_mode": "none", "ipc": "private", "cgroup": "private"}, id="its own"),
        pytest.param(
            {"network_mode": "service:db", "pid": "service:db", "ipc": "service:db"}, id="a sister's"
        ),
        pytest.param({"security_opt": ["no-new-privileges:true"], "cap_drop": ["ALL"]}, id="less than given"),
        pytest.param(bind("{code}"), id="the code"),
        pytest.param(bind("{code}/inside/../inside"), id="a folder of it"),
        pytest.param(bind("{code}/not/there/yet"), id="a folder to be made"),
        pytest.param({"volumes": [{"type": "tmpfs", "target": "/t"}]}, id="memory"),
        pytest.param({"volumes": [{"type": "volume", "target": "/t"}]}, id="volume without a name"),
        pytest.param({"volumes_from": ["db:ro"]}, id="volumes of a sister"),
        pytest.param({"extra_hosts": ["h=10.0.0.1"]}, id="address"),
        pytest.param({"deploy": {"resources": {"limits": {"pids": 5}}, "replicas": 1}}, id="limits"),
        pytest.param({"oom_score_adj": 500, "pids_limit": 10}, id="killed first"),
        pytest.param({"post_start": [{"command": "true"}]}, id="hook"),
        pytest.param({"x-note": {"privileged": True}}, id="extension"),
        pytest.param({"build": {"context": "{code}", "dockerfile": "inside/Dockerfile"}}, id="build"),
        pytest.param(
            {"build": {"context": "{code}", "network": "none", "args": {"A": "1"}, "x-bake": {"a": 1}}},
            id="build without a network",
        ),
        pytest.param(
            {
                "build": {
                    "context": "{code}",
                    "additional_contexts": {"a": "docker-image://b", "c": "{code}/x"},
                }
            },
            id="contexts",
        ),
        pytest.param({"build": {"context": "{code}", "cache_from": ["registry.example/x"]}}, id="cache"),
    ],
)
def test_what_stays_inside_is_let_through(code: Path, service: dict[str, Any]) -> None:
    assert found(code, service) == []


@pytest.mark.parametrize("kind", ["secrets", "configs"])
@pytest.mark.parametrize("declared", [{"file": "{code}/inside/x"}, {"content": "x"}], ids=["file", "content"])
def test_files_of_the_code_are_let_through(code: Path, kind: str, declared: dict[str, Any]) -> None:
    assert found(code, {kind: [{"source": "s"}]}, **{kind: {"s": {"name": "p_s", **declared}}}) == []


def test_volumes_of_the_project_are_let_through(code: Path) -> None:
    assert found(code, DATA, **volume(name="p_data", driver="local", labels={"a": "b"})) == []


def test_every_refusal_of_a_service_is_told(code: Path) -> None:
    service = {"privileged": True, "cap_add": ["A", "B"], "build": {"context": "/", "ssh": ["default"]}}
    said = [one.what for one in found(code, service)]
    assert said == ["privileged", "cap_add A", "cap_add B", "build context /", "build ssh"]


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("{code}", True),
        ("{code}/inside/x", True),
        ("{code}/inside/../../outside", False),
        ("relative", False),
        ("https://h/{code}", False),
        ("", False),
    ],
)
def test_below(code: Path, path: str, inside: bool) -> None:
    assert below(path.replace("{code}", str(code)), code) is inside
