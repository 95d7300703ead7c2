"""gate.yml for containers, as Settings."""

from pathlib import Path

import jsonschema_rs
import pytest

from gate.config import Compose, Container, Messages, Rows, Settings, Stimuli, Store, fill
from gate.config.load import load
from gate.config.schema import json_schema
from gate.config.source import parse

MINIMAL = "version: 1\nservice: s\nenvironments: {compose: {services: {api: {port: 80}}}}\nbundles: [b]\n"
FULL = """\
version: 1
service: billing
environments:
  process:
    services:
      api: {command: "x ${PROCESS_ONLY}", env: {PROCESS_KEY: of-process}}
  compose:
    file: deploy/compose.yml
    services:
      api:
        port: 8000
        ready: /healthz
        build: services/api
        start_timeout: 2m
        env: {URL: "{outward.payments.example} {worker.url} {port}", API_KEY: of-the-file, TOKEN: "${TOKEN}"}
      worker: {port: 9}
    env: {TAG: "{api.port}", PASSWORD: "p-${TOKEN}"}
    state:
      - {store: cache, kind: redis, service: 1cache, database: "1", keys: ["merchant:*"]}
      - {store: db, kind: postgres, service: db.primary, database: billing}
    allow: [{service: db.primary, what: mount /srv}]
    reach: loopback
migrate: [{service: api, run: "{python} -m migrate"}]
stimuli: {to: api}
state: [{store: db, kind: sqlite, path: "{state}/x.db"}]
outward: {hosts: [payments.example]}
observe:
  rows: [{table: t}]
  messages: [{kind: outbox, table: o, order_by: id, key: k}]
bundles: [b]
"""
ONE_SERVICE = FULL.replace("      worker: {port: 9}\n", "").replace(" {worker.url}", "")
ENVIRON = {"TOKEN": "t0ken-{port}", "PROCESS_ONLY": "x", "UNUSED": "other"}


def read(folder: Path, text: str, environment: str | None = None) -> Settings:
    (folder / "gate.yml").write_text(text)
    return load(folder / "gate.yml", ENVIRON, environment)


def test_the_smallest_file_gets_the_defaults_of_settings(tmp_path: Path) -> None:
    assert read(tmp_path, MINIMAL) == Settings(
        root=tmp_path,
        service="s",
        services={},
        compose=Compose(file="compose.yml", services={"api": Container(name="api", port=80)}),
        stimuli=Stimuli(to="api"),
        bundles=("b",),
    )


def test_every_key_of_the_environment_arrives(tmp_path: Path) -> None:
    got = read(tmp_path, ONE_SERVICE, "compose").compose
    assert got is not None
    api = got.services["api"]
    assert (api.port, api.ready, api.build, api.start_timeout) == (8000, "/healthz", "services/api", 120.0)
    assert (got.file, got.reach) == ("deploy/compose.yml", "loopback")
    assert got.allow == (("db.primary", "mount /srv"),)
    assert got.env == {"TAG": "{api.port}", "PASSWORD": "p-t0ken-{{port}}"}
    values = {"outward.payments.example": "http://payments.example", "port": "8000"}
    assert {name: fill(text, values) for name, text in api.env.items()} == {
        "URL": "http://payments.example 8000",
        "API_KEY": "of-the-file",
        "TOKEN": "t0ken-{port}",
    }


def test_containers_bring_their_own_databases(tmp_path: Path) -> None:
    got = read(tmp_path, ONE_SERVICE, "compose")
    assert got.stores == (
        Store(store="cache", kind="redis", service="1cache", database="1", keys=("merchant:*",)),
        Store(store="db", kind="postgres", service="db.primary", database="billing"),
    )
    assert got.observe.rows == (Rows(store="db", table="t"),)
    assert got.observe.messages == (Messages(store="db", table="o", order_by="id", key="k"),)


def test_databases_of_the_file_are_those_of_containers_too(tmp_path: Path) -> None:
    line = "state: [{store: db, kind: postgres, service: db}]\n"
    assert read(tmp_path, MINIMAL + line).stores == (Store(store="db", kind="postgres", service="db"),)


def test_containers_may_have_no_database_where_processes_do(tmp_path: Path) -> None:
    text = (
        MINIMAL.replace("{services", "{state: [], services") + "state: [{store: d, kind: sqlite, path: d}]\n"
    )
    assert (
        read(
            tmp_path, text.replace("compose: {", "process: {services: {api: {command: x}}}, compose: {")
        ).stores
        == ()
    )


@pytest.mark.parametrize(
    ("environment", "in_containers"), [(None, True), ("compose", True), ("process", False)]
)
def test_containers_are_taken_where_nobody_chooses(
    environment: str | None, in_containers: bool, tmp_path: Path
) -> None:
    got = read(tmp_path, ONE_SERVICE, environment)
    assert (got.compose is not None, not got.services) == (in_containers, in_containers)
    assert [store.kind for store in got.stores] == (["redis", "postgres"] if in_containers else ["sqlite"])


def test_processes_are_taken_where_there_is_nothing_else(tmp_path: Path) -> None:
    text = MINIMAL.replace("compose", "process").replace("port: 80", "command: x")
    assert read(tmp_path, text).compose is None


def test_secrets_and_credentials_are_those_of_the_environment(tmp_path: Path) -> None:
    containers = read(tmp_path, ONE_SERVICE, "compose")
    assert containers.secrets == {"TOKEN": "t0ken-{port}"}
    assert containers.credentials == {"API_KEY": "of-the-file"}
    processes = read(tmp_path, ONE_SERVICE, "process")
    assert processes.secrets == {"PROCESS_ONLY": "x"}
    assert processes.credentials == {"PROCESS_KEY": "of-process"}
    assert "t0ken" not in repr(containers)


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    got = read(tmp_path, MINIMAL).compose
    assert got is not None
    for mapping in (got.services, got.env, got.services["api"].env):
        with pytest.raises(TypeError):
            mapping["x"] = "y"  # type: ignore[index]


@pytest.mark.parametrize("text", [MINIMAL, FULL], ids=["smallest", "full"])
def test_good_files_pass_the_published_schema(text: str) -> None:
    jsonschema_rs.Draft202012Validator(json_schema()).validate(parse(text.encode(), "gate.yml").data)


@pytest.mark.parametrize("key", ["port", "ready", "build"])
def test_a_key_without_a_value_does_not_pass_it(key: str) -> None:
    text = MINIMAL.replace("{port: 80}", f"{{port: 80, {key}: }}" if key != "port" else "{port: }")
    schema = jsonschema_rs.Draft202012Validator(json_schema())
    assert not schema.is_valid(parse(text.encode(), "gate.yml").data)
