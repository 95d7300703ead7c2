"""Good files become Settings; bad ones of any kind raise RequestError and nothing else."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gate.config import (
    Compare,
    Messages,
    Migration,
    Observe,
    Rows,
    Service,
    Settings,
    Settle,
    Stimuli,
    Store,
    Warmup,
    fill,
)
from gate.config.load import load
from gate.config.schema import json_schema
from gate.config.source import parse
from gate.errors import RequestError

MINIMAL = (
    "version: 1\nservice: s\nenvironments: {process: {services: {api: {command: run it}}}}\nbundles: [b]\n"
)
FULL = """\
version: 1
service: billing
environments:
  process:
    services:
      api:
        command: '{python} -m billing "two words" --key=${KEY}'
        ready: /healthz?full=1
        env: {DB: "sqlite:///{state}/x.db", AUTH: "Bearer ${TOKEN}", ODD: "$${HOME} {{x}} {\\"a\\":1}", NONE: ""}
        cwd: services/api
        start_timeout: 1.5
      worker: {command: [node, w.js, "", "{api.port}"]}
migrate: [{service: api, run: "x {state}"}]
stimuli: {to: worker, order: serial, pace: recorded, timeout: 5m}
settle: {quiet: 0, timeout: 250ms}
state: [{store: db, kind: sqlite, path: "{state}/x.db"}]
warmup: [{request: GET /healthz, times: 3}, {request: HEAD /}]
outward: {playback: strict, hosts: [Payments.Example]}
observe:
  responses: {headers: [Content-Type, X-Id]}
  rows: [{table: t}, {store: db, table: u, key: [a, b]}]
  messages: [{kind: outbox, table: o, order_by: id, key: k, published: p}]
compare:
  ignore: ["$.headers.date", "$..id", "$.a['x-y'][0][*].*"]
  tolerance: {time: 1h, number: 0.01}
  highlight: [$, "$.status"]
bundles: [b, ../c.repro, /srv/d]
"""
ENVIRON = {"KEY": "k e'y", "TOKEN": "{port}-${X}", "UNUSED": "other"}


def read(folder: Path, text: str | bytes, environ: dict[str, str] | None = None) -> Settings:
    path = folder / "gate.yml"
    path.write_bytes(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)
    return load(path, environ or {})


def test_the_smallest_file_gets_the_defaults_of_settings(tmp_path: Path) -> None:
    assert read(tmp_path, MINIMAL) == Settings(
        root=tmp_path,
        service="s",
        services={"api": Service(name="api", command=("run", "it"))},
        stimuli=Stimuli(to="api"),
        bundles=("b",),
    )


def test_every_key_arrives(tmp_path: Path) -> None:
    got = read(tmp_path, FULL, ENVIRON)
    api, worker = got.services["api"], got.services["worker"]
    assert api.command == ("{python}", "-m", "billing", "two words", "--key=k e'y")
    assert (api.ready, api.cwd, api.start_timeout) == ("/healthz?full=1", "services/api", 1.5)
    assert worker == Service(name="worker", command=("node", "w.js", "", "{api.port}"))
    assert got.migrate == (Migration(service="api", run=("x", "{state}")),)
    assert got.stimuli == Stimuli(to="worker", order="serial", pace="recorded", timeout=300.0)
    assert got.settle == Settle(quiet=0.0, timeout=0.25)
    assert got.stores == (Store(store="db", kind="sqlite", path="{state}/x.db"),)
    assert got.warmup == (Warmup(method="GET", path="/healthz", times=3), Warmup(method="HEAD", path="/"))
    assert got.outward == ("payments.example",)
    assert got.observe == Observe(
        headers=("content-type", "x-id"),
        rows=(Rows(store="db", table="t"), Rows(store="db", table="u", key=("a", "b"))),
        messages=(Messages(store="db", table="o", order_by="id", key="k", published="p"),),
    )
    assert got.compare == Compare(
        ignore=("$.headers.date", "$..id", "$.a['x-y'][0][*].*"),
        time=3600.0,
        number=0.01,
        highlight=("$", "$.status"),
    )
    assert got.bundles == ("b", "../c.repro", "/srv/d")
    assert got.secrets == {"KEY": "k e'y", "TOKEN": "{port}-${X}"}


def test_what_the_file_itself_says_to_be_a_credential(tmp_path: Path) -> None:
    text = FULL.replace("env: {", "env: {PAY_KEY: sk_test_1234, PAY_URL: 'http://x.example', ", 1)
    assert read(tmp_path, text, ENVIRON).credentials == {"PAY_KEY": "sk_test_1234"}


def test_a_secret_that_looks_like_a_placeholder_stays_itself(tmp_path: Path) -> None:
    env = read(tmp_path, FULL, ENVIRON).services["api"].env
    values = {"port": "8000", "state": "/tmp/s"}
    assert {name: fill(text, values) for name, text in env.items()} == {
        "DB": "sqlite:////tmp/s/x.db",
        "AUTH": "Bearer {port}-${X}",
        "ODD": '${HOME} {x} {"a":1}',
        "NONE": "",
    }


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    got = read(tmp_path, FULL, ENVIRON)
    for mapping in (got.services, got.services["api"].env, got.secrets):
        with pytest.raises(TypeError):
            mapping["x"] = "y"  # type: ignore[index]


def test_no_rows_is_not_the_same_as_rows_unset(tmp_path: Path) -> None:
    assert read(tmp_path, MINIMAL + "observe: {}\n").observe.rows is None
    assert read(tmp_path, MINIMAL + "observe: {rows: []}\n").observe.rows == ()


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + MINIMAL,
        MINIMAL.replace("\n", "\r\n"),
        "---\n" + MINIMAL + "...\n",
        "%YAML 1.1\n---\n" + MINIMAL,
    ],
    ids=["BOM", "CRLF", "document marks", "directive"],
)
def test_ways_to_write_a_file(text: str, tmp_path: Path) -> None:
    assert read(tmp_path, text).service == "s"


def test_aliases_stand_for_what_they_name(tmp_path: Path) -> None:
    text = MINIMAL.replace("{api: {command: run it}}", "{a: &a {command: run}, b: *a}") + "stimuli: {to: b}\n"
    got = read(tmp_path, text)
    assert got.services["a"].command == got.services["b"].command == ("run",)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For laws: Hypothesis shares it between examples."""
    return tmp_path_factory.mktemp("laws")


