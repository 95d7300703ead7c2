"""Compose files of a hostile candidate, as the real Compose resolves them, and gates that are given them."""

import json
import os
import subprocess
from ast import literal_eval
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from gate.adapters.commands import Commands
from gate.adapters.compose_project import resolved
from gate.adapters.engine import Engine
from gate.adapters.registry import RunFile
from gate.config import Compose, Redactor
from gate.errors import RequestError
from gate.ports import StartError
from gate.provision import containers
from gate.provision.compose_file import check_variables, read
from tests.integration.boxes import APP, DOCKERFILE, Boxes
from tests.integration.harness import GITHUB_TOKEN, Done, eventually

pytestmark = pytest.mark.docker
NAMED = {"SHARED": "named-in-gate-yml"}


@pytest.fixture
def boxes(tmp_path: Path) -> Iterator[Boxes]:
    made = Boxes(tmp_path)
    made.gate_yml(compose='env: {SHARED: "named-in-gate-yml"}')
    yield made
    assert eventually(lambda: not made.leftovers()), made.leftovers()


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A side's folder, with what leads out of it."""
    folder = tmp_path / "code"
    (folder / "sub").mkdir(parents=True)
    (tmp_path / "secret").write_text("AWS=of-the-host")
    for name in ("link", "a$b"):
        (folder / name).symlink_to(tmp_path)
    (folder / "sub" / ".env").symlink_to(tmp_path / "secret")
    (folder / "sub" / "c.yml").write_text("services: {spy: {image: x, command: 'echo ${AWS:-}'}}")
    (folder / "sub" / "base.yml").write_text("services:\n  base:\n    image: x\n    privileged: true\n")
    (folder / "own.env").write_text("GITHUB_TOKEN\nHOME\nA=b\nC=${GITHUB_TOKEN:-nothing}\n")
    return folder


def judged(code: Path, text: str, *allow: tuple[str, str]) -> dict[str, Any]:
    """The model of a compose file as the gate takes it; raises what it raises."""
    (code / "compose.yml").write_text(text)
    run = RunFile(code.parent / "runs", "test")
    try:
        files = read(code / "compose.yml", code)
        check_variables(files, NAMED)
        engine = Engine({**os.environ, "GITHUB_TOKEN": GITHUB_TOKEN})
        model = resolved(engine, Commands(run), code, code / "compose.yml", "gate-x", NAMED)
        compose = Compose(file="compose.yml", services={}, env=NAMED, allow=allow)
        containers.check(model, files, code, compose, Redactor({}))
        return dict(model)
    finally:
        run.finish()


def api(*lines: str, top: str = "") -> str:
    return "services:\n  api:\n    image: x\n" + "".join(f"    {line}\n" for line in lines) + top


