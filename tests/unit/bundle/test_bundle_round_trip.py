import dataclasses
import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gate.bundle import pack, read, sha256, unpack, write
from gate.model import Bundle, Channel, Manifest
from tests.unit.bundle.samples import Refused, exchange, sample_bundle

REQUEST_FILE = '{"request": {"method": "GET", "path": "/healthz"}}'


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_directory_comes_back(tmp_path: Path, bundle: Bundle) -> None:
    digest = write(bundle, tmp_path / "b")
    assert read(tmp_path / "b") == dataclasses.replace(bundle, digest=digest)
    assert digest == sha256((tmp_path / "b" / "manifest.json").read_bytes())


def test_packing_and_unpacking_keep_every_byte(tmp_path: Path, sealed: Path, bundle: Bundle) -> None:
    packed, out = tmp_path / "b.repro", tmp_path / "out"
    digests = {pack(sealed, packed), unpack(packed, out), read(packed).digest, read(sealed).digest}
    assert len(digests) == 1
    assert contents(out) == contents(sealed)
    assert read(packed) == read(sealed)


def test_packed_bytes_depend_on_the_content_alone(tmp_path: Path, sealed: Path, bundle: Bundle) -> None:
    pack(sealed, tmp_path / "one.repro")
    for file in sealed.rglob("*"):
        os.utime(file, (1, 1))
        file.chmod(0o700)
    pack(sealed, tmp_path / "two.repro")
    pack(bundle, tmp_path / "three.repro")
    reordered = dataclasses.replace(bundle, recordings=dict(reversed(bundle.recordings.items())))
    pack(reordered, tmp_path / "four.repro")
    assert len({file.read_bytes() for file in tmp_path.glob("*.repro")}) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    st.text(min_size=1, max_size=50),
    st.lists(st.binary(max_size=3000), max_size=4),
    st.dictionaries(
        st.from_regex(r"state/[a-z]{1,8}\.db", fullmatch=True), st.binary(max_size=500), max_size=3
    ),
)
def test_any_bundle_comes_back(
    tmp_path: Path, name: str, bodies: list[bytes], payloads: dict[str, bytes]
) -> None:
    sample = sample_bundle().recordings["create"]
    events = tuple(exchange(seq, Channel.CALL, body) for seq, body in enumerate(bodies))
    recording = dataclasses.replace(sample, events=events)
    bundle = Bundle(manifest=Manifest(name=name), recordings={"create": recording}, payloads=payloads)
    written = dataclasses.replace(bundle, digest=write(bundle, tmp_path / "b"))
    assert pack(bundle, tmp_path / "b.repro") == written.digest
    assert read(tmp_path / "b") == read(tmp_path / "b.repro") == written


def test_an_existing_bundle_is_replaced_whole(tmp_path: Path, sealed: Path, bundle: Bundle) -> None:
    fewer = dataclasses.replace(bundle, recordings={"create": bundle.recordings["create"]})
    write(fewer, sealed)
    assert list(read(sealed).recordings) == ["create"]
    assert list(sealed.parent.iterdir()) == [sealed]
    assert sealed.stat().st_mode & 0o777 == 0o777 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_packed_file_does_not_go_into_its_own_bundle(sealed: Path) -> None:
    with Refused("bundle out.repro: lies inside the bundle itself; give a path outside", sealed):
        pack(sealed, sealed / "state" / "out.repro")


def test_what_is_no_bundle_is_not_replaced(tmp_path: Path, bundle: Bundle) -> None:
    (tmp_path / "app").mkdir()
    for name in ("manifest.json", "index.html"):
        (tmp_path / "app" / name).touch()
    with Refused("bundle app: the target is there and is no sealed bundle", tmp_path):
        write(bundle, tmp_path / "app")


