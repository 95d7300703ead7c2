"""Bundles that are broken or made to do harm: exit code 2, one line, and nothing of them is run."""

import io
import tarfile
from pathlib import Path

import pytest
import zstandard

from gate.bundle import read
from gate.cli.main import main
from tests.integration.harness import World
from tests.integration.notes import notes_bundle


@pytest.fixture
def refused(world: World, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """Runs the gate in this process, since each case is over before anything is started."""
    monkeypatch.chdir(world.work)
    for name in ("XDG_STATE_HOME", "TMPDIR", "PROD_TOKEN"):
        monkeypatch.setenv(name, world.env[name])

    def check(*words: str) -> None:
        with pytest.raises(SystemExit) as ended:
            main(["run", "--baseline", "baseline", "--candidate", "candidate", "--out", "out"])
        said = capfd.readouterr()
        assert ended.value.code == 2, said.err
        lines = said.err.splitlines()
        assert len(lines) == 1 and lines[0].startswith("gate: bundle bundle"), said.err
        assert lines[0].isprintable() and not said.out
        for word in words:
            assert word in lines[0]

    return check


def files_of_the_bundle() -> list[str]:
    return ["manifest.json", "scenarios/note-1.ndjson", "scenarios/note-2.ndjson"]


@pytest.mark.parametrize("path", files_of_the_bundle())
@pytest.mark.parametrize("harm", ["truncated", "flipped", "missing", "empty"])
def test_harmed_file(world: World, refused, path: str, harm: str) -> None:  # type: ignore[no-untyped-def]
    file = world.work / "bundle" / path
    content = file.read_bytes()
    middle = len(content) // 2
    if harm == "missing":
        file.unlink()
    else:
        flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        file.write_bytes({"truncated": content[:middle], "flipped": flipped, "empty": b""}[harm])
    refused(Path(path).name)


def packed(world: World, *entries: tuple[tarfile.TarInfo, bytes], after: bytes = b"") -> None:
    """A .repro with the good files and these entries, in place of the bundle."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path in files_of_the_bundle():
            tar.add(world.work / "bundle" / path, arcname=path)
        for entry, content in entries:
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    packed = zstandard.ZstdCompressor().compress(buffer.getvalue())
    (world.work / "bundle.repro").write_bytes(packed + after)
    text = (world.work / "gate.yml").read_text().replace("bundles: [bundle]", "bundles: [bundle.repro]")
    (world.work / "gate.yml").write_text(text)


def entry(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, link
    return made


@pytest.mark.parametrize(
    ("made", "words"),
    [
        pytest.param(entry("../outside"), "../outside", id="parent"),
        pytest.param(entry("/tmp/outside"), "/tmp/outside", id="absolute"),
        pytest.param(entry("scenarios/../../outside"), "../../outside", id="through a folder"),
        pytest.param(
            entry("state/link", tarfile.SYMTYPE, "/etc/passwd"), "symbolic link", id="symbolic link"
        ),
        pytest.param(entry("state/link", tarfile.LNKTYPE, "manifest.json"), "hard link", id="hard link"),
        pytest.param(entry("state/device", tarfile.CHRTYPE), "device", id="device"),
        pytest.param(entry("state/pipe", tarfile.FIFOTYPE), "fifo", id="pipe"),
        pytest.param(entry("state/esc\x1b[2J"), "state/esc", id="control character"),
    ],
)
def test_hostile_entry(world: World, refused, made: tarfile.TarInfo, words: str) -> None:  # type: ignore[no-untyped-def]
    packed(world, (made, b""))
    refused(words)
    assert not (world.home / "outside").exists()


def test_bomb(world: World, refused) -> None:  # type: ignore[no-untyped-def]
    packed(world, (entry("state/zeros"), bytes(60 * 1024 * 1024)))
    refused("unpacks to more than")


def test_cut_and_garbled_archive(world: World, refused) -> None:  # type: ignore[no-untyped-def]
    packed(world)
    file = world.work / "bundle.repro"
    whole = file.read_bytes()
    assert list(read(file).recordings) == ["note-1", "note-2"]  # so what is refused here is only for its harm
    for content in (whole[: len(whole) // 2], b"no archive", b"", whole + b"more"):
        file.write_bytes(content)
        refused()


def test_folder_with_links(world: World, refused) -> None:  # type: ignore[no-untyped-def]
    (world.work / "bundle" / "state").symlink_to("/etc")
    refused()


def test_same_scenario_in_two_bundles(world: World, refused) -> None:  # type: ignore[no-untyped-def]
    notes_bundle(world.work / "bundle-again")
    text = (world.work / "gate.yml").read_text().replace("[bundle]", "[bundle, bundle-again]")
    (world.work / "gate.yml").write_text(text)
    refused("note-1")
