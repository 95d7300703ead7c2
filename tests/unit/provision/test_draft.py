"""From a compose file to the draft of a gate.yml, whose text our own reader takes."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from gate.config import Settings
from gate.config.load import load
from gate.config.placeholders import fill
from gate.errors import RequestError
from gate.provision.compose_file import read
from gate.provision.draft import draft
from gate.provision.draft_text import gate_yml, numbered
from gate.provision.drafted import Draft


def _resolved(text: str, code: Path) -> Mapping[str, Any]:
    """As Compose would resolve the little of its syntax that these tests use."""
    model: dict[str, Any] = yaml.safe_load(text)
    for service in model["services"].values():
        if isinstance(build := service.get("build"), str):
            service["build"] = {"context": str(code / build)}
        ports = [str(one).partition("/") for one in service.get("ports", ())]
        service["ports"] = [
            {"target": int(port.split(":")[-1]), "protocol": protocol or "tcp"} for port, _, protocol in ports
        ]
        if isinstance(command := service.get("command"), str):
            service["command"] = shlex.split(command)
        volumes = [one.split(":") for one in service.get("volumes", ())]
        service["volumes"] = [
            {"type": "bind", "source": str(code / source), "target": target} for source, target in volumes
        ]
    return {"name": "shop", **model}


def _draft(code: Path, text: str, service: str | None = None, held: bool = True) -> Draft:
    (code / "compose.yml").write_text(text)
    files = read(code / "compose.yml", code)
    return draft(
        _resolved(text, code), files, code, "compose.yml", lambda _: held, ["bundles/first"], service
    )


def _loaded(made: Draft, code: Path) -> Settings:
    (code / "gate.yml").write_text(gate_yml(made))
    return load(code / "gate.yml", {})


SHOP = """services:
  web:
    build: .
    ports: ["80:8000"]
    environment: {STRIPE: "https://api.stripe.com/v1", DB: "postgres://db/x", HERE: "http://localhost:1/"}
    healthcheck: {test: ["CMD", "curl", "-f", "http://localhost:8000/up?full=1"]}
  worker: {build: ., command: work}
  db: {image: "postgres:15"}
  cache: {image: "redis:7-alpine"}
  mq: {image: "rabbitmq:3"}
  migrate: {build: ., command: manage migrate, environment: {KEY: "${KEY}"}}
