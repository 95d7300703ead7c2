"""Runs the gate as a person does, in a home and a temporary folder of the test's own."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SERVICE = Path(__file__).parent / "service"
GITHUB_TOKEN = "ghp_" + "5ecretValueThatNobodyMaySee01"
PROD_TOKEN = "prod:s3cr3t/" + "withOddCharacters+99=="
SETTINGS = """\
version: 1
service: notes
environments:
  process:
    services:
      api:
        command: "{python} app.py {port}"
        ready: /healthz
        start_timeout: %(start)s
        env:
          DATABASE: "{state}/notes.db"
          CHECKER: "{outward.checker.example}"
          TOKEN_FOR_PRODUCTION: "${PROD_TOKEN}"
migrate: [{service: api, run: "{python} app.py migrate"}]
stimuli: {timeout: %(timeout)s}
settle: {quiet: %(quiet)s, timeout: %(settle)s}
state: [{store: db, kind: sqlite, path: "{state}/notes.db"}]
outward: {hosts: [checker.example]}
%(more)s
bundles: [bundle]
"""


@dataclass(frozen=True)
class Done:
    """What a gate said and left."""

    code: int
    out: str
    err: str
    folder: Path

    @property
    def errors(self) -> list[str]:
        return [line for line in self.err.splitlines() if line.startswith("gate: ")]

    @property
    def result(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.folder / "result.json").read_text())
        return content


@dataclass
class World:
    """A folder with everything that a gate needs, and what it may have left in it."""

    home: Path
    _runs: int = 0
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("tmp", "state", "home", "work"):
            (self.home / name).mkdir(parents=True, exist_ok=True)
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home / "home"),
            "XDG_STATE_HOME": str(self.home / "state"),
            "TMPDIR": str(self.home / "tmp"),
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "GITHUB_TOKEN": GITHUB_TOKEN,
            "PROD_TOKEN": PROD_TOKEN,
            "GIT_CONFIG_GLOBAL": os.devnull,
        }

    @property
    def work(self) -> Path:
        return self.home / "work"

    def settings(
        self,
        start: str = "20s",
        timeout: str = "20s",
        settle: str = "20s",
        quiet: str = "50ms",
        more: str = "",
    ) -> None:
        """Write gate.yml; the durations are generous, since the machine may be busy."""
        values = {"start": start, "timeout": timeout, "settle": settle, "quiet": quiet, "more": more}
        (self.work / "gate.yml").write_text(SETTINGS % values)

    def side(self, name: str, **switches: object) -> str:
        """The code of a side, with what is wrong with it."""
        folder = self.work / name
        shutil.copytree(SERVICE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "switches.json").write_text(json.dumps(switches))
        return name

    def run(self, *arguments: str, env: Mapping[str, str] | None = None, timeout: float = 90) -> Done:
        """``gate run`` of the two folders, unless other sides are given."""
        process, folder = self.start(*arguments, env=env)
        out, err = process.communicate(timeout=timeout)
        return Done(process.returncode, out, err, folder)

    def run_until(
        self, told: str, then: Callable[[int], None], *arguments: str, env: Mapping[str, str] | None = None
    ) -> Done:
        """``gate run``; when it tells how far it is in these words, something is done to its process."""
        process, folder = self.start(*arguments, env=env)
        assert process.stderr is not None and process.stdout is not None
        limit = threading.Timer(90, process.kill)
        limit.start()
        err = ""
        for line in process.stderr:
            err += line
            if told in line:
                then(process.pid)
        out = process.stdout.read()
        code = process.wait()
        limit.cancel()
        assert told in err, err
        return Done(code, out, err, folder)

    def start(
        self, *arguments: str, env: Mapping[str, str] | None = None
    ) -> tuple["subprocess.Popen[str]", Path]:
        self._runs += 1
        folder = self.home / f"out-{self._runs}"
        sides = [] if "--candidate" in arguments else ["--candidate", "candidate"]
        sides += [] if "--baseline" in arguments else ["--baseline", "baseline"]
        out = [] if "--out" in arguments else ["--out", str(folder)]
        return self._popen("run", *sides, *out, *arguments, env=env), folder

    def gate(
        self,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        first: Callable[[int], None] | None = None,
    ) -> Done:
        """Any command; ``first`` is done to its process before it runs."""
        process = self._popen(*arguments, env=env, first=first)
        out, err = process.communicate(timeout=90)
        return Done(process.returncode, out, err, self.work)

    def _popen(
        self,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        first: Callable[[int], None] | None = None,
    ) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "gate", *arguments],
            preexec_fn=(lambda: first(0)) if first else None,  # 0 is the process itself
            cwd=self.work,
            env={**self.env, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def leftovers(self) -> list[str]:
        """Processes, folders and run files of gates in this world that are there now."""
        found = [str(path) for path in (self.home / "tmp").iterdir()]
        found += [str(path) for path in (self.home / "state").rglob("*") if path.is_file()]
        return found + processes_of(self.home)


def processes_of(home: Path) -> list[str]:
    """Every process, but for this one's kin, whose environment, arguments or folder lie in a world."""
    found = []
    for proc in Path("/proc").glob("[0-9]*"):
        try:
            said = (proc / "environ").read_bytes() + (proc / "cmdline").read_bytes()
            said += os.fsencode((proc / "cwd").readlink())
        except OSError:
            continue
        if os.fsencode(home) in said and proc.name != str(os.getpid()):
            found.append(f"{proc.name}: {(proc / 'cmdline').read_bytes()!r}" if proc.exists() else proc.name)
    return found


def eventually(check: Callable[[], object], seconds: float = 10) -> object:
    """Wait for what is going to be true; what it was at the end."""
    deadline = time.monotonic() + seconds
    while not (seen := check()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return seen