VOLUME = "volumes: [ 'data:/d' ]"


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        pytest.param(api("privileged: yes"), 4, "privileged", id="privileged"),
        pytest.param(api("network_mode: host"), 4, "network_mode host", id="network"),
        pytest.param(api("network_mode: 'container:x'"), 4, "network_mode container:x", id="container"),
        pytest.param(api("pid: host"), 4, "pid host", id="pid"),
        pytest.param(api("ipc: host"), 4, "ipc host", id="ipc"),
        pytest.param(api("uts: host"), 4, "uts host", id="uts"),
        pytest.param(api("userns_mode: host"), 4, "userns_mode host", id="userns"),
        pytest.param(api("cgroup: host"), 4, "cgroup host", id="cgroup"),
        pytest.param(api("cgroup_parent: /x"), 4, "key cgroup_parent", id="cgroup_parent"),
        pytest.param(api("runtime: nvidia"), 4, "key runtime", id="runtime"),
        pytest.param(api("cap_add:", "- A", "- SYS_ADMIN"), 5, "cap_add A", id="capability"),
        pytest.param(
            api("security_opt:", "- no-new-privileges:true", "- apparmor:unconfined"),
            6,
            "security_opt apparmor:unconfined",
            id="security",
        ),
        pytest.param(api("devices: ['/dev/kvm:/dev/x']"), 4, "devices /dev/kvm", id="device"),
        pytest.param(
            api("device_cgroup_rules: ['c 1:3 mr']"), 4, "device_cgroup_rules c 1:3 mr", id="device rule"
        ),
        pytest.param(api("external_links: [other]"), 4, "external_links other", id="external link"),
        pytest.param(api("volumes_from: ['container:x']"), 4, "volumes_from container:x", id="volumes_from"),
        pytest.param(
            api("extra_hosts: ['h:host-gateway']"), 4, "extra_hosts h=host-gateway", id="host gateway"
        ),
        pytest.param(
            api("extra_hosts:", "  h: host-gateway"), 5, "extra_hosts h=host-gateway", id="host gateway, map"
        ),
        pytest.param(
            api("deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}"),
            4,
            "deploy devices",
            id="deploy devices",
        ),
        pytest.param(api("pids_limit: -1"), 4, "pids_limit -1", id="pids"),
        pytest.param(api("oom_score_adj: -1000"), 4, "oom_score_adj -1000", id="oom"),
        pytest.param(api("volumes:", "- ./a:/a", "- /:/x"), 6, "mount /", id="root"),
        pytest.param(api("volumes:", "- ..:/x"), 5, "mount ../.", id="parent"),
        pytest.param(api("volumes:", "- ./link/secret:/x:ro"), 5, "mount ./link/secret", id="link"),
        pytest.param(api("volumes:", "- ./a$$b:/x"), 5, "mount ./a$b", id="link with a dollar sign"),
        pytest.param(
            api("volumes:", "- {type: bind, source: /var/run/docker.sock, target: /s}"),
            5,
            "mount /var/run/docker.sock",
            id="socket",
        ),
        pytest.param(
            api(VOLUME, top="volumes: {data: {external: true}}"),
            4,
            "external volume data",
            id="external volume",
        ),
        pytest.param(
            api(VOLUME, top="volumes: {data: {name: of_others}}"),
            4,
            "volume named of_others",
            id="their volume",
        ),
        pytest.param(
            api(VOLUME, top="volumes: {data: {driver_opts: {type: none, o: bind, device: /}}}"),
            4,
            "volume with a driver data",
            id="bind in disguise",
        ),
        pytest.param(
            api("secrets: [s]", top="secrets: {s: {file: ../secret}}"),
            4,
            "secret from outside s",
            id="secret",
        ),
        pytest.param(
            api("secrets: [s]", top="secrets: {s: {environment: GITHUB_TOKEN}}"),
            4,
            "secret from outside s",
            id="secret of a variable",
        ),
        pytest.param(
            api("configs: [{source: c, target: /c}]", top="configs: {c: {file: ./a$$b/secret}}"),
            4,
            "config from outside c",
            id="config",
        ),
        pytest.param(api("build: ..", top=""), 4, "build context ../.", id="context"),
        pytest.param(api("build: link"), 4, "build context ./link", id="linked context"),
        pytest.param(api("build: {context: ., dockerfile: ../secret}"), 4, "build file ../secret", id="file"),
        pytest.param(api("build: 'https://h.example/x.git'"), 4, "build context https", id="address"),
        pytest.param(api("build: github.com/a/b"), 4, "build context github.com/a/b", id="bare address"),
        pytest.param(
            api("build: {context: ., additional_contexts: {h: /etc}}"),
            4,
            "build context h",
            id="more contexts",
        ),
        pytest.param(
            api("build: {context: ., additional_contexts: ['h=oci-layout:///x']}"),
            4,
            "build context h",
            id="oci",
        ),
        pytest.param(api("build: {context: ., ssh: [default]}"), 4, "build ssh", id="ssh"),
        pytest.param(
            api("build: {context: ., secrets: [s]}", top="secrets: {s: {environment: GITHUB_TOKEN}}"),
            4,
            "build secrets",
            id="build secret",
        ),
        pytest.param(api("build: {context: ., network: host}"), 4, "build network host", id="build network"),
        pytest.param(
            api("build: {context: ., privileged: true}"), 4, "build privileged", id="build privileged"
        ),
        pytest.param(api("build: {context: ., tags: ['postgres:15']}"), 4, "build tags", id="tags"),
        pytest.param(
            api("build: {context: ., cache_to: ['type=local,dest=/x']}"), 4, "build cache_to", id="cache_to"
        ),
        pytest.param(
            api("build: {context: ., cache_from: ['Type=local,src=/x']}"),
            4,
            "build cache Type=",
            id="cache_from",
        ),
        pytest.param(
            api("build: {context: ., extra_hosts: ['h:host-gateway']}"),
            4,
            "build extra_hosts",
            id="build hosts",
        ),
        pytest.param("x-a: &x\n  pid: host\n" + api("<<: *x"), 2, "pid host", id="merge"),
        pytest.param(
            "x-a: &x\n  api: {image: x, pid: host}\nservices: {<<: *x}", 2, "pid host", id="all merged"
        ),
        pytest.param("services: {gate-playback: {image: x}}", 1, "gate-playback: services", id="own service"),
        pytest.param(
            api("networks: [gate]", top="networks:\n  gate: {name: bridge, external: true}"),
            6,
            "gate: networks",
            id="own network",
        ),
    ],
)
def test_what_compose_makes_of_it_is_refused(code: Path, text: str, line: int, what: str) -> None:
    with pytest.raises(RequestError) as error:
        judged(code, text)
    said = str(error.value)
    assert said.startswith(f"compose.yml:{line}: ") and f"{what}" in said.partition(" is refused")[0]
    assert "\n" not in said


