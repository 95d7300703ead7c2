"""What gate.yml lets through, and what a side in containers is made of."""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from gate.config import Compose, Container, Migration, Redactor, Settings, Stimuli, Store
from gate.errors import RequestError
from gate.ports import ComposePlan, StartError
from gate.provision.compose_file import ComposeFile, read
from gate.provision.containers import (
    CONTROL,
    Marks,
    Reach,
    check,
    container_plan,
    filled_env,
    playback_settings,
)
from gate.provision.overlay import PLAYBACK

TEXT = """\
services:
  api:
    image: x
    privileged: true
    cap_add:
      - SYS_ADMIN
      - NET_ADMIN
  spy:
    image: x
    privileged: true
"""
MODEL: dict[str, Any] = {
    "name": "p",
    "services": {
        "api": {"image": "x", "privileged": True, "cap_add": ["SYS_ADMIN", "NET_ADMIN"]},
        "spy": {"image": "x", "privileged": True},
    },
}
ALL = (
    ("api", "privileged"),
    ("api", "cap_add SYS_ADMIN"),
    ("api", "cap_add NET_ADMIN"),
    ("spy", "privileged"),
)


NO_SECRETS = Redactor({})


def compose(**more: Any) -> Compose:
    return Compose(**{"file": "compose.yml", "services": {}, **more})


@pytest.fixture
def files(tmp_path: Path) -> list[ComposeFile]:
    (tmp_path / "compose.yml").write_text(TEXT)
    return read(tmp_path / "compose.yml", tmp_path)


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        (0, "compose.yml:4: api: privileged is refused"),
        (1, "compose.yml:6: api: cap_add SYS_ADMIN is refused"),
        (2, "compose.yml:7: api: cap_add NET_ADMIN is refused"),
        (3, "compose.yml:10: spy: privileged is refused"),
    ],
)
def test_each_thing_is_let_through_by_its_own_name(
    files: list[ComposeFile], tmp_path: Path, missing: int, said: str
) -> None:
    allow = tuple(one for number, one in enumerate(ALL) if number != missing)
    with pytest.raises(RequestError) as error:
        check(MODEL, files, tmp_path, compose(allow=allow), NO_SECRETS)
    assert str(error.value).startswith(said)
    hint = str(error.value).partition("be, add ")[2].partition(" to environments.compose.allow")[0]
    assert tuple(json.loads(hint).values()) == ALL[missing]


def test_what_is_let_through_is_told(files: list[ComposeFile], tmp_path: Path) -> None:
    allow = (*ALL, ("api", "mount /"), ("nobody", "privileged"))
    assert check(MODEL, files, tmp_path, compose(allow=allow), NO_SECRETS) == [
        f"{name}: {what}" for name, what in ALL
    ]


def test_a_secret_of_a_build_is_let_through_by_nothing(files: list[ComposeFile], tmp_path: Path) -> None:
    model = {"services": {"api": {"build": {"context": str(tmp_path), "ssh": ["default"]}}}}
    with pytest.raises(RequestError, match=r"compose.yml:2: api: build ssh is refused; "):
        check(model, files, tmp_path, compose(allow=(("api", "build ssh"),)), NO_SECRETS)


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("services:\n  spy:\n    image: registry.example/${KEY}:1", True),
        ("x-spy: &spy {image: 'registry.example/${KEY}:1'}\nservices:\n  spy: {<<: *spy}", True),
        ("services:\n  base: {image: 'registry.example/${KEY}:1'}\n  spy: {extends: base}", True),
        ("services:\n  spy:\n    image: registry.example/hunter2-hunter2:1", False),
    ],
    ids=["filled in", "merged", "extended", "written out"],
)
def test_a_registry_is_asked_for_no_secret(tmp_path: Path, text: str, refused: bool) -> None:
    (tmp_path / "compose.yml").write_text(text)
    files = read(tmp_path / "compose.yml", tmp_path)
    model = {"services": {"spy": {"image": "registry.example/hunter2-hunter2:1"}}}
    asked = partial(check, model, files, tmp_path, compose(), Redactor({"KEY": "hunter2-hunter2"}))
    if not refused:
        assert asked() == []
        return
    with pytest.raises(RequestError, match=r"spy: image registry.example/\[redacted:KEY\]:1 has a secret"):
        asked()


def settings(tmp_path: Path, **more: Any) -> Settings:
    given: dict[str, Any] = {
        "root": tmp_path,
        "service": "notes",
        "services": {},
        "stimuli": Stimuli(to="api"),
        "bundles": (),
        "outward": ("pay.example",),
        "compose": compose(
            services={
                "api": Container(
                    name="api",
                    port=8000,
                    ready="/",
                    env={"PAY": "{outward.pay.example}", "SELF": "{api.url}:{port}"},
                    start_timeout=5,
                )
            }
        ),
    }
    return Settings(**{**given, **more})


def planned(given: Settings, services: Mapping[str, Any], *, loopback: bool = False) -> ComposePlan:
    return container_plan(
        given,
        {"name": "p", "services": services},
        given.root,
        "p",
        Marks(labels={"run": "x"}, tag="t", image_labels={}, caches="c"),
        Reach(loopback=loopback, start_interval=True),
        {"image": "p", "command": [], "user": "0:0", "volumes": []},
    )


