"""What is laid over a compose file, and that nothing breaks out of the file that it becomes."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from gate.adapters.shipped import shipped
from gate.provision import overlay as overlay_module
from gate.provision.overlay import NETWORK, PLAYBACK, Wanted, escaped, overlay
from gate.provision.servers import port_of, server_of

HOSTILE = [
    pytest.param('" : }, privileged: true, x: {"', id="quotes"),
    pytest.param("' }\nprivileged: true\n- '", id="newlines"),
    pytest.param("{{ labels }}{% raw %}{# x #}", id="template"),
    pytest.param("</script>&<>", id="markup"),
    pytest.param("*alias &anchor !!binary eA==", id="signs of YAML"),
    pytest.param("ключ-鍵-é", id="other alphabets"),
    pytest.param("\x1b[31m\x00\x07\x7f\x85", id="control characters"),
    pytest.param("\u2028\u2029\ufeff\u202e", id="signs that are not seen"),
    pytest.param("\\n\\u0022", id="backslashes"),
    pytest.param("- a", id="list"),
    pytest.param("~", id="null"),
    pytest.param("", id="nothing"),
]


class _Loader(yaml.SafeLoader):
    """YAML with what Compose adds to it."""


def _added(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return None if suffix == "reset" else loader.construct_object(node)


_Loader.add_multi_constructor("!", _added)


def wanted(**more: Any) -> Wanted:
    given: dict[str, Any] = {
        "project": "gate-x-candidate",
        "code": Path("/code"),
        "tag": "1.2.3",
        "image_labels": {"built": "1"},
        "caches": "gate-candidate",
        "labels": {"run": "x"},
        "env": {},
        "builds": {},
        "ports": {},
        "internal": True,
        "start_interval": True,
        "hosts": ("pay.example",),
        "playback": {"image": "p", "command": ["{}"], "user": "0:0", "volumes": []},
    }
    return Wanted(**{**given, **more})


def rendered(model: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The overlay as a reader of YAML finds it, from the template that is shipped."""
    source = shipped("compose", "overlay.yml.j2").read_text(encoding="utf-8")
    text = overlay_module.rendered(source, overlay(model, wanted(**more)))
    found: dict[str, Any] = yaml.load(text, Loader=_Loader)
    return found


def service(given: dict[str, Any], **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = rendered({"services": {"api": given}}, **more)["services"]["api"]
    return found


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "place", ["service", "volume", "variable", "value", "label", "host", "source", "command"]
)
def test_nothing_breaks_out_of_the_overlay(text: str, place: str) -> None:
    given = {name: text if name == place else "usual" for name in ("service", "volume", "variable", "value")}
    model = {
        "services": {
            given["service"]: {
                "image": "x",
                "command": ["x", text],
                "volumes": [
                    {"type": "bind", "source": text if place == "source" else "/code/a", "target": "/t"}
                ],
                "networks": {"n": {"aliases": [text]}},
            }
        },
        "volumes": {given["volume"]: {}},
    }
    found = rendered(
        model,
        env={given["service"]: {given["variable"]: given["value"]}},
        labels={"run": text if place == "label" else "x"},
        hosts=[text if place == "host" else "pay.example"],
        playback={"image": "p", "command": [text], "user": "0:0", "volumes": []},
    )
    assert set(found) == {"name", "services", "networks", "volumes"}
    assert set(found["services"]) == {given["service"], PLAYBACK} and set(found["networks"]) == {NETWORK}
    one = found["services"][given["service"]]
    assert one["environment"] == {given["variable"]: escaped(given["value"])}
    aliases = {} if place == "host" else {"aliases": [text]}
    assert one["networks"] == {NETWORK: aliases} and "privileged" not in one
    assert set(found["volumes"]) == {given["volume"]}
    assert found["services"][PLAYBACK]["command"] == [text]


@pytest.mark.parametrize("value", ["$X", "${X}", "$$X", "a$", "{{$}}"])
def test_a_value_of_gate_yml_is_filled_in_by_nobody(value: str) -> None:
    said = service({"image": "x"}, env={"api": {"A": value}})["environment"]["A"]
    assert said.replace("$$", "") == value.replace("$", "") and said.count("$") == 2 * value.count("$")


def test_every_service_is_held() -> None:
    found = service(
        {
            "image": "x",
            "restart": "always",
            "ports": [{"target": 80, "published": "80"}],
            "container_name": "mine",
        }
    )
    assert found["restart"] == "no" and found["pull_policy"] == "never" and found["ports"] == []
    assert found["container_name"] is None and found["networks"] == {NETWORK: {}}
    assert found["labels"] == {"run": "x"} and found["mem_limit"] == "4g" and found["pids_limit"] == 4096
    assert found["logging"]["driver"] == "local"


