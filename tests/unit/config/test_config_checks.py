"""What people get to read for a mistake in the environment of containers, or between it and that of processes."""

from pathlib import Path

import pytest

from gate.config.load import load
from gate.errors import RequestError

SECRET = "s3cr3t-value-of-prod"
PORT = "3:42: port is missing in environments.compose.services.api: the one that it listens on inside"
S = "environments.compose.services.api"


def compose(services: str = "{api: {port: 80}}", compose: str = "", rest: str = "") -> str:
    """A file for containers: line 3 has the services, 4 more of the environment, 5 more of the file."""
    return (
        "version: 1\nservice: s\n"
        f"environments: {{compose: {{services: {services},\n{compose}}}}}\n{rest}\nbundles: [b]\n"
    )


def both(rest: str, process: str = "api: {command: x}", more: str = "") -> str:
    """A file for both environments, of which line 6 has more of the file."""
    return (
        f"version: 1\nservice: s\nenvironments:\n  process: {{services: {{{process}}}}}\n"
        f"  compose: {{services: {{api: {{port: 80}}}}{more}}}\n{rest}\nbundles: [b]\n"
    )


DB, CACHE = "{store: db, kind: postgres, service: db}", "{store: cache, kind: redis, service: cache}"
BAD = {
    # services
    "port of the only service": (compose("{api: {}}"), PORT),
    "port of the one that gets the requests": (
        compose("{api: {}, worker: {}}", rest="stimuli: {to: api}"),
        PORT,
    ),
    "port of one that is asked": (
        compose("{web: {port: 80}, worker: {ready: /}}", rest="stimuli: {to: web}"),
        "3:62: port is missing in environments.compose.services.worker: the one that it listens on inside",
    ),
    "port without a value": (
        compose("{api: {port: }}"),
        f"3:43: {S}.port has no value; write one, or remove it",
    ),
    "port 0": (compose("{api: {port: 0}}"), f"3:49: {S}.port must be at least 1; got 0"),
    "command of a container": (
        compose("{api: {port: 80, command: x}}"),
        f"3:53: unknown key 'command' in {S}; known keys: build, env, port, ready, start_timeout",
    ),
    "several services": (
        compose("{api: {}, web: {}}"),
        "3:26: stimuli.to is missing: there are several services (api, web), say which one gets the requests",
    ),
    "build from outside": (
        compose("{api: {port: 80, build: ../x}}"),
        f"3:60: {S}.build must be a path inside the repository: relative, with '/', without '..'; got '../x'",
    ),
    "file from outside": (
        compose(compose="file: /etc/compose.yml"),
        "4:7: environments.compose.file must be a path inside the repository: relative, with '/', without '..'; "
        "got '/etc/compose.yml'",
    ),
    "reach": (
        compose(compose="reach: host"),
        "4:8: environments.compose.reach must be 'auto', 'address' or 'loopback'; got 'host'",
    ),
    # in one environment only
    "stimuli to a service of one environment": (
        both("stimuli: {to: web}", "api: {command: x}, web: {command: x}"),
        "6:15: unknown service 'web' of the environment compose in stimuli.to; services: api",
    ),
    "migrate of a service of one environment": (
        both("migrate: [{service: w, run: x}]\nstimuli: {to: api}", "api: {command: x}, w: {command: x}"),
        "6:21: unknown service 'w' of the environment compose in migrate[0].service; services: api",
    ),
    "migrate of no service of either": (
        both("migrate: [{service: apo, run: x}]"),
        "6:21: unknown service 'apo' in migrate[0].service; did you mean 'api'?",
    ),
    "rows of a store of one environment": (
        both(
            "state: [{store: a, kind: sqlite, path: a}]\nobserve: {rows: [{store: a, table: t}]}",
            more=f", state: [{DB}]",
        ),
        "7:26: unknown store 'a' of the environment compose in observe.rows[0].store; stores: db",
    ),
    # state
    "a file in containers": (
        compose(rest="state: [{store: db, kind: sqlite, path: x}]"),
        "5:27: sqlite is read in the environment process only; list the databases of containers under "
        "environments.compose.state",
    ),
    "a server for both environments": (
        both(f"state: [{DB}]"),
        "6:27: postgres is read in the environment compose only; move it to environments.compose.state",
    ),
    "service missing": (
        compose(compose="state: [{store: db, kind: postgres}]"),
        "4:9: service is missing in environments.compose.state[0]; postgres needs it",
    ),
    "path of a server": (
        compose(rest=f"state: [{DB[:-1]}, path: x}}]"),
        "5:50: state[0].path means nothing to postgres",
    ),
    "keys of a database": (
        compose(rest=f"state: [{DB[:-1]}, keys: [a]}}]"),
        "5:50: state[0].keys means nothing to postgres",
    ),
    "keys that are none": (
        compose(rest=f"state: [{CACHE[:-1]}, keys: []}}]"),
        "5:59: state[0].keys must not be empty",
    ),
    "database of a cache": (
        compose(rest=f"state: [{CACHE[:-1]}, database: main}}]"),
        "5:63: state[0].database must be a number in quotes such as '1', as redis counts its databases",
    ),
    "service that Compose does not take": (
        compose(rest="state: [{store: db, kind: postgres, service: a b}]"),
        "5:46: state[0].service must be a service's name: letters, digits, '.', '_' or '-'; got 'a b'",
    ),
    "store twice": (
        compose(compose=f"state: [{DB}, {DB}]"),
        "4:59: 'db' is listed twice in environments.compose.state",
    ),
    "rows of a cache": (
        compose(rest=f"state: [{DB}, {CACHE}]\nobserve: {{rows: [{{store: cache, table: keys}}]}}"),
        "6:26: observe.rows[0].store: 'cache' is a cache, which has no tables",
    ),
    "rows without a store": (
        compose(rest=f"state: [{CACHE}]\nobserve: {{rows: [{{table: t}}]}}"),
        "6:18: store is missing in observe.rows[0]: there are only caches under state",
    ),
    "rows without a store in containers": (
        both(
            "state: [{store: db, kind: sqlite, path: x}]\nobserve: {rows: [{table: t}]}",
            more=f", state: [{CACHE}]",
        ),
        "7:18: store is missing in observe.rows[0]: there are only caches under environments.compose.state",
    ),
    # what is filled in
    "state folder": (
        compose("{api: {port: 80, env: {A: '{state}/x'}}}"),
        f"3:62: {{state}} in {S}.env.A: a container has no folder of the gate's; say under state which databases "
        "it uses",
    ),
    "state folder in a migration of both": (
        both("migrate: [{service: api, run: 'x {state}'}]"),
        "6:31: {state} in migrate[0].run: a container has no folder of the gate's; say under state which databases "
        "it uses",
    ),
    "URL of a service without a port": (
        compose("{api: {port: 80, env: {A: '{db.url}'}}, db: {}}", rest="stimuli: {to: api}"),
        f"3:62: {{db.url}} in {S}.env.A: set environments.compose.services.db.port, the port inside",
    ),
    "own port of a service without one": (
        compose("{api: {port: 80}, w: {env: {A: '{port}'}}}", rest="stimuli: {to: api}"),
        "3:67: {port} in environments.compose.services.w.env.A: set environments.compose.services.w.port, the port "
        "inside",
    ),
    "port of the compose file": (
        compose(compose="env: {A: '{port}'}"),
        "4:10: {port} in environments.compose.env.A: no service's own port is meant here; name the service, as in "
        "{api.port}",
    ),
    "placeholder": (
        compose(compose="env: {A: '{hunter2}'}"),
        "4:10: unknown placeholder in environments.compose.env.A; known: python, api.port, api.url; {{...}} is literal",
    ),
    "variable of the compose file": (
        compose(compose="env: {A: '${NOPE}'}"),
        "4:10: ${NOPE} in environments.compose.env.A: the variable NOPE is not set; set it for the gate",
    ),
    "variable in the wrong place": (
        compose(compose="file: '${PROD}.yml'"),
        "4:7: environments.compose.file holds a ${NAME}, which is read in commands and env only",
    ),
    "value of the compose file": (
        compose(compose="env: {PIN: 1234}"),
        "4:12: environments.compose.env.PIN must be text; quote it",
    ),
    "Docker's own variable": (
        compose(compose="env: {DOCKER_HOST: 'tcp://x'}"),
        "4:7: environments.compose.env.DOCKER_HOST would steer Docker itself; rename the variable, in the compose "
        "file as well",
    ),
    "variable of Compose": (
        compose(compose="env: {A: b, COMPOSE_FILE: x.yml}"),
        "4:13: environments.compose.env.COMPOSE_FILE would steer Docker itself; rename the variable, in the compose "
        "file as well",
    ),
    # what is let through
    "allowed for nobody": (
        compose(compose="allow: [{what: privileged}]"),
        "4:9: service is missing in environments.compose.allow[0]",
    ),
    "allowed for what is no service": (
        compose(compose="allow: [{service: 'api: db', what: privileged}]"),
        "4:19: environments.compose.allow[0].service must be a service's name: letters, digits, '.', '_' or '-'; "
        "got 'api: db'",
    ),
    "allowed twice": (
        compose(compose="allow: [{service: a, what: x}, {service: b, what: x}, {service: a, what: x}]"),
        "4:74: 'x' is listed twice in environments.compose.allow",
    ),
    "never allowed": (
        compose(compose="allow: [{service: api, what: build secrets}]"),
        "4:30: environments.compose.allow[0].what: 'build secrets' is never let through; a build gets no secret",
    ),
}


def error(text: str, environment: str | None = None) -> str:
    Path("gate.yml").write_text(text)
    with pytest.raises(RequestError) as caught:
        load(Path("gate.yml"), {"PROD": SECRET}, environment)
    return str(caught.value)


@pytest.mark.parametrize(("text", "line"), BAD.values(), ids=BAD.keys())
def test_each_mistake_has_one_line_with_its_place(
    text: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert error(text) == f"gate.yml:{line}"


@pytest.mark.parametrize("environment", ["process", "compose"])
def test_variables_are_needed_in_the_environment_that_is_chosen(
    environment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = both("", "api: {command: 'x ${OF_PROCESS}'}", ", env: {A: '${OF_COMPOSE}'}")
    name = f"OF_{environment.upper()}"
    assert f"the variable {name} is not set" in error(text, environment)
    assert load(Path("gate.yml"), {name: SECRET}, environment).secrets == {name: SECRET}


def test_what_is_wrong_in_the_other_environment_is_wrong_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "did you mean {port}?" in error(both("", "api: {command: 'x {prot}'}"), "compose")


def test_an_environment_that_the_file_does_not_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    expected = "gate.yml:3:15: process is not under environments; it has compose"
    assert error(compose(), "process") == expected
