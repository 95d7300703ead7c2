"""Runs the gate on containers: a small service of the standard library alone, and what gates left in the engine."""

import json
import os
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker
from docker.models.containers import Container

from tests.integration.harness import World
from tests.integration.notes import notes_bundle

Service = Mapping[str, Any]

APP = '''\
"""Notes in memory, one outward call a note. ``switches.json`` says how it misbehaves."""

import json
import os
import socket
import sys
import threading
import time
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SWITCHES = json.load(open("switches.json"))
NOTES = {}


def babble():
    while True:
        print("nobody listens " * 400, flush=True)


def misbehave(how):
    if how == "exit":
        print("\\x1b[31mno\\x07 licence\\u202e", flush=True)
        sys.exit(7)
    if how == "leave":
        print("nothing to do", flush=True)
        sys.exit(0)
    if how == "hang":
        print("hardly begun", flush=True)
        time.sleep(300)
    if how == "babble":
        babble()
    if how == "eat":
        print("hungry", flush=True)
        eaten = [bytes([1]) * 2**22 for _ in range(2**10)]
    if how == "fill":
        with open("/small/file", "wb", buffering=0) as file:
            while True:
                file.write(b"x" * 65536)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/healthz":
            return self.answer(SWITCHES.get("ready", 200), {})
        self.guarded(lambda: self.answer(200, NOTES[self.path.split("/")[-1]]))

    def do_POST(self):
        self.guarded(self.write)

    def guarded(self, handle):
        trace = self.headers["traceparent"].split("-")[1]
        print(json.dumps({"trace_id": trace, "message": "asked " + self.command}), flush=True)
        if SWITCHES.get("on") == self.command:
            print("going down", flush=True)
            misbehave(SWITCHES["then"])
            os._exit(9)
        handle()

    def write(self):
        text = json.loads(self.rfile.read(int(self.headers["content-length"])))["text"]
        body = json.dumps({"text": text}, separators=(",", ":")).encode()
        headers = {"content-type": "application/json", "traceparent": self.headers["traceparent"]}
        asked = urllib.request.Request(os.environ["CHECKER"] + "/check", body, headers)
        with urllib.request.urlopen(asked, timeout=20) as response:
            verdict = json.load(response)["verdict"]
        note = {"id": str(uuid.uuid4()), "text": text + SWITCHES.get("suffix", ""), "verdict": verdict}
        NOTES[note["id"]] = note
        self.answer(201, note)

    def answer(self, status, content):
        body = json.dumps(content, separators=(",", ":")).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, text, *arguments):
        pass


if sys.argv[1:] == ["migrate"]:
    print("migration 7", flush=True)
    misbehave(SWITCHES.get("migrate"))
    sys.exit(0)
misbehave(SWITCHES.get("start"))
if SWITCHES.get("babble"):
    threading.Thread(target=babble, daemon=True).start()
ThreadingHTTPServer(("", SWITCHES.get("port", 8000)), Handler).serve_forever()
'''
DOCKERFILE = """\
FROM python:3.11-slim
WORKDIR /app
COPY app.py switches.json .
CMD ["python", "app.py"]
"""
API: Service = {"build": "."}
DB: Service = {
    "image": "postgres:15",
    "environment": {"POSTGRES_PASSWORD": "pass-word-of-tests"},
    "volumes": ["./tables.sql:/docker-entrypoint-initdb.d/tables.sql"],
}
CACHE: Service = {"image": "redis:7"}