def test_limits_of_ones_own_stay() -> None:
    limits = {"resources": {"limits": {"memory": "1g", "pids": 5}}}
    for given in ({"mem_limit": "1g", "pids_limit": 5}, {"deploy": limits}):
        assert not {"mem_limit", "pids_limit"} & set(service({"image": "x", **given}))


def test_one_network_without_a_way_out() -> None:
    model = {"services": {"api": {"image": "x", "networks": {"a": None, "b": {"aliases": ["z", "y"]}}}}}
    found = rendered(model)
    assert found["networks"] == {NETWORK: {"internal": True, "labels": {"run": "x"}}}
    assert found["services"]["api"]["networks"] == {NETWORK: {"aliases": ["y", "z"]}}
    assert found["services"][PLAYBACK]["networks"] == {NETWORK: {"aliases": ["pay.example"]}}


@pytest.mark.parametrize("mode", ["none", "service:db"])
def test_a_service_without_a_network_of_its_own_gets_none(mode: str) -> None:
    found = service({"image": "x", "network_mode": mode})
    assert "networks" not in found and "hostname" not in found


def test_ports_are_published_on_loopback_alone() -> None:
    found = rendered(
        {"services": {"api": {"image": "x"}}}, ports={"api": [8000], PLAYBACK: [7]}, internal=False
    )
    for name, port in (("api", 8000), (PLAYBACK, 7)):
        (one,) = found["services"][name]["ports"]
        assert (one["target"], one["host_ip"]) == (port, "127.0.0.1") and "published" not in one
    assert "internal" not in found["networks"][NETWORK]


