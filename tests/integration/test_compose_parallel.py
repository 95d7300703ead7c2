"""Several gates on one engine at the same time: none notices the other, and a clean-up spares those that live."""

from pathlib import Path

import pytest

from tests.integration.boxes import DB, Boxes
from tests.integration.harness import eventually

pytestmark = pytest.mark.docker


def test_two_gates_and_clean_ups_all_the_time(tmp_path: Path) -> None:
    worlds = [Boxes(tmp_path / name) for name in ("one", "two")]
    for world in worlds:
        world.gate_yml(compose="state: [{store: db, kind: postgres, service: db}]")
        world.both({"db": DB})
    worlds[1].box("candidate", {"db": DB}, suffix="!")
    running = [world.start("--scenario", "note-1") for world in worlds]
    cleaned = 0
    while any(process.poll() is None for process, _ in running):
        # It takes the shared image of the playback server, between its building and its use as well.
        assert worlds[0].gate("clean").code == 0
        cleaned += 1
    said = [process.communicate() for process, _ in running]
    assert [process.returncode for process, _ in running] == [0, 1], said
    assert cleaned >= 2, "clean-ups beside the gates"
    for world in worlds:
        assert eventually(lambda world=world: not world.leftovers()), world.leftovers()