slow = settings(deadline=None)
KEYS = sorted(
    {key for part in [json_schema(), *json_schema()["$defs"].values()] for key in part["properties"]}
)
TEXTS = st.sampled_from(
    [*KEYS, "api", "db", "x", "{port}", "${KEY}", "${", "$", "$.a", "GET /", "10s", "1", ""]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(TEXTS | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


def tries(folder: Path, text: str | bytes) -> str:
    try:
        read(folder, text, {"KEY": "hunter2-hunter2"})
    except RequestError as error:
        assert "\n" not in str(error)
        assert str(error).isprintable()
        return str(error)
    return ""


@slow
@given(st.binary(max_size=200))
def test_any_bytes(folder: Path, raw: bytes) -> None:
    tries(folder, raw)


@slow
@given(st.text(max_size=200) | st.text(alphabet="abc:-[]{}&*!|>'\"#%@`?,~ \n\t$01_.", max_size=60))
def test_any_text(folder: Path, text: str) -> None:
    tries(folder, text)


@slow
@given(VALUES)
def test_any_data(folder: Path, data: Any) -> None:
    tries(folder, json.dumps(data))


def places(node: Any) -> list[tuple[Any, Any]]:
    inner = (
        list(node.items())
        if isinstance(node, dict)
        else list(enumerate(node))
        if isinstance(node, list)
        else []
    )
    return [(node, key) for key, _ in inner] + [place for _, value in inner for place in places(value)]


GOOD: dict[str, Any] = {
    "version": 1,
    "service": "s",
    "environments": {
        "process": {
            "services": {"api": {"command": ["x", "{port}"], "env": {"A": "${KEY}", "B": "hunter3"}}}
        },
        "compose": {
            "services": {"api": {"port": 80, "ready": "/", "env": {"A": "${KEY}", "B": "hunter3"}}},
            "env": {"C": "hunter3", "D": "${KEY}"},
            "state": [{"store": "db", "kind": "postgres", "service": "db"}],
            "allow": [{"service": "db", "what": "mount /srv"}],
        },
    },
    "migrate": [{"service": "api", "run": "x"}],
    "stimuli": {"to": "api", "timeout": "5s"},
    "state": [{"store": "db", "kind": "sqlite", "path": "{state}/x"}],
    "warmup": [{"request": "GET /", "times": 1}],
    "outward": {"hosts": ["a.b"]},
    "observe": {
        "rows": [{"table": "t"}],
        "messages": [{"kind": "outbox", "table": "t", "order_by": "a", "key": "b"}],
    },
    "compare": {"ignore": ["$.a"], "tolerance": {"time": 1, "number": 0.5}},
    "bundles": ["b"],
}


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_change_of_a_good_file_shows_no_secret(folder: Path, data: st.DataObject) -> None:
    changed = json.loads(json.dumps(GOOD))
    for _ in range(data.draw(st.integers(1, 2))):
        where, key = data.draw(st.sampled_from(places(changed)))
        if isinstance(where, dict) and data.draw(st.booleans()):
            where[data.draw(TEXTS)] = where.pop(key)
        else:
            where[key] = data.draw(VALUES)
    message = tries(folder, json.dumps(changed))
    assert "hunter2" not in message
    assert "hunter3" not in message


@pytest.mark.parametrize("text", [MINIMAL, FULL], ids=["smallest", "full"])
def test_good_files_pass_the_published_schema(text: str) -> None:
    jsonschema_rs.Draft202012Validator(json_schema()).validate(parse(text.encode(), "gate.yml").data)
