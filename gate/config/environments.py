"""Where the sides run, as gate.yml says it: plain processes, containers, and the databases that they have."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from gate.config.kinds import (
    Command,
    ComposeName,
    Duration,
    Name,
    Part,
    Port,
    Relative,
    ServiceName,
    StorePath,
    Text,
    UrlPath,
    Value,
    Variable,
    Written,
)

PROCESS, COMPOSE = "process", "compose"


class Service(Part):
    command: Command = Field(description="The program and its arguments; a text is split as a shell would.")
    ready: UrlPath = Field(
        default="/", description="A path that answers 2xx once the service can take requests."
    )
    env: dict[Variable, Value] = Field(
        default_factory=dict, description="All variables that the process sees."
    )
    cwd: Relative = Field(default=".", description="The folder to start in, inside the side's code.")
    start_timeout: Duration = Field(default=20.0, description="How long it may take to be ready.")


class Process(Part):
    services: dict[ServiceName, Service] = Field(min_length=1, description="The processes, by name.")


class Store(Part):
    store: Name = Field(description="What the other keys call it.")
    kind: Literal["sqlite", "postgres", "redis"] = Field(description="Which database it is.")
    path: Written[StorePath] = Field(
        default=None, description="Of sqlite its file; {state} is the side's own folder."
    )
    service: Written[ComposeName] = Field(
        default=None, description="Of postgres and redis the service of the compose file that it runs in."
    )
    database: Written[Text] = Field(
        default=None, description="Which database of the server; default: the one that its service makes."
    )
    keys: list[Text] = Field(
        default_factory=list,
        min_length=1,
        description="Of redis the patterns of the keys that are observed; default: all.",
    )


class Container(Part):
    port: Written[Port] = Field(default=None, description="The port that it listens on inside.")
    ready: Written[UrlPath] = Field(
        default=None, description="A path that answers 2xx once the service can take requests."
    )
    env: dict[Variable, Value] = Field(
        default_factory=dict,
        description="Variables that it sees besides those that the compose file spells out.",
    )
    build: Written[Relative] = Field(
        default=None,
        description="The folder to build its image from, where the compose file only names an image.",
    )
    start_timeout: Duration = Field(default=60.0, description="How long it may take to be ready.")


class Allowed(Part):
    service: ComposeName = Field(description="The service of the compose file.")
    what: Text = Field(description="What it may have, in the words of the refusal.")


class Compose(Part):
    file: Relative = Field(default="compose.yml", description="The compose file, in each side's own code.")
    services: dict[ServiceName, Container] = Field(
        min_length=1, description="The services under test; the compose file may have others."
    )
    env: dict[Variable, Value] = Field(
        default_factory=dict,
        description="What ${NAME} in the compose file stands for; nothing else is filled in.",
    )
    state: list[Store] = Field(
        default_factory=list, description="The databases of the service; default: those of the top level."
    )
    allow: list[Allowed] = Field(
        default_factory=list, description="What is let through of what is refused; every report shows it."
    )
    reach: Literal["auto", "address", "loopback"] = Field(
        default="auto", description="How containers are reached: by their address, or by ports on loopback."
    )


class Environments(Part):
    process: Written[Process] = Field(default=None, description="Plain processes on this machine.")
    compose: Written[Compose] = Field(
        default=None, description="Containers of the service's own compose file."
    )

    def named(self) -> tuple[str, ...]:
        """Those that the file has; the first is taken where nobody chooses."""
        return tuple(name for name in (COMPOSE, PROCESS) if getattr(self, name) is not None)

    def of(self, environment: str) -> Mapping[str, Service | Container]:
        """The services in an environment, none where the file does not have it."""
        found: Process | Compose | None = getattr(self, environment)
        return {**found.services} if found else {}