def test_a_link_as_target_is_not_followed(tmp_path: Path, sealed: Path, bundle: Bundle) -> None:
    (tmp_path / "link").symlink_to(sealed)
    with Refused("the target is a symbolic link", tmp_path):
        write(bundle, tmp_path / "link")
    with Refused("is a symbolic link", tmp_path):
        pack(bundle, tmp_path / "link")


def test_a_bundle_that_reading_would_refuse_leaves_the_old_one(sealed: Path, bundle: Bundle) -> None:
    before = contents(sealed)
    for bad in (
        dataclasses.replace(bundle, payloads={}),
        dataclasses.replace(bundle, payloads={**bundle.payloads, "../evil": b""}),
        dataclasses.replace(bundle, payloads={**bundle.payloads, "state/DB/billing.db": b""}),
        dataclasses.replace(bundle, recordings={"other": bundle.recordings["create"]}),
    ):
        with Refused("bundle billing: ", sealed.parent):
            write(bad, sealed)
    assert contents(sealed) == before


def test_a_file_that_would_look_like_a_bomb_is_not_packed(tmp_path: Path, bundle: Bundle) -> None:
    zeros = dataclasses.replace(bundle, payloads={**bundle.payloads, "state/zeros": bytes(60 * 1024 * 1024)})
    with Refused("takes for a bomb; keep it as a directory", tmp_path):
        pack(zeros, tmp_path / "b.repro")
    write(zeros, tmp_path / "b")
    assert read(tmp_path / "b").payloads["state/zeros"] == bytes(60 * 1024 * 1024)


def test_request_files_alone_are_a_bundle(tmp_path: Path) -> None:
    folder = tmp_path / "hand"
    (folder / "scenarios").mkdir(parents=True)
    (folder / "scenarios" / "health.json").write_text(REQUEST_FILE)
    first = read(folder)
    assert first.manifest.name == "hand"
    assert [event.operation for event in first.recordings["health"].stimuli] == ["GET /healthz"]
    (folder / "scenarios" / "health.json").write_text(REQUEST_FILE.replace("GET", "HEAD"))
    assert read(folder).digest != first.digest != ""


def test_a_request_file_beside_the_seal_is_picked_up_and_packing_seals_it(
    tmp_path: Path, sealed: Path
) -> None:
    before = read(sealed)
    (sealed / "scenarios" / "health.json").write_text(REQUEST_FILE)
    found = read(sealed)
    assert list(found.recordings) == ["create", "finalize", "health"]
    assert found.digest != before.digest
    pack(sealed, tmp_path / "b.repro")
    assert read(tmp_path / "b.repro").recordings == found.recordings
    assert (sealed / "scenarios" / "health.json").exists()


def test_a_sealed_request_file_stays_one(tmp_path: Path) -> None:
    folder = tmp_path / "b"
    (folder / "scenarios").mkdir(parents=True)
    (folder / "scenarios" / "h.json").write_text(REQUEST_FILE)
    manifest = {
        "schema_version": 1,
        "name": "b",
        "scenarios": [{"name": "h", "tags": [], "says": "", "stimuli": 1}],
        "checksums": {"scenarios/h.json": sha256(REQUEST_FILE.encode())},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    digest = pack(folder, tmp_path / "b.repro")
    assert unpack(tmp_path / "b.repro", tmp_path / "out") == digest == read(folder).digest
    assert contents(tmp_path / "out") == contents(folder)


@pytest.mark.parametrize("there", ["absent", "empty"])
def test_unpacking_wants_a_free_target(tmp_path: Path, sealed: Path, there: str) -> None:
    pack(sealed, tmp_path / "b.repro")
    if there == "empty":
        (tmp_path / "out").mkdir()
    unpack(tmp_path / "b.repro", tmp_path / "out")
    with Refused("bundle out: the target is there and not empty", tmp_path):
        unpack(tmp_path / "b.repro", tmp_path / "out")
    with Refused("bundle b.repro: the target is a file", tmp_path):
        unpack(tmp_path / "b.repro", tmp_path / "b.repro")
