"""What the gate says of containers that misbehave: the exit code, one line, and nothing left; some at the same time."""

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from gate.bundle import write
from gate.model import Bundle, Manifest, Recording
from gate.model.bundle import StatePart
from tests.integration.boxes import API, CACHE, DB, DOCKERFILE, Boxes, containers_of
from tests.integration.harness import Done, eventually
from tests.integration.notes import notes_bundle, scenario

pytestmark = pytest.mark.docker
AT_ONCE = 3
MIGRATE = "migrate: [{service: api, run: python app.py migrate}]"
STORES = "state: [{store: db, kind: postgres, service: db}, {store: cache, kind: redis, service: cache}]"
STORE = "state: [{store: db, kind: postgres, service: db}]"
SEED = {"image": "python:3.11-slim", "command": ["sh", "-c", "echo filling; exit 0"]}
FIRST = {"depends_on": {"seed": {"condition": "service_completed_successfully"}}}
SICK = {"image": "redis:7", "healthcheck": {"test": ["CMD", "false"]}}
LIED = "POSTGRES_PASSWORD=some-other-password exec docker-entrypoint.sh postgres"


@dataclass(frozen=True)
class Case:
    """A world, what is done to it, the code that its gate ends with, and words of its one line."""

    make: Callable[[Boxes], object]
    code: int
    words: tuple[str, ...] = ()
    log: str = ""
    """A file under logs/ that there has to be."""


def built(line: str) -> Callable[[Boxes], None]:
    return lambda world: world.box("candidate", dockerfile=DOCKERFILE + line)


def candidate(*services: Mapping[str, Mapping[str, object]], **more: object) -> Callable[[Boxes], None]:
    def make(world: Boxes) -> None:
        world.gate_yml(start="5s")
        world.box("candidate", *services, **more)  # type: ignore[arg-type]

    return make


def migrating(name: str, how: str) -> Callable[[Boxes], None]:
    def make(world: Boxes) -> None:
        world.gate_yml(MIGRATE, start="5s")
        world.box(name, migrate=how)

    return make


def with_store(db: Mapping[str, object]) -> Callable[[Boxes], None]:
    def make(world: Boxes) -> None:
        world.gate_yml(compose=STORE)
        world.both({"db": {**DB, **db}})

    return make


def another_database(world: Boxes) -> None:
    world.gate_yml(compose=STORE.replace("service: db", "service: db, database: postgres"))
    world.both({"db": {**DB, "environment": {**DB["environment"], "POSTGRES_DB": "shop"}}})


def seeded(world: Boxes) -> None:
    world.gate_yml(compose=STORES)
    db = {**DB, "environment": {**DB["environment"], "POSTGRES_USER": "me", "POSTGRES_DB": "mine"}}
    world.both({"seed": SEED, "db": db, "cache": CACHE}, api={**API, **FIRST})


def corrupt(world: Boxes) -> None:
    with_store({})(world)
    part = StatePart(store="db", kind="postgres", path="state/db.dump")
    recordings: dict[str, Recording] = {"note-1": scenario(1, 20)}
    bundle = Bundle(
        manifest=Manifest(name="notes", state=(part,)),
        recordings=recordings,
        payloads={part.path: b"PGDMP\x01\x0e\x00no dump"},
    )
    write(bundle, world.work / "bundle")


def file(name: str, text: str | None) -> Callable[[Boxes], None]:
    def make(world: Boxes) -> None:
        path = world.work / name / "compose.yml"
        path.unlink() if text is None else path.write_text(text)

    return make


def equal(_: Boxes) -> None:
    """Nothing is wrong."""


