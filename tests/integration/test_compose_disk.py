"""Disks without room, where sides are in containers: whose fault it is, in one line, and nothing left."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.boxes import API, Boxes
from tests.integration.disk import Disk, ways
from tests.integration.harness import eventually

pytestmark = pytest.mark.docker


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Boxes]:
    made = Boxes(tmp_path)
    yield made
    assert eventually(lambda: not made.leftovers()), made.leftovers()


def test_temporary_folder_without_room(world: Boxes) -> None:
    way = ways()[-1]
    disk = Disk(world.home / "full", way)
    env = {"TMPDIR": str(disk.folder)}
    try:
        done = world.run_until("bring the sides up", disk.fill, env=env)
        assert done.code == 3 and len(done.errors) == 1 and "Traceback" not in done.err, done.err
        assert disk.says in done.errors[0], done.errors
        assert not disk.left()
    finally:
        disk.close()


def test_candidate_that_fills_its_own_tmpfs_fails(world: Boxes) -> None:
    world.box("candidate", api={**API, "tmpfs": ["/small:size=1m"]}, on="GET", then="fill")
    done = world.run("--scenario", "note-1")
    assert done.code == 1 and done.result["verdict"] == "fail", done.err
    assert "No space left" in (done.folder / "logs" / "candidate" / "api.log").read_text()