def test_what_was_extended_is_refused_where_it_stands(code: Path) -> None:
    with pytest.raises(RequestError, match=r"^sub/base\.yml:4: api: privileged is refused"):
        judged(code, "services: {api: {extends: {file: sub/base.yml, service: base}}}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("include: [sub/c.yml]\nservices: {}", "compose.yml:1: include", id="linked .env"),
        pytest.param(
            api("build: {context: ., args: {A: !!binary JHtTSEFSRUR9}}"),
            "compose.yml:4: has the tag",
            id="binary",
        ),
        pytest.param("services: &s\n  <<: *s", "compose.yml:1: an alias that contains itself", id="itself"),
        pytest.param("a: " + "[" * 300_000, "compose.yml: nested deeper than", id="deep"),
        pytest.param(api("image: y"), "compose.yml: ", id="twice the same key"),
        pytest.param(api("nonsense: 1"), "compose.yml: ", id="unknown key"),
        pytest.param("services:\n  'a\"b': {image: x}", "compose.yml: ", id="name of a service"),
        pytest.param(api("provider: {type: x}"), "compose.yml: ", id="provider"),
        pytest.param("services: {api: }", "compose.yml: ", id="no service"),
    ],
)
def test_what_nobody_resolves(code: Path, text: str, said: str) -> None:
    with pytest.raises((RequestError, StartError)) as error:
        judged(code, text)
    assert str(error.value).startswith(said) and "\n" not in str(error.value)


def test_one_thing_is_let_through_and_no_other(code: Path) -> None:
    text = api("privileged: true", "volumes: ['./link:/a', '..:/b']")
    allow = [("api", "privileged"), ("api", "mount ./link"), ("api", "mount ../.")]
    assert judged(code, text, *allow)["services"]["api"]["privileged"] is True
    for left_out in allow:
        with pytest.raises(RequestError, match=left_out[1]):
            judged(code, text, *(one for one in allow if one != left_out))