API = {"api": {"build": {"context": "/code"}}}
PG_ENV = {"POSTGRES_USER": "me", "POSTGRES_PASSWORD": "p$$w", "POSTGRES_DB": "notes"}
PG = {"db": {"image": "postgres:15", "environment": PG_ENV}}
DB = Store(store="main", kind="postgres", path="", service="db")


def test_the_plan_of_a_side(tmp_path: Path) -> None:
    given = settings(tmp_path, migrate=(Migration(service="api", run=("migrate", "{port}")),), stores=(DB,))
    plan = planned(given, {**API, **PG})
    assert plan.built == {"api": "p-api:t"} and plan.images == {"db": "postgres:15"}
    assert plan.migrations == (("api", ("migrate", "8000")),) and plan.target == "api"
    assert plan.services["api"].port == 8000 and plan.playback == PLAYBACK and plan.control == CONTROL
    api = next(one for one in plan.overlay["services"] if one["name"] == "api")
    assert api["changed"]["environment"] == {"PAY": "http://pay.example", "SELF": "http://api:8000:8000"}
    assert api["instead"]["ports"] == [] and plan.overlay["playback_ports"] == []


@pytest.mark.parametrize("loopback", [False, True])
def test_only_a_network_that_publishes_ports_is_not_internal(tmp_path: Path, loopback: bool) -> None:
    plan = planned(
        settings(tmp_path), {"api": {"image": "x"}, "db": {"image": "postgres:15"}}, loopback=loopback
    )
    assert plan.internal is not loopback and plan.overlay["internal"] is not loopback


def test_what_the_gate_reaches_is_published_where_there_are_no_addresses(tmp_path: Path) -> None:
    plan = planned(settings(tmp_path, stores=(DB,)), {**API, **PG}, loopback=True)
    ports = {
        one["name"]: [port["target"] for port in one["instead"]["ports"]] for one in plan.overlay["services"]
    }
    assert ports == {"api": [8000], "db": [5432]} and plan.overlay["playback_ports"][0]["target"] == CONTROL


@pytest.mark.parametrize(
    ("service", "database", "said"),
    [
        pytest.param(PG["db"], None, ("notes", "me", "p$w"), id="all"),
        pytest.param(PG["db"], "other", ("other", "me", "p$w"), id="another database"),
        pytest.param({"image": "x", "environment": {"POSTGRES_USER": "u"}}, None, ("u", "u", ""), id="user"),
        pytest.param({"image": "x"}, None, ("postgres", "postgres", ""), id="nothing"),
    ],
)
def test_who_is_let_into_postgres(
    tmp_path: Path, service: dict[str, Any], database: str | None, said: tuple[str, str, str]
) -> None:
    store = replace(DB, database=database) if database else DB
    (one,) = planned(settings(tmp_path, stores=(store,)), {**API, "db": service}).stores
    assert (one.database, one.user, one.password) == said and one.port == 5432


@pytest.mark.parametrize(
    ("command", "password"),
    [
        (None, ""),
        (["redis-server"], ""),
        (["redis-server", "--requirepass", "pw"], "pw"),
        ("redis-server --requirepass pw", "pw"),
        (["redis-server", "--requirepass"], ""),
    ],
    ids=["no command", "none", "list", "text", "without a word"],
)
def test_who_is_let_into_redis(tmp_path: Path, command: Any, password: str) -> None:
    store = Store(store="cache", kind="redis", path="", service="db", keys=("a:*",))
    services = {**API, "db": {"image": "redis:7", "command": command}}
    (one,) = planned(settings(tmp_path, stores=(store,)), services).stores
    assert (one.password, one.database, one.port, one.keys) == (password, "0", 6379, ("a:*",))


@pytest.mark.parametrize(
    ("services", "missing"), [({}, "api"), ({**API, "dbs": {}}, "db")], ids=["no api", "no store"]
)
def test_a_service_that_gate_yml_names_and_the_side_lacks(
    tmp_path: Path, services: dict[str, Any], missing: str
) -> None:
    with pytest.raises(
        StartError, match=rf"^compose\.yml: has no service {missing}, which gate\.yml names; it has"
    ):
        planned(settings(tmp_path, stores=(DB,)), services)


def test_a_service_without_an_address_of_its_own(tmp_path: Path) -> None:
    services = {"api": {"image": "x", "network_mode": "service:w"}, "w": {"image": "x"}}
    with pytest.raises(RequestError, match=r"api: network_mode service:w leaves it no address of its own"):
        planned(settings(tmp_path), services)


def test_a_placeholder_without_a_port(tmp_path: Path) -> None:
    given = settings(tmp_path)
    assert given.compose is not None
    given = replace(given, compose=replace(given.compose, env={"A": "{db.url}"}))
    with pytest.raises(RequestError, match=r"^gate\.yml: \{db\.url\} needs the port of its service"):
        filled_env(given)


def test_what_the_playback_server_is_told() -> None:
    told = json.loads(playback_settings("t", ["one"], ["/bundles/0"], True))
    assert told == {
        "token": "t",
        "control": CONTROL,
        "hosts": {"*": 80},
        "bundles": ["/bundles/0"],
        "scenarios": ["one"],
        "upstream": {},
    }
    assert json.loads(playback_settings("t", [], [], False))["hosts"] == {}