"""


def test_an_ordinary_file_gives_settings_that_load(tmp_path: Path) -> None:
    settings = _loaded(_draft(tmp_path, SHOP), tmp_path)
    assert settings.compose is not None and settings.stimuli.to == "web"
    web = settings.compose.services["web"]
    assert (web.port, web.ready) == (8000, "/up?full=1")
    assert web.env == {"STRIPE": "{outward.api.stripe.com}/v1"}
    assert set(settings.compose.services) == {"web", "worker", "migrate"}
    assert [(store.store, store.kind, store.service) for store in settings.stores] == [
        ("db", "postgres", "db"),
        ("cache", "redis", "cache"),
    ]
    assert settings.outward == ("api.stripe.com",)
    assert [(one.service, tuple(one.run)) for one in settings.migrate] == [("migrate", ("manage", "migrate"))]
    assert settings.compose.env == {"KEY": "change-me"}
    assert settings.settle.quiet == 1.0


def test_what_is_left_to_a_person_is_said_with_its_line(tmp_path: Path) -> None:
    made = _draft(tmp_path, SHOP)
    assert any(one.startswith("KEY: it comes from outside (compose.yml:11)") for one in made.open)
    assert any(one.startswith("mq: rabbitmq runs on both sides") for one in made.open)
    assert any(one.startswith("worker: no port, so it seems to work by itself") for one in made.open)
    assert any("it listens on port 8000: 'ports' (compose.yml:4)" in one for one in made.guessed)


@pytest.mark.parametrize(
    ("address", "database"),
    [
        ("postgresql+psycopg://me:pass@db:5432/shop?sslmode=disable", "shop"),
        ("postgres://db/mine", None),
        ("postgres://elsewhere/shop", None),
        ("postgres://db/", None),
        ("postgres://db/no: name", None),
    ],
)
def test_which_database_is_used(tmp_path: Path, address: str, database: str | None) -> None:
    text = f"""services:
  web: {{build: ., ports: ['80:8000'], environment: {{URL: "{address}"}}}}
  db: {{image: "postgres:15", environment: {{POSTGRES_DB: mine}}}}"""
    made = _draft(tmp_path, text)
    (store,) = _loaded(made, tmp_path).stores
    assert store.database == (database or "") and "pass" not in gate_yml(made)
    assert database is None or any(
        "database shop is used: URL of web (compose.yml:2)" in one for one in made.guessed
    )


@pytest.mark.parametrize(
    ("address", "database"),
    [("redis://cache:6379/2", "2"), ("redis://cache/0", None), ("redis://cache/0 redis://cache/1", None)],
)
def test_which_number_of_a_cache_is_used(tmp_path: Path, address: str, database: str | None) -> None:
    text = f"""services:
  web: {{build: ., ports: ['80:8000'], environment: {{URL: "{address}"}}}}
  cache: {{image: "redis:7"}}"""
    (store,) = _loaded(_draft(tmp_path, text), tmp_path).stores
    assert store.database == (database or "")


@pytest.mark.parametrize(
    "other",
    [
        "{build: ., expose: ['81']}",
        "{build: ., ports: ['1:2']}",
        "{image: x}",
        "{build: ., command: migrate}",
    ],
    ids=["expose", "ports", "not ours", "migration"],
)
def test_what_does_not_work_by_itself_needs_no_pause(tmp_path: Path, other: str) -> None:
    text = f"services: {{web: {{build: ., ports: ['80:8000']}}, other: {other}}}"
    made = _draft(tmp_path, text)
    assert not made.background and "settle" not in gate_yml(made)


@pytest.mark.parametrize(
    ("text", "service", "front"),
    [
        ("services: {a: {build: ., ports: ['1:2']}, b: {image: x, ports: ['3:4']}}", None, "a"),
        ("services: {admin: {build: ., ports: ['1:2']}, api: {build: ., ports: ['3:4']}}", None, "api"),
        ("services: {z: {build: ., ports: ['1:2']}, y: {build: ., ports: ['3:4']}}", None, "z"),
        ("services: {z: {build: ., ports: ['1:2']}, y: {build: ., ports: ['3:4']}}", "y", "y"),
        ("services: {work: {build: .}, shop: {build: ., expose: ['81']}}", None, "shop"),
        ("services: {db: {image: postgres, ports: ['1:2']}, shop: {image: x, ports: ['3:4']}}", None, "shop"),
        ("services: {udp: {build: ., ports: ['1:2/udp']}, shop: {build: ., ports: ['3:4']}}", None, "shop"),
    ],
    ids=["built", "by name", "by order", "as asked", "exposed", "image", "not udp"],
)
def test_which_service_gets_the_requests(tmp_path: Path, text: str, service: str | None, front: str) -> None:
    assert _draft(tmp_path, text, service).front.name == front


@pytest.mark.parametrize(
    ("text", "service", "said"),
    [
        ("services: {}", None, "compose.yml: has no services"),
        (
            "services: {db: {image: postgres, ports: ['1:2']}}",
            None,
            "compose.yml: no service publishes a port",
        ),
        ("services: {a: {build: .}}", "b", "compose.yml: --service b: there is no such service; it has a"),
        ("services:\n  port: {build: ., ports: ['1:2']}", None, "compose.yml:2: port: cannot be named"),
    ],
    ids=["none", "only a database", "another", "a name of ours"],
)
def test_nothing_to_send_requests_to(tmp_path: Path, text: str, service: str | None, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        _draft(tmp_path, text, service)


@pytest.mark.parametrize(
    ("service", "dockerfile", "port", "why"),
    [
        ("{build: ., expose: ['7000']}", "EXPOSE 1", "7000", "'expose'"),
        ("{build: .}", "FROM x\nEXPOSE 1\nFROM y\nexpose \\\n 5000/tcp 6000", "5000", "EXPOSE"),
        ("{build: ., environment: {PORT: '9999'}}", "FROM x", "9999", "the variable PORT"),
        ("{build: ., command: gunicorn --bind 0.0.0.0:8123}", "FROM x", "8123", "its command"),
        ("{build: .}", "EXPOSE $PORT", "8000", "nothing says which"),
    ],
    ids=["expose", "dockerfile", "variable", "command", "nothing"],
)
def test_its_port(tmp_path: Path, service: str, dockerfile: str, port: str, why: str) -> None:
    (tmp_path / "Dockerfile").write_text(dockerfile)
    found = _draft(tmp_path, f"services: {{web: {service}}}", "web").target.port
    assert found is not None and found.text == port and found.why.startswith(why)


@pytest.mark.parametrize(
    ("test", "ready"),
    [
        ("curl -f http://localhost:8000/up || exit 1", "/up"),
        ("wget -q http://web:8000", "/"),
        ("curl http://localhost:9000/up", None),
        ("curl http://other:8000/up", None),
        ("pgrep python", None),
        ("curl http://localhost:8000/u\x1b[31m", None),
    ],
    ids=["localhost", "by its name", "another port", "another host", "no address", "hostile"],
)
def test_its_ready_path(tmp_path: Path, test: str, ready: str | None) -> None:
    text = yaml.safe_dump(
        {"services": {"web": {"build": ".", "ports": ["1:8000"], "healthcheck": {"test": test}}}}
    )
    found = _draft(tmp_path, text).target.ready
    assert (found.text if found else None) == ready


def test_the_healthcheck_of_a_dockerfile_counts(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(
        "EXPOSE 80\nHEALTHCHECK --interval=5s \\\n  CMD curl http://127.0.0.1/well\n"
    )
    found = _draft(tmp_path, "services: {web: {build: .}}").target.ready
    assert found is not None and found.text == "/well"


FILE = "services:\n  web:\n    build: .\n    ports: ['1:2']\n    env_file: .env\n    environment: {A: '1'}\n"


def test_a_file_of_variables_that_a_side_lacks_is_asked_for_and_its_values_stay_out(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=2\nPASSWORD=hunter2-hunter2\n")
    (tmp_path / ".env.example").write_text("LEVEL=info\nTOKEN=\n")
    made = _draft(tmp_path, FILE, held=False)
    text = gate_yml(made)
    assert "hunter2" not in text + "".join((*made.open, *made.guessed))
    assert {name: one.text for name, one in made.target.env.items()} == {
        "PASSWORD": "change-me",
        "LEVEL": "info",
        "TOKEN": "change-me",
    }
    assert any(one.startswith("compose.yml:5: .env is not part of the code") for one in made.open)


def test_a_file_of_variables_that_a_side_has_needs_nothing(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CALLS=https://pay.example/v2\n")
    made = _draft(tmp_path, FILE)
    assert not any(".env" in one for one in made.open)
    assert made.hosts == ("pay.example",)


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ("https://hooks.example/services/T00/Xy", "{outward.hooks.example}"),
        ("https://user:secret-of-mine@pay.example/v1", "{outward.pay.example}/v1"),
        ("https://pay.example/?key=secret-of-mine", "{outward.pay.example}"),
    ],
    ids=["capitals", "user", "query"],
)
def test_what_may_be_secret_in_an_address_stays_out(tmp_path: Path, value: str, seen: str) -> None:
    made = _draft(
        tmp_path, f"services: {{web: {{build: ., ports: ['1:2'], environment: {{CALLS: '{value}'}}}}}}"
    )
    assert made.target.env["CALLS"].text == seen
    text = gate_yml(made) + "".join((*made.open, *made.guessed))
    assert "secret-of-mine" not in text and "Xy" not in text


def test_what_is_refused_is_never_let_through(tmp_path: Path) -> None:
    made = _draft(
        tmp_path,
        "services:\n  web:\n    build: .\n    ports: ['1:2']\n    privileged: true\n    volumes: [/etc:/e, ./s:/s]\n",
    )
    settings = _loaded(made, tmp_path)
    assert settings.compose is not None and not settings.compose.allow
    assert any(one.startswith("compose.yml:5: web: privileged is refused") for one in made.open)
    assert any(one.startswith("compose.yml:6: web: mount /etc is refused") for one in made.open)
    text = (tmp_path / "gate.yml").read_text()
    let_through = text.replace("    # allow:", "    allow:").replace("    #   - {", "      - {")
    (tmp_path / "gate.yml").write_text(let_through)
    compose = load(tmp_path / "gate.yml", {}).compose
    assert compose is not None and ("web", "privileged") in compose.allow


def test_a_build_gets_no_variable(tmp_path: Path) -> None:
    text = "services:\n  web:\n    build: {context: ., args: {V: '${V}', SHA: }}\n    ports: ['1:2']\n"
    made = _draft(tmp_path, text)
    assert any(one.startswith("compose.yml:3: ${V} in a build") for one in made.open)
    assert any(one.startswith("compose.yml:3: SHA in a build") for one in made.open)


def test_hostile_texts_stay_comments_and_values(tmp_path: Path) -> None:
    word = 'x\n  evil: 1\u2028evil: 2\x85evil: 3\x1b[31m{port} ${HOME} "#'
    model = {
        "services": {
            "web": {"build": ".", "ports": ["1:2"]},
            word: {"image": "nginx"},
            "once": {"build": ".", "command": ["migrate", word]},
        }
    }
    made = _draft(tmp_path, yaml.safe_dump(model))
    (migration,) = _loaded(made, tmp_path).migrate
    assert fill(migration.run[1], {}).endswith('{port} ${HOME} "#')
    assert not any(line.lstrip().startswith("evil") for line in gate_yml(made).splitlines())
    assert "\x1b" not in gate_yml(made) + "".join(numbered([("", made.open), ("", made.guessed)]))