@dataclass
class Boxes(World):
    """A world whose sides run in containers, and what its gates have made in the engine."""

    pids: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.env["DOCKER_CONFIG"] = os.environ.get("DOCKER_CONFIG", str(Path.home() / ".docker"))
        if "DOCKER_HOST" in os.environ:
            self.env["DOCKER_HOST"] = os.environ["DOCKER_HOST"]
        notes_bundle(self.work / "bundle")
        self.gate_yml()
        self.box("baseline")
        self.box("candidate")

    def gate_yml(self, more: str = "", start: str = "30s", answer: str = "20s", compose: str = "") -> None:
        """Write the settings; ``compose`` are further lines of the environment."""
        variables = '{CHECKER: "{outward.checker.example}"}'
        text = f"""\
version: 1
service: notes
environments:
  compose:
    services:
      api: {{port: 8000, ready: /healthz, start_timeout: {start}, env: {variables}}}
    {compose}
outward: {{hosts: [checker.example]}}
stimuli: {{timeout: {answer}}}
settle: {{quiet: 20ms, timeout: 20s}}
{more}
bundles: [bundle]
"""
        (self.work / "gate.yml").write_text(text)

    def box(
        self,
        name: str,
        services: Mapping[str, Service] | None = None,
        *,
        api: Service = API,
        dockerfile: str = DOCKERFILE,
        **switches: object,
    ) -> None:
        """The code of a side with its compose file; ``services`` are there beside ``api``."""
        folder = self.work / name
        folder.mkdir(exist_ok=True)
        (folder / "app.py").write_text(APP)
        (folder / "Dockerfile").write_text(dockerfile)
        (folder / "switches.json").write_text(json.dumps(switches))
        (folder / "tables.sql").write_text("CREATE TABLE notes (id text PRIMARY KEY)")
        # JSON is YAML.
        (folder / "compose.yml").write_text(json.dumps({"services": {"api": api, **(services or {})}}))

    def both(self, services: Mapping[str, Service] | None = None, **more: Any) -> None:
        """The same code on both sides."""
        for name in ("baseline", "candidate"):
            self.box(name, services, **more)

    def in_engine(self, *of: int) -> list[str]:
        """What gates of this world (or these of them, by process id) have in the engine: all that bears their mark."""
        owners, found = of or tuple(self.pids), list[str]()
        with engine() as client:
            api = client.api
            marked = {"label": "replay-gate.run"}
            things = [*api.containers(all=True, filters=marked), *api.networks(filters=marked)]
            things += api.volumes(filters=marked)["Volumes"] or []
            for thing in things:
                if int(thing["Labels"]["replay-gate.owner"].partition(":")[0]) in owners:
                    found.append(str((thing.get("Names") or [thing.get("Name")])[0]))
            names = [name for image in api.images() for name in image["RepoTags"] or ()]
        return found + [name for name in names if any(f".{pid}." in name for pid in owners)]

    def leftovers(self) -> list[str]:
        return super().leftovers() + self.in_engine()

    def _popen(self, *arguments: str, **more: Any) -> "subprocess.Popen[str]":
        process = super()._popen(*arguments, **more)
        self.pids.append(process.pid)
        return process


@contextmanager
def engine() -> Iterator[docker.DockerClient]:
    """The engine itself, past any gate."""
    client = docker.from_env()
    try:
        yield client
    finally:
        client.close()


def containers_of(world: Boxes, side: str, service: str) -> Sequence[Container]:
    """The containers of a service on one side of the gates of a world."""
    with engine() as client:
        only = {"label": f"com.docker.compose.service={service}"}
        # Those of other gates come and go between the list and the look at each.
        found = client.containers.list(all=True, filters=only, ignore_removed=True)
        return [one for one in found if owned(one, world.pids) and f"-{side}-" in str(one.name)]


def owned(container: Container, pids: Sequence[int]) -> bool:
    return int(container.labels.get("replay-gate.owner", "0").partition(":")[0]) in pids


class Wire:
    """A socket before the engine's own, which can go dead or silent, as an engine does that restarts or hangs."""

    def __init__(self, path: Path) -> None:
        host = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
        assert host.startswith("unix://"), "the tests know an engine by its socket"
        self._engine, self._path = host.removeprefix("unix://"), path
        self._open: list[socket.socket] = []
        self._passing = threading.Event()
        self.mend()

    @property
    def host(self) -> str:
        return f"unix://{self._path}"

    def mend(self) -> None:
        """Listen, and pass everything on."""
        self._passing.set()
        self._path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._path))
        self._listener.listen(64)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def hang(self) -> None:
        """Take connections and requests, and never answer."""
        self._passing.clear()

    def cut(self) -> None:
        """End every connection, and take none."""
        for one in (self._listener, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open.clear()
        self._passing.set()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self._engine)
                self._open += [near, far]
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=self._pass, args=(source, target), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                self._passing.wait()
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)