UNHEALTHY = candidate({"sick": SICK}, api={**API, "depends_on": {"sick": {"condition": "service_healthy"}}})
NOT_SEEDED = candidate({"seed": {**SEED, "command": ["sh", "-c", "echo no; exit 5"]}}, api={**API, **FIRST})
CASES = {
    "equal": Case(equal, 0),
    "stores and a service that others wait for": Case(seeded, 0),
    "candidate does not build": Case(
        built("RUN echo wrong >&2; exit 4\n"),
        1,
        ("candidate: the image of api does not build", "exit code: 4; its last line: wrong"),
        "candidate/build.log",
    ),
    "no such base image": Case(
        candidate(dockerfile="FROM nowhere.invalid/nothing:1\n"), 3, ("image of api does not build",)
    ),
    "build without a network": Case(
        built("RUN echo 'Temporary failure in name resolution'; exit 1\n"), 3, ("gate doctor",)
    ),
    "candidate does not migrate": Case(
        migrating("candidate", "exit"),
        1,
        ("candidate: migrate api: ended with exit code 7; its last line:", "licence"),
        "candidate/migrate-api.log",
    ),
    "baseline does not migrate": Case(
        migrating("baseline", "exit"), 3, ("baseline: migrate api: ended with exit code 7",)
    ),
    "migration hangs": Case(
        migrating("candidate", "hang"),
        1,
        ("candidate: migrate api: took over 5 s; its last line: hardly begun",),
        "candidate/migrate-api.log",
    ),
    "migration babbles": Case(migrating("candidate", "babble"), 1, ("took over 5 s; its last line",)),
    "dies at start": Case(
        candidate(start="exit"),
        1,
        ("candidate: api: ended with exit code 7 at start; its last line:", "licence"),
        "candidate/api.log",
    ),
    "ends well at start": Case(
        candidate(start="leave"), 1, ("ended with exit code 0 at start; its last line: nothing to do",)
    ),
    "out of memory": Case(
        candidate(start="eat", api={**API, "mem_limit": "64m"}),
        1,
        ("ended with exit code 137 (out of memory) at start; its last line: hungry",),
    ),
    "not ready": Case(candidate(ready=500), 1, ("not ready after 5 s: /healthz on port 8000 gave 500",)),
    "another port": Case(candidate(port=8001), 1, ("/healthz on port 8000 gave ConnectError",)),
    "never healthy": Case(
        UNHEALTHY, 1, ("candidate: sick: its health check does not pass", "after 5 s; raise start_timeout")
    ),
    "is not filled": Case(
        NOT_SEEDED, 1, ("candidate: seed: ended with exit code 5 at start; its last line: no",)
    ),
    "database that dies": Case(
        with_store({"command": ["sh", "-c", "echo no disk; exit 2"]}),
        3,
        ("baseline: db: ended with exit code 2 at start; its last line: no disk",),
    ),
    "unknown service": Case(
        file("candidate", '{"services": {"other": {"image": "redis:7"}}}'), 1, ("has no service api",)
    ),
    "image that is nowhere": Case(
        candidate({"x": {"image": "nowhere.invalid/x:1"}}), 3, ("nowhere.invalid/x:1: is not here",)
    ),
    "no compose file": Case(file("candidate", None), 1, ("candidate: compose.yml: not found",)),
    "invalid compose file": Case(
        file("baseline", "services: {api: {bild: .}}"), 3, ("baseline: compose.yml: ", "bild")
    ),
    "another password": Case(
        with_store({"entrypoint": ["sh", "-c", LIED]}), 3, ("baseline: store db: ", "password")
    ),
    "another database": Case(
        another_database, 3, ("store db: has no table; there is also the database shop; name the one",)
    ),
    "corrupt dump": Case(corrupt, 3, ("baseline: store db: its state cannot be loaded: ", "pg_restore")),
}


@pytest.fixture(scope="module")
def ends(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Mapping[str, "Future[tuple[Boxes, Done, float]]"]]:
    """How the gates of those cases end that are to be tested; they run while others are looked at."""

    def run(name: str, folder: Path) -> tuple[Boxes, Done, float]:
        world = Boxes(folder)
        CASES[name].make(world)
        began = time.monotonic()
        return world, world.run(), time.monotonic() - began

    wanted = [
        item.callspec.params["name"]
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.originalname == test_outcome.__name__
    ]
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        yield {name: pool.submit(run, name, tmp_path_factory.mktemp("box")) for name in wanted}


@pytest.mark.parametrize("name", CASES)
def test_outcome(ends: Mapping[str, "Future[tuple[Boxes, Done, float]]"], name: str) -> None:
    case, (world, done, seconds) = CASES[name], ends[name].result()
    assert done.code == case.code, done.err
    assert len(done.errors) == (1 if case.code else 0) and "Traceback" not in done.out + done.err, done.err
    for word in case.words:
        assert word in done.errors[0] and done.errors[0].isprintable(), done.errors
    assert done.result["verdict"] == {0: "pass", 1: "fail", 3: "inconclusive"}[case.code]
    assert case.code == 0 or done.result["scenarios"][0]["verdict"] == "NOT_RUN"
    assert not case.log or (done.folder / "logs" / case.log).stat().st_size
    assert seconds < 45, "bounded, also beside others"
    assert eventually(lambda: not world.leftovers()), world.leftovers()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Boxes:
    """One world for what happens while it replays: a database that nothing depends on, and slow scenarios."""
    world = Boxes(tmp_path_factory.mktemp("middle"))
    world.gate_yml(compose=STORE, answer="3s")
    notes_bundle(world.work / "long", scenarios=4, latency=700)
    return world