def test_no_variable_of_the_gate_is_filled_in(code: Path) -> None:
    defaults = "environment: {A: '${GITHUB_TOKEN:-none}', P: '${PATH:-none}', S: $SHARED, T: $$HOME}"
    model = judged(code, api("env_file: own.env", defaults, "command: echo ${HOME:-none}"))
    found = model["services"]["api"]
    expected = {"A": "none", "P": "none", "S": "named-in-gate-yml", "T": "$$HOME", "C": "nothing"}
    assert found["environment"] == expected and found["command"] == ["echo", "none"]
    assert GITHUB_TOKEN not in json.dumps(model)


def written(boxes: Boxes, **service: Any) -> None:
    """The compose file of the candidate."""
    services = {"api": {"build": ".", **service}}
    (boxes.work / "candidate" / "compose.yml").write_text(yaml.safe_dump({"services": services}))


def refused(done: Done, what: str) -> None:
    assert done.code == 2 and len(done.errors) == 1, done.err
    assert done.errors[0].startswith("gate: candidate: compose.yml:") and what in done.errors[0]
    assert "Traceback" not in done.err and not (done.folder / "logs").exists()


def test_a_gate_starts_nothing_where_one_side_is_hostile(boxes: Boxes) -> None:
    candidate = boxes.work / "candidate"
    (candidate / "a$b").symlink_to("/")
    written(boxes, volumes=["./a$$b:/host"])
    refused(boxes.run(), 'add {"service": "api", "what": "mount ./a$b"}')
    written(boxes, volumes=["/etc/x\n\x1b[31mgate: pass:/host"])
    refused(boxes.run(), "is refused")
    written(boxes, environment=["GITHUB_TOKEN"])
    refused(boxes.run(), "api passes the variable GITHUB_TOKEN on from outside")
    written(boxes, build={"context": ".", "args": {"A": "${SHARED}"}})
    refused(boxes.run(), "${SHARED}: a build gets no variable from outside")


SPY = "import os\nfor name, value in os.environ.items():\n    print('SEEN', name, repr(value), flush=True)\n"
OWN = {"PATH", "HOSTNAME", "HOME", "LANG"}


def seen(done: Done, side: str) -> dict[str, str]:
    """What the service printed at start."""
    lines = (done.folder / "logs" / side / "api.log").read_text().splitlines()
    words = [line.split(" ", 2) for line in lines if line.startswith("SEEN ")]
    return {name: literal_eval(value) for _, name, value in words if not name.startswith("PIP_")}


def test_a_service_sees_what_is_named_and_nothing_else(boxes: Boxes) -> None:
    for name in ("baseline", "candidate"):
        (boxes.work / name / "app.py").write_text(SPY + APP)
        (boxes.work / name / ".env").write_text("FROM_DOTENV=1\nA=of-dotenv\n")
    (boxes.work / "candidate" / "own.env").write_text("GITHUB_TOKEN\nHOME_OF\nPROD_TOKEN\nSHARED\n")
    written(
        boxes,
        env_file="own.env",
        environment={"A": "${GITHUB_TOKEN:-none}", "B": "${A:-none}", "C": "${FROM_DOTENV:-none}"},
    )
    done = boxes.run()
    assert done.code == 0, done.err
    assert set(seen(done, "baseline")) - OWN == {"CHECKER"}
    found = seen(done, "candidate")
    assert set(found) - OWN == {"CHECKER", "A", "B", "C", "SHARED"}
    assert {found[name] for name in "ABC"} == {"none"} and found["SHARED"] == NAMED["SHARED"]
    assert not any(GITHUB_TOKEN in path.read_text(errors="replace") for path in done.folder.rglob("*.*"))


LOOK = """\
ARG GITHUB_TOKEN
ARG SHARED
ARG SSH_AUTH_SOCK
ARG DOCKER_CONFIG
COPY . /context
RUN (env; cd /context; find . -type f; find /run -type s; ls /run/secrets) >/seen 2>/dev/null; true
"""


