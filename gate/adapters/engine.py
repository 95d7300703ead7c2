"""The Docker engine of this machine: which one, what it can do, and what it says."""

import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import requests
from docker.errors import APIError, DockerException, ImageNotFound, NotFound
from docker.utils import kwargs_from_env

from gate.adapters.engine_command import addressable, found_command
from gate.errors import InconclusiveError

_TIMEOUT = 20
_START_INTERVAL = (1, 44)
"""The version of the API, that of engine 25."""
_SOON = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """What the engine says of a container of a project."""

    id: str
    service: str
    state: str
    """``running``, ``exited``, ``created``, …"""
    status: str
    """For people: ``Up 3 seconds (healthy)``."""
    address: str | None
    ports: Mapping[int, int]
    """Ports of the container that can be reached on loopback, and as which."""


class Engine:
    """One engine, over its API and its command line. Raises InconclusiveError where it does not answer."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.command, self.environ = found_command(environ)
        self.host = self.environ["DOCKER_HOST"]
        self._clients, self._version = threading.local(), "auto"
        self._was_silent = False
        try:
            self._version = self.api.api_version
            self.info: Mapping[str, Any] = self.api.info()
        except (DockerException, requests.RequestException, OSError) as error:
            raise self._silent(error) from None

    @property
    def api(self) -> docker.APIClient:
        """The client of this thread: one cannot be shared."""
        if not hasattr(self._clients, "api"):
            self._clients.api = self._client(_TIMEOUT)
        mine: docker.APIClient = self._clients.api
        return mine

    def _client(self, timeout: int) -> docker.APIClient:
        # For certificates, by the same variables as the command line; for the address, the one that it uses.
        given = kwargs_from_env(environment=self.environ) | {"base_url": self.host}
        return docker.APIClient(**given, version=self._version, timeout=timeout)

    def answers(self) -> bool:
        """Whether it is there at all, without waiting for long."""
        try:
            return bool(self._client(_SOON).ping())
        except (DockerException, requests.RequestException, OSError):
            return False

    def settle_in(self, folder: Path) -> None:
        """Take a configuration of its own from now on: the user's but for proxies, which Compose gives to services."""
        before = Path(self.environ.get("DOCKER_CONFIG", ""))
        if "DOCKER_TLS_VERIFY" in self.environ:
            self.environ.setdefault("DOCKER_CERT_PATH", str(before))
        folder.mkdir(mode=0o700)
        try:
            content = json.loads((before / "config.json").read_bytes())
        except (OSError, ValueError):
            content = {}
        kept = (
            {key: value for key, value in content.items() if key != "proxies"}
            if isinstance(content, dict)
            else {}
        )
        (folder / "config.json").write_text(json.dumps(kept))
        for part in ("cli-plugins", "contexts", "buildx"):
            if (before / part).is_dir():
                (folder / part).symlink_to((before / part).absolute())
        self.environ["DOCKER_CONFIG"] = str(folder)

    @property
    def addressable(self) -> bool:
        """Whether this machine reaches containers by their addresses: a native Linux engine run by root."""
        return addressable(self.info, self.host)

    @property
    def has_start_interval(self) -> bool:
        """Whether health checks can be asked more often while a container starts."""
        return tuple(map(int, str(self.api.api_version).split(".")[:2])) >= _START_INTERVAL

    @contextmanager
    def asked(self, what: str) -> Iterator[Any]:
        """The engine's API; that it fails says nothing of the code under test."""
        if self._was_silent and not self.answers():  # each question would wait as long as the first
            raise InconclusiveError(f"the Docker engine at {self.host} does not answer; run 'gate doctor'")
        try:
            yield self.api
        except (DockerException, requests.RequestException, OSError) as error:
            self._was_silent = isinstance(error, requests.Timeout)
            raise InconclusiveError(
                f"the Docker engine at {self.host} failed at {what}: {_reason(error)}; run 'gate doctor'"
            ) from None

    def containers(self, project: str) -> list[Container]:
        """The containers of a project, also those that have ended."""
        with self.asked("listing containers") as api:
            found = api.containers(all=True, filters={"label": f"com.docker.compose.project={project}"})
        return [_container(one) for one in found]

    def status_of(self, container: str) -> tuple[int, str]:
        """The exit code of a container that has ended, and the engine's reason, such as that memory ran out."""
        with self.asked("looking at a container") as api:
            try:
                state = api.inspect_container(container)["State"]
            except NotFound:
                return 0, "removed"
        return int(state.get("ExitCode") or 0), "out of memory" if state.get("OOMKilled") else str(
            state.get("Error") or ""
        )

    def log(self, container: str, limit: int, tail: int | None = None) -> bytes:
        """What a container wrote, up to ``limit`` bytes and then to the end of a line; the last ``tail`` lines."""
        pieces: list[bytes] = []
        size = 0
        with self.asked("reading logs") as api:
            stream = api.logs(
                container, stdout=True, stderr=True, stream=True, follow=False, tail=tail or "all"
            )
            for piece in stream:
                pieces.append(piece)
                size += len(piece)
                if size > limit:
                    break
            stream.close()
        content = b"".join(pieces)
        return content if size <= limit else content[:limit].rpartition(b"\n")[0] + b"\n[gate: cut here]\n"

    def digest_of(self, image: str) -> str | None:
        """The id of an image; None where the engine does not have it."""
        with self.asked("looking at an image") as api:
            try:
                return str(api.inspect_image(image)["Id"])
            except ImageNotFound:
                return None

    def tag(self, image: str, name: str) -> bool:
        """Give an image one more name; False where the engine does not have it."""
        with self.asked("naming an image") as api:
            repository, _, tag = name.rpartition(":")
            try:
                return bool(api.tag(image, repository, tag))
            except ImageNotFound:
                return False

    def remove_images(self, images: Iterable[str]) -> None:
        """Let images go, as far as nothing runs from them."""
        with self.asked("removing images") as api:
            for image in images:
                with suppress(APIError):  # such as that it is gone, or that the other side uses it still
                    api.remove_image(image, force=True)

    def gateways(self, project: str) -> list[str]:
        """The addresses under which this machine is seen by the containers of a project."""
        with self.asked("looking at the network") as api:
            networks = api.networks(filters={"label": f"com.docker.compose.project={project}"})
        return [
            str(one["Gateway"])
            for network in networks
            for one in (network.get("IPAM") or {}).get("Config") or ()
            if one.get("Gateway")
        ]

    def _silent(self, error: Exception) -> InconclusiveError:
        return InconclusiveError(
            f"no Docker engine answers at {self.host}: {_reason(error)}; start Docker, or run 'gate doctor'"
        )


def _container(said: Mapping[str, Any]) -> Container:
    networks = (said.get("NetworkSettings") or {}).get("Networks") or {}
    addresses = [str(one["IPAddress"]) for one in networks.values() if one.get("IPAddress")]
    ports = {
        int(port["PrivatePort"]): int(port["PublicPort"])
        for port in said.get("Ports") or ()
        if port.get("PublicPort") and port.get("IP") in ("127.0.0.1", "0.0.0.0")  # noqa: S104 - as the engine says it
    }
    return Container(
        id=said["Id"],
        service=said["Labels"].get("com.docker.compose.service", ""),
        state=said["State"],
        status=said["Status"],
        address=addresses[0] if addresses else None,
        ports=ports,
    )


def _reason(error: Exception) -> str:
    """One line of what the engine said, or of what the system said in its place."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        cause = cause.__cause__ or cause.__context__
    explanation = getattr(error, "explanation", None)
    text = (
        explanation.decode(errors="replace") if isinstance(explanation, bytes) else str(explanation or error)
    )
    if text.startswith("{"):
        with suppress(ValueError):
            text = str(json.loads(text).get("message", text))
    return " ".join(text.split())[:300]