@pytest.fixture
def world(shared: Boxes) -> Iterator[Boxes]:
    shared.both({"db": DB})
    yield shared
    assert eventually(lambda: not shared.leftovers()), shared.leftovers()


@pytest.mark.parametrize(
    ("side", "service", "code", "words"),
    [
        pytest.param("candidate", "db", 3, "db", id="database"),
        pytest.param("candidate", "gate-playback", 3, "playback", id="playback server"),
        pytest.param("baseline", "api", 3, "baseline: api: ended with exit code 137", id="baseline"),
    ],
)
def test_killed_in_the_middle(world: Boxes, side: str, service: str, code: int, words: str) -> None:
    def kill(_: int) -> None:
        (one,) = containers_of(world, side, service)
        one.kill()

    done = world.run_until("replayed 2/4", kill, "--bundle", "long")
    assert done.code == code and len(done.errors) == 1, done.err
    assert words in done.errors[0], done.errors
    assert done.result["verdict"] == "inconclusive"


@pytest.mark.parametrize(
    ("switches", "words"),
    [
        pytest.param({"then": ""}, "api: ended with exit code 9; its last line: going down", id="dies"),
        pytest.param({"then": "eat"}, "ended with exit code 137 (out of memory); its last line", id="memory"),
    ],
)
def test_candidate_that_dies_in_the_middle_fails(
    world: Boxes, switches: dict[str, object], words: str
) -> None:
    world.box("candidate", {"db": DB}, api={**API, "mem_limit": "64m"}, on="GET", **switches)
    done = world.run("--scenario", "note-1")
    assert done.code == 1 and not done.errors, done.err
    assert any(words in reason for reason in done.result["reasons"]), done.result["reasons"]
    assert done.result["findings"]


def test_a_service_that_gate_yml_does_not_name_dies_in_the_middle(world: Boxes) -> None:
    ends = {"build": ".", "command": ["sh", "-c", "sleep 1.5; echo tired; exit 4"]}
    done_early = {"image": "python:3.11-slim", "command": ["sleep", "1"]}
    world.box("candidate", {"db": DB, "worker": ends, "early": done_early})
    done = world.run("--bundle", "long")
    assert done.code == 1 and not done.errors, done.err
    assert "candidate: worker: ended with exit code 4; its last line: tired" in done.result["reasons"]


def test_log_without_end_is_bounded_and_lines_keep_their_scenario(world: Boxes) -> None:
    world.box("candidate", {"db": DB}, babble=True)
    most = []

    def measure(pid: int) -> None:
        status = Path(f"/proc/{pid}/status").read_text()
        most.append(int(status.partition("VmHWM:")[2].split()[0]) // 1024)

    done = world.run_until("compare", measure)
    assert done.code == 0, done.err
    assert 2**20 < (done.folder / "logs" / "candidate" / "api.log").stat().st_size <= 17 * 2**20
    assert most[0] < 600, "megabytes"
    lines = done.result["timing"]["logs"]["note-1"]
    assert any(line["side"] == "baseline" and "asked POST" in str(line) for line in lines), lines


@pytest.mark.parametrize(
    ("way", "words"),
    [
        pytest.param("socket", "no Docker engine answers at unix://", id="stale socket"),
        pytest.param("missing", "docker was not found", id="not installed"),
        pytest.param("old", "Docker Compose: version 2.3.4, and 2.24 or newer is needed", id="old Compose"),
    ],
)
def test_engine_that_will_not_do(world: Boxes, way: str, words: str) -> None:
    tools = world.home / way
    tools.mkdir()
    env = {"PATH": str(tools)}
    if way == "socket":
        env = {"DOCKER_HOST": f"unix://{tools}/docker.sock"}
    elif way == "old":
        (tools / "docker").write_text("#!/bin/sh\necho 2.3.4\n")
        (tools / "docker").chmod(0o755)
        env = {"PATH": f"{tools}:/bin"}
    done = world.run(env=env)
    assert done.code == 3 and len(done.errors) == 1 and words in done.errors[0], done.err