def test_files_of_the_code_are_for_reading(tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    binds = [
        {"type": "bind", "source": source, "target": "/t"} for source in (f"{tmp_path}/code/a", "/elsewhere")
    ]
    found = service({"image": "x", "volumes": binds}, code=tmp_path / "code")["volumes"]
    assert [one.get("read_only", False) for one in found] == [True, False]


def test_files_of_the_code_are_for_reading_however_they_are_written(tmp_path: Path) -> None:
    """Compose doubles a dollar; where that is forgotten, another path is looked at, and a link may lie there."""
    (tmp_path / "a$b").mkdir()
    (tmp_path / "a$$b").symlink_to("/nowhere")
    bind = {"type": "bind", "source": f"{tmp_path}/a$$b", "target": "/t"}
    assert service({"image": "x", "volumes": [bind]}, code=tmp_path)["volumes"] == [
        {**bind, "read_only": True}
    ]


def test_what_is_built_gets_a_name_of_the_run() -> None:
    found = service({"image": "postgres:15", "build": {"context": "/code"}})
    assert found["image"] == "gate-x-candidate-api:1.2.3" and found["build"] == {
        "labels": {"built": "1"},
        "args": {"BUILDKIT_CACHE_MOUNT_NS": "gate-candidate"},
    }
    assert "tmpfs" not in found, "what it is, only its code knows"
    found = service({"image": "x"}, builds={"api": "/code/sub"})
    assert found["image"].startswith("gate-x-candidate-api:") and found["build"]["context"] == "/code/sub"


def test_names_that_fit_alike_are_told_apart() -> None:
    built = {"build": {"context": "/code"}}
    services = rendered({"services": dict.fromkeys(("api", "API", "_w", "w", "a.b", "a-b", "a__b"), built)})[
        "services"
    ]
    images = [one["image"] for name, one in services.items() if name != PLAYBACK]
    assert len(set(images)) == len(images) == 7
    assert all(re.fullmatch(r"gate-x-candidate-[a-z0-9]+(-[a-z0-9]+)*:1\.2\.3", image) for image in images), (
        images
    )


def test_an_image_that_another_service_builds_is_the_sides_own() -> None:
    model = {"services": {"api": {"image": "app", "build": {"context": "/code"}}, "worker": {"image": "app"}}}
    services = rendered(model)["services"]
    assert services["worker"]["image"] == services["api"]["image"] == "gate-x-candidate-api:1.2.3"
    assert "build" not in services["worker"]


def test_nothing_is_started_again() -> None:
    found = service({"image": "x", "deploy": {"restart_policy": {"condition": "any"}}})
    assert found["restart"] == "no" and found["deploy"] == {"restart_policy": {"condition": "none"}}


@pytest.mark.parametrize("text", ["😀", "\x7f", "\x85 \u2028", "\ufeff", "a\nb\tc", "$$ {{ }} <&'\""])
def test_what_is_written_is_what_yaml_reads(text: str) -> None:
    assert yaml.safe_load(overlay_module.as_yaml({"a": text})) == {"a": text}


@pytest.mark.parametrize(
    ("start_interval", "interval"), [(True, {"start_interval": "200ms"}), (False, {"interval": "500ms"})]
)
def test_health_is_asked_for_quickly(start_interval: bool, interval: dict[str, str]) -> None:
    check = {"test": ["CMD", "true"], "interval": "30s"}
    found = service({"image": "x", "healthcheck": check}, start_interval=start_interval)["healthcheck"]
    assert interval.items() <= found.items() and "test" not in found
    for none in ({}, {"healthcheck": {"disable": True}}):
        assert "healthcheck" not in service({"image": "x", **none})


@pytest.mark.parametrize(
    ("image", "kind"),
    [
        ("postgres", "postgres"),
        ("postgres:15-alpine", "postgres"),
        ("registry.example:5000/library/postgres@sha256:12", "postgres"),
        ("postgis/postgis:15", "postgres"),
        ("timescale/timescaledb:2.1-pg15", "postgres"),
        ("rediscommander/redis-commander", None),
        ("redis/redis-stack", None),
        ("postgres-exporter", None),
        ("mariadb:10", "mysql"),
        ("redis:7", "redis"),
        ("valkey/valkey", "redis"),
        ("postgrest/postgrest", None),
        ("redislabs/redisinsight", None),
        ("python:3.11", None),
        ("", None),
    ],
)
def test_server_of(image: str, kind: str | None) -> None:
    assert server_of(image) == kind


def test_ports_of_servers() -> None:
    assert [port_of(kind) for kind in ("postgres", "mysql", "redis")] == [5432, 3306, 6379]


@pytest.mark.parametrize(
    ("given", "command"),
    [
        pytest.param({}, ["postgres", "-c", "fsync=off"], id="as it is"),
        pytest.param({"command": ["-c", "a=b"]}, ["postgres", "-c", "a=b", "-c", "fsync=off"], id="options"),
        pytest.param({"command": ["postgres", "-c", "a=b"]}, ["postgres", "-c", "a=b", "-c"], id="whole"),
        pytest.param({"command": ["sh", "-c", "exec postgres"]}, None, id="of its own"),
    ],
)
def test_a_database_is_thrown_away(given: dict[str, Any], command: list[str] | None) -> None:
    data = {"type": "volume", "source": "data", "target": "/var/lib/postgresql/data"}
    found = service({"image": "postgres:15", "volumes": [data], "tmpfs": ["/run"], **given})
    assert found["tmpfs"] == ["/run", "/var/lib/postgresql/data"] and found["volumes"] == []
    assert found.get("command", [])[: len(command or [])] == (command or [])
    assert ("command" in found) is (command is not None)


@pytest.mark.parametrize(
    ("image", "known"),
    [
        ("docker.io/library/redis:7", True),
        ("redis@sha256:12", True),
        ("valkey/valkey", True),
        ("bitnami/redis:7", False),
        ("registry.example:5000/redis", False),
    ],
)
def test_only_official_images_are_given_a_command(image: str, known: bool) -> None:
    assert ("command" in service({"image": image})) is known
    assert "command" in service({"image": image, "command": ["redis-server", "--port", "1"]})


@pytest.mark.parametrize(
    ("image", "data"),
    [
        ("postgres:15-alpine", ["/var/lib/postgresql/data"]),
        ("timescale/timescaledb:2.1-pg15", ["/var/lib/postgresql/data"]),
        ("postgres:18", ["/var/lib/postgresql"]),
        ("postgres", None),
        ("postgres:latest", None),
    ],
)
def test_where_postgres_keeps_its_data(image: str, data: list[str] | None) -> None:
    assert service({"image": image}).get("tmpfs") == data


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, {"mem_limit": "4g", "pids_limit": 4096}),
        ({"mem_limit": "1g"}, {"pids_limit": 4096}),
        (
            {"deploy": {"resources": {"limits": {"cpus": "0.5"}}}},
            {"deploy": {"resources": {"limits": {"memory": "4g", "pids": 4096}}}},
        ),
        (
            {"deploy": {"resources": {"limits": {"memory": "1g"}}, "replicas": 3}},
            {"deploy": {"resources": {"limits": {"pids": 4096}}, "replicas": 1}, "scale": 1},
        ),
        ({"scale": 2, "mem_limit": "1g", "pids_limit": 5}, {"scale": 1, "deploy": {"replicas": 1}}),
    ],
    ids=["none", "memory", "under deploy", "replicas", "scale"],
)
def test_limits_stand_where_the_file_has_its_own(given: dict[str, Any], found: dict[str, Any]) -> None:
    keys = ("mem_limit", "pids_limit", "deploy", "scale")
    changed = service({"image": "x", **given})
    assert {key: changed[key] for key in keys if key in changed} == found


def test_a_name_of_the_outside_world_is_the_playback_servers() -> None:
    networks = {"front": {"aliases": ["pay.example", "shop"]}}
    assert service({"image": "x", "networks": networks})["networks"] == {NETWORK: {"aliases": ["shop"]}}