@pytest.mark.parametrize("git", [True, False], ids=["in a repository", "in none"])
def test_a_build_sees_the_code_and_nothing_else(boxes: Boxes, git: bool) -> None:
    print_it = "print(*('SEEN ' + line.strip() for line in open('/seen')), sep='\\n', flush=True)\n"
    for name in ("baseline", "candidate"):
        folder = boxes.work / name
        (folder / "app.py").write_text(print_it + APP)
        (folder / "Dockerfile").write_text(DOCKERFILE.replace("COPY", LOOK + "COPY", 1))
        (folder / "node_modules").mkdir()
        for path in (".env", ".env.local", "node_modules/x", "secret.key"):
            (folder / path).write_text("nobody's business")
        (folder / ".gitignore").write_text(".env*\nnode_modules\nsecret.key\n" if git else "")
        if not git:
            (folder / "secret.key").unlink()
    if git:
        author = ["-c", "user.name=a", "-c", "user.email=a@b.example"]
        for words in (["init", "-q"], ["add", "."], [*author, "commit", "-qm", "one"]):
            subprocess.run(["git", *words], cwd=boxes.work, check=True)
    done = boxes.run(env={"SSH_AUTH_SOCK": "/nowhere"})
    assert done.code == 0, done.err
    for side in ("baseline", "candidate"):
        lines = (done.folder / "logs" / side / "api.log").read_text().splitlines()
        found = {line.removeprefix("SEEN ") for line in lines if line.startswith("SEEN ")}
        files = {line for line in found if line.startswith(("./", "/"))}
        assert files == {
            "./app.py", "./Dockerfile", "./compose.yml", "./switches.json", "./tables.sql", "./.gitignore"
        }  # fmt: skip
        names = {line.partition("=")[0] for line in found - files}
        assert {name for name in names if not name.startswith("PIP_")} <= {*OWN, "PWD", "SHLVL", "_"}, found
    assert GITHUB_TOKEN not in (done.folder / "logs" / "candidate" / "api.log").read_text()


def test_no_container_leaves_a_link_that_the_next_mount_follows(boxes: Boxes) -> None:
    """Of a folder whose name has a dollar, which Compose writes twice; what is looked at in its place leads nowhere."""
    outside, folder = boxes.home / "outside", boxes.work / "candidate"
    evil = {
        "build": ".",
        "command": ["sh", "-c", f"rm -rf /m/x; ln -s {outside} /m/x; true"],
        "volumes": ["./a$$b:/m"],
    }
    first = {"evil": {"condition": "service_completed_successfully"}}
    write = ["sh", "-c", "echo out > /host/file; exec python app.py"]
    api = {"build": ".", "depends_on": first, "volumes": ["./a$$b/x:/host"], "command": write}
    boxes.box("candidate", {"evil": evil}, api=api)
    (folder / "a$b" / "x").mkdir(parents=True)
    (folder / "a$b" / "x" / "file").touch()
    (folder / "a$$b").symlink_to("/nowhere")
    done = boxes.run()
    assert done.code == 0, done.err
    assert not outside.exists()


def test_builds_of_one_side_leave_the_other_nothing_in_a_cache(boxes: Boxes) -> None:
    number = os.urandom(8).hex()  # or a layer of an earlier run would do
    mount = f"RUN --mount=type=cache,target=/{number} "
    poison = f"{mount}echo poison > /{number}/lib\n"
    found = f"{mount}cat /{number}/lib >/seen 2>/dev/null; true\n"
    for name, line in (("candidate", poison), ("baseline", found)):
        boxes.box(name, dockerfile=DOCKERFILE + line)
        app = boxes.work / name / "app.py"
        app.write_text("print(*open('/seen'), flush=True)\n" * (name == "baseline") + app.read_text())
    boxes.box("plain")
    assert boxes.run("--baseline", "plain").code == 0, "the candidate's cache has it by now"
    done = boxes.run()
    assert done.code == 0, done.err
    assert "poison" not in (done.folder / "logs" / "baseline" / "api.log").read_text()


