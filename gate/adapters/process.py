"""A live side as plain processes: its own session, its own ports, an environment of named variables only."""

import errno
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from gate.adapters.processes import born, end_session
from gate.adapters.readiness import answer_of
from gate.adapters.registry import RunFile
from gate.adapters.sqlite import SqliteStore
from gate.config import Redactor
from gate.errors import InconclusiveError
from gate.ports import Command, Facts, LogText, SidePlan, StartError, Store

_POLL = 0.02
_LOG_LIMIT = 16 * 1024 * 1024
"""Bytes of a service's log that are kept; what a run needs is far less, and a service may print without end."""
_TAIL = 64 * 1024
_LAST_WORDS = 10
_ROOM = 256 * 1024
"""With less than this left on the disk, a service's writes are about to fail, if they have not yet."""
_PORT_TAKEN = re.compile(r"address (?:is )?already in use|EADDRINUSE", re.IGNORECASE)
_BROKEN = (errno.ENOEXEC, errno.EACCES, errno.ENOENT, errno.ENOTDIR, errno.EPERM)
"""Why a program cannot be run by its own fault; any other reason is this machine's."""


class ProcessEnvironment:
    """Implements :class:`gate.ports.Environment` on this machine."""

    def __init__(self, plan: SidePlan, folder: Path, run: RunFile, redactor: Redactor) -> None:
        self._plan, self._folder, self._run, self._redactor = plan, folder, run, redactor
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._stopped = False

    def prepare(self) -> None:
        """Make a place for what the services say."""
        self._folder.mkdir(parents=True, exist_ok=True)

    def facts(self) -> Facts:
        """See :class:`gate.ports.Environment`."""
        return Facts(unsealed="plain processes can reach the network")

    def restore(self, payloads: Mapping[str, bytes]) -> None:
        """Write each store's database file."""
        for store, path in self._plan.stores.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            if store in payloads:
                path.write_bytes(payloads[store])

    def migrate(self) -> None:
        """Run the migrations in order."""
        for command in self._plan.migrations:
            process = self._running[command.name] = self._spawn(command)
            try:
                code = process.wait(timeout=command.timeout)
            except subprocess.TimeoutExpired:
                raise StartError(self._failed(command, f"took over {command.timeout:.0f} s")) from None
            finally:
                self._end(process)
            if code:
                raise StartError(self._failed(command, f"ended with {_status(code)}"))

    def start(self) -> None:
        """Start all services, then wait for each."""
        for command in self._plan.services:
            if command.port is not None and _taken(command.port):
                raise InconclusiveError(f"{command.name}: port {command.port} was taken meanwhile; run again")
            self._running[command.name] = self._spawn(command)
        for command in self._plan.services:
            self._wait_until_ready(command)
        self._run.add_strays()

    def _wait_until_ready(self, command: Command) -> None:
        deadline = time.monotonic() + command.timeout
        seen = "no answer"
        while time.monotonic() < deadline:
            process = self._running[command.name]
            if process.poll() is not None:
                raise StartError(self._failed(command, f"ended with {_status(process.returncode)} at start"))
            if command.ready is None:
                return
            seen = answer_of(command.ready)
            if seen.isdigit() and 200 <= int(seen) < 300:
                self._check_owner(command, process)
                return
            time.sleep(_POLL)
        what = f"not ready after {command.timeout:.0f} s: {command.ready} gave {seen}"
        if not any(str(command.port) in word for word in (*command.argv, *command.env.values())):
            what += ", and its command names no {port}"
        raise StartError(self._failed(command, what))

    def _check_owner(self, command: Command, process: subprocess.Popen[bytes]) -> None:
        """Ready means that *this* service answers, not something else that sits on the port."""
        for candidate in psutil.process_iter():
            with suppress(OSError, psutil.Error):
                if os.getsid(candidate.pid) != process.pid:
                    continue
                for connection in candidate.net_connections(kind="inet"):
                    if connection.status == psutil.CONN_LISTEN and connection.laddr.port == command.port:
                        return
        raise InconclusiveError(
            f"{command.name}: port {command.port} answers, but from another process; stop that one or use {{port}}"
        )

    def stop(self) -> None:
        """Kill every process of this side; the folders go with the run."""
        self._stopped = True
        for process in list(self._running.values()):
            self._end(process)

    def stores(self) -> Mapping[str, Store]:
        """The SQLite files, opened read only."""
        return {name: SqliteStore(name, path, self._redactor) for name, path in self._plan.stores.items()}

    def alive(self) -> str | None:
        """What became of a service that should run. Raises InconclusiveError where the disk it writes to is full."""
        self._check_room()
        for command in self._plan.services:
            process = self._running.get(command.name)
            if process is not None and process.poll() is not None:
                return self._failed(command, f"ended with {_status(process.returncode)}")
        return None

    def logs(self) -> Sequence[LogText]:
        """The services' and migrations' output, redacted."""
        return [
            LogText(service=path.stem, text=self._redactor.redact_text(_read(path)))
            for path in sorted(self._folder.glob("*.log"))
        ]

    def _spawn(self, command: Command) -> subprocess.Popen[bytes]:
        if self._stopped:
            raise StartError(f"{command.name}: not started, the run is being stopped")
        if not command.cwd.is_dir():
            raise StartError(f"{command.name}: no folder {command.cwd.name}/ in this side's code")
        program = _program(command)
        if program is None:
            raise StartError(
                f"{command.name}: no program '{self._shown(command)}' on PATH; try '{{python}}' or a full path"
            )
        try:
            with self._log(command).open("ab") as log:
                process = subprocess.Popen(
                    [program, *command.argv[1:]],
                    env=dict(command.env),
                    cwd=command.cwd,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        except OSError as error:
            kind = StartError if error.errno in _BROKEN else InconclusiveError
            raise kind(f"{command.name}: '{self._shown(command)}' cannot be run: {error.strerror}") from None
        self._run.add_process(process.pid)
        return process

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        end_session(process.pid, born(process.pid))  # it is our child, so its number cannot be another's
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)

    def _check_room(self) -> None:
        """What a service does on a full disk is not its fault, and two that fail alike are not equal."""
        if shutil.disk_usage(self._folder).free < _ROOM:
            raise InconclusiveError(
                f"{self._folder}: the disk is full; free some space, or set TMPDIR to a folder that has some"
            )

    def _shown(self, command: Command) -> str:
        return self._redactor.redact_text(command.argv[0])

    def _log(self, command: Command) -> Path:
        return self._folder / f"{command.name.replace(' ', '-')}.log"

    def _failed(self, command: Command, what: str) -> str:
        """What became of a command, and its last words.

        Raises InconclusiveError where the disk is full, or where it found its port taken, perhaps by the other side.
        """
        self._check_room()
        text = self._redactor.redact_text(_tail(self._log(command)))
        lines = [line for line in text.splitlines() if line.strip()]
        last = f"; its last line: {lines[-1].strip()[:300]}" if lines else "; it printed nothing"
        if any(map(_PORT_TAKEN.search, lines[-_LAST_WORDS:])):
            last += "; let it listen on {port}, which is free and each side's own"
            raise InconclusiveError(f"{command.name}: {what}{last}")
        return f"{command.name}: {what}{last}"


def _program(command: Command) -> str | None:
    """Where a program is: a path counts from the service's folder, a name from the PATH that the service gets."""
    name = command.argv[0]
    if "/" in name:
        return shutil.which(command.cwd.absolute() / name)
    return shutil.which(name, path=command.env.get("PATH"))


def _tail(path: Path) -> str:
    """The last lines of a file, each whole, so that no half of a secret is left that nobody would know."""
    try:
        with path.open("rb") as file:
            start = max(file.seek(0, os.SEEK_END) - _TAIL, 0)
            file.seek(start)
            content = file.read(_TAIL)
    except FileNotFoundError:
        return ""
    return (content.partition(b"\n")[2] if start else content).decode(errors="replace")


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_LOG_LIMIT + 1)
    except FileNotFoundError:
        return ""
    if len(content) > _LOG_LIMIT:
        # up to a line's end, so that no half of a secret is left that nobody would know
        content = content.rpartition(b"\n")[0] + b"\n[gate: cut here]\n"
    return content.decode(errors="replace")


def _status(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"signal {-code}"


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
