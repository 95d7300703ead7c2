"""How containers are reached, by address or by ports on loopback, and what they reach themselves."""

import json
from pathlib import Path

import pytest

from tests.integration.boxes import CACHE, DB, Boxes, containers_of, engine
from tests.integration.harness import eventually

pytestmark = pytest.mark.docker


def test_loopback_with_stores(tmp_path: Path) -> None:
    world = Boxes(tmp_path)
    stores = "[{store: db, kind: postgres, service: db}, {store: cache, kind: redis, service: cache}]"
    world.gate_yml(compose=f"reach: loopback\n    state: {stores}")
    world.both({"db": DB, "cache": CACHE})
    world.box("candidate", {"db": DB, "cache": CACHE}, suffix="!")
    ports: dict[str, object] = {}
    internal = []

    def look(_: int) -> None:
        for service in ("api", "db", "cache", "gate-playback"):
            (one,) = containers_of(world, "candidate", service)
            ports[service] = sorted(one.ports.items())
        with engine() as client:
            networks = client.networks.list(filters={"label": "replay-gate.run"})
            internal.extend(
                network.attrs["Internal"] for network in networks if network.name in world.in_engine()
            )

    done = world.run_until("replay 1 scenarios", look, "--scenario", "note-1")
    assert done.code == 1, done.err
    assert {one["channel"] for one in done.result["findings"]} == {"request"}
    assert internal == [False, False]
    for service, inside in (("api", 8000), ("db", 5432), ("cache", 6379), ("gate-playback", 7099)):
        ((port, outside),) = [one for one in ports[service] if one[1]]  # type: ignore[attr-defined]
        assert port == f"{inside}/tcp" and [one["HostIp"] for one in outside] == ["127.0.0.1"], ports
    assert "loopback" in json.dumps(done.result["sealing"])
    assert eventually(lambda: not world.leftovers()), world.leftovers()


def test_by_address_there_is_no_way_out_and_no_port(tmp_path: Path) -> None:
    world = Boxes(tmp_path)
    routes: list[str] = []
    ports: list[object] = []

    def look(_: int) -> None:
        for service in ("api", "gate-playback"):
            (one,) = containers_of(world, "candidate", service)
            routes.append(one.exec_run(["cat", "/proc/net/route"]).output.decode())
            ports.extend(outside for outside in one.ports.values() if outside)

    done = world.run_until("replay 1 scenarios", look, "--scenario", "note-1")
    assert done.code == 0, done.err
    assert len(routes) == 2 and not ports
    for table in routes:
        header, *rows = [line.split() for line in table.splitlines()]
        assert header[1] == "Destination" and rows
        assert "00000000" not in [row[1] for row in rows], "a default route leads out"