def test_a_folder_that_gate_yml_builds_is_the_sides_own(boxes: Boxes) -> None:
    settings = boxes.work / "gate.yml"
    settings.write_text(settings.read_text().replace("api: {", "api: {build: svc, "))
    for name in ("baseline", "candidate"):
        (boxes.work / name / "svc").mkdir()
        for file in ("app.py", "Dockerfile", "switches.json"):
            (boxes.work / name / file).rename(boxes.work / name / "svc" / file)
    (boxes.work / "candidate" / "svc").rename(boxes.home / "of-the-host")
    (boxes.work / "candidate" / "svc").symlink_to(boxes.home / "of-the-host")
    done = boxes.run()
    assert done.code == 2 and "svc" in done.errors[0], done.err


def test_a_service_does_not_see_the_proxies_of_the_machine(boxes: Boxes) -> None:
    config = boxes.home / "config"
    config.mkdir()
    (config / "cli-plugins").symlink_to(Path(boxes.env["DOCKER_CONFIG"]) / "cli-plugins")
    proxy = {"httpProxy": "http://user:of-the-machine@proxy.invalid:1"}
    (config / "config.json").write_text(json.dumps({"proxies": {"default": proxy}}))
    for name in ("baseline", "candidate"):
        (boxes.work / name / "app.py").write_text(SPY + APP)
    done = boxes.run(env={"DOCKER_CONFIG": str(config)})
    assert done.code == 0, done.err
    assert set(seen(done, "candidate")) - OWN == {"CHECKER"}


def test_no_variable_of_compose_is_filled_in(code: Path) -> None:
    (code / "own.env").write_text("DOCKER_CONFIG\nDOCKER_HOST\nA=${DOCKER_CONFIG:-none}\n")
    found = judged(code, api("env_file: own.env"))["services"]["api"]["environment"]
    assert found == {"A": "none"}


ODD = "\U0001f600 \u2028 \x7f \x85 {{ x }} {% x %} '\" * & ! $X ${HOME}"


def test_odd_signs_of_a_compose_file_come_through_as_they_are(boxes: Boxes) -> None:
    (boxes.work / "candidate" / "app.py").write_text(SPY + APP)
    written(boxes, environment={"OWN": ODD.replace("$", "$$")})
    done = boxes.run()
    assert done.code == 0, done.err
    assert seen(done, "candidate")["OWN"] == ODD


def test_odd_signs_of_gate_yml_come_through_as_they_are(boxes: Boxes) -> None:
    settings = boxes.work / "gate.yml"
    odd = "\U0001f600 {{ x }} {% x %} '\" * & !"
    quoted = json.dumps(odd, ensure_ascii=False)
    settings.write_text(settings.read_text().replace("{CHECKER:", f"{{ODD: {quoted}, CHECKER:"))
    (boxes.work / "candidate" / "app.py").write_text(SPY + APP)
    done = boxes.run()
    assert done.code == 0, done.err
    assert seen(done, "candidate")["ODD"] == odd


def test_what_has_ended_is_not_started_again(boxes: Boxes) -> None:
    (boxes.work / "candidate" / "switches.json").write_text(json.dumps({"start": "exit"}))
    written(boxes, restart="always", deploy={"restart_policy": {"condition": "any"}})
    done = boxes.run()
    assert done.code == 1 and "exit code 7" in done.err, done.err
    assert (done.folder / "logs" / "candidate" / "api.log").read_text().count("licence") == 1


@pytest.mark.parametrize("name", ["a$HOME", "a${HOME:-x}", "a$$b"])
def test_a_bundle_may_lie_in_any_folder(boxes: Boxes, name: str) -> None:
    (boxes.work / "bundle").rename(boxes.work / name)
    done = boxes.run("--bundle", str(boxes.work / name))
    assert done.code == 0, done.err
