"""gate.yml filled in for one side."""

from pathlib import Path

from gate.config import Migration, Service, Settings, Stimuli, Store
from gate.provision import Place, places, plan

PLACE = Place(
    code=Path("/code"),
    state=Path("/run/state"),
    ports={"api": 4001, "rates": 4002},
    outward={"bank.example": "http://127.0.0.1:5001"},
    python="/usr/bin/python",
)
API = Service(
    name="api",
    command=("{python}", "-m", "api", "--port={port}", "{{port}}"),
    ready="/up?x=1",
    env={"DB": "sqlite:///{state}/a.db", "BANK": "{outward.bank.example}", "RATES": "{rates.url}/v1"},
    cwd="services/api",
    start_timeout=7.0,
)
WORKER = Service(name="rates", command=("./work",))


def settings(**more: object) -> Settings:
    content: dict[str, object] = {
        "root": Path("/code"),
        "service": "s",
        "services": {"api": API, "rates": WORKER},
        "stimuli": Stimuli(to="api"),
        "bundles": ("b",),
        **more,
    }
    return Settings(**content)  # type: ignore[arg-type]


def test_what_only_this_side_was_given() -> None:
    assert places(settings(), PLACE) == {
        "/run/state": "{state}",
        "http://127.0.0.1:4001": "{api.url}",
        "127.0.0.1:4001": "127.0.0.1:{api.port}",
        "localhost:4001": "localhost:{api.port}",
        "http://127.0.0.1:4002": "{rates.url}",
        "127.0.0.1:4002": "127.0.0.1:{rates.port}",
        "localhost:4002": "localhost:{rates.port}",
        "http://127.0.0.1:5001": "{outward.bank.example}",
        "127.0.0.1:5001": "{outward.bank.example}",
    }


def test_a_service_is_filled_in() -> None:
    api = plan(settings(), PLACE).services[0]
    assert api.argv == ("/usr/bin/python", "-m", "api", "--port=4001", "{port}")
    assert api.env == {
        "DB": "sqlite:////run/state/a.db",
        "BANK": "http://127.0.0.1:5001",
        "RATES": "http://127.0.0.1:4002/v1",
    }
    assert (api.cwd, api.timeout) == (Path("/code/services/api"), 7.0)
    assert (api.port, api.ready) == (4001, "http://127.0.0.1:4001/up?x=1")


def test_a_service_that_takes_no_port_is_not_asked_whether_it_is_ready() -> None:
    worker = plan(settings(), PLACE).services[1]
    assert (worker.port, worker.ready) == (None, None)


def test_the_one_that_gets_the_requests_is_always_asked() -> None:
    made = plan(settings(stimuli=Stimuli(to="rates")), PLACE)
    assert made.services[1].ready == "http://127.0.0.1:4002/"
    assert made.target == "http://127.0.0.1:4002"


def test_migrations_run_as_their_service() -> None:
    made = plan(settings(migrate=(Migration(service="api", run=("{python}", "m.py", "{state}")),)), PLACE)
    (one,) = made.migrations
    assert one.argv == ("/usr/bin/python", "m.py", "/run/state")
    assert (one.env, one.cwd) == (made.services[0].env, made.services[0].cwd)


def test_stores_lie_in_the_sides_own_folder() -> None:
    made = plan(settings(stores=(Store(store="db", kind="sqlite", path="{state}/a.db"),)), PLACE)
    assert made.stores == {"db": Path("/run/state/a.db")}


def test_commands_and_variables_stay_out_of_texts() -> None:
    shown = repr(plan(settings(), PLACE).services[0])
    assert "--port" not in shown and "sqlite" not in shown
