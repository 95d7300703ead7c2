"""A sealed directory, damaged in every way we could think of."""

import json
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from gate.bundle import from_request_file, pack, read, sha256, write
from gate.bundle.limits import MAX_FILE, MAX_FILES, Tally
from gate.bundle.where import Where
from gate.model import UNOWNED, Bundle, Header, Manifest, Recording
from tests.unit.bundle.samples import Refused

REQUEST_FILE = b'{"request": {"method": "GET", "path": "/"}}'
FILES = ("manifest.json", "scenarios/create.ndjson", "blobs/", "state/db/billing.db")


def file_of(folder: Path, name: str) -> Path:
    return folder / name if not name.endswith("/") else sorted((folder / name).iterdir())[0]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["truncated", "emptied", "flipped", "grown", "missing", "folder"])
def test_a_damaged_file_is_named(sealed: Path, name: str, damage: str) -> None:
    file = file_of(sealed, name)
    content = file.read_bytes()
    if damage == "truncated":
        file.write_bytes(content[: len(content) // 2])
    elif damage == "emptied":
        file.write_bytes(b"")
    elif damage == "flipped":
        file.write_bytes(content[:30] + bytes([content[30] ^ 1]) + content[31:])
    elif damage == "grown":
        file.write_bytes(content + b"x")
    else:
        file.unlink()
        if damage == "folder":
            file.mkdir()
    # A flipped manifest may name a file that is not there.
    place = "" if name == "manifest.json" else f"{file.relative_to(sealed)}:"
    with Refused(f"bundle billing: {place}", sealed.parent):
        read(sealed)
    with Refused(f"bundle billing: {place}", sealed.parent):
        pack(sealed, sealed.parent / "out.repro")


def add(path: str, content: bytes = b"x") -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)

    return apply


def link(folder: Path) -> None:
    file = folder / "scenarios" / "create.ndjson"
    file.rename(folder.parent.parent / "elsewhere")
    file.symlink_to(folder.parent.parent / "elsewhere")


def folder_link(folder: Path) -> None:
    (folder / "state").rename(folder.parent.parent / "elsewhere")
    (folder / "state").symlink_to(folder.parent.parent / "elsewhere")


def listening(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "state" / "s"))


def sparse(folder: Path) -> None:
    with (folder / "state" / "db" / "billing.db").open("r+b") as file:
        file.truncate(MAX_FILE * 1000)


def forged(**changes: object) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        file = folder / "manifest.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))

    return apply


def sealed_with(path: str, content: bytes) -> Callable[[Path], None]:
    """Adds a file and lists its checksum, as one who forges a bundle would."""

    def apply(folder: Path) -> None:
        add(path, content)(folder)
        file = folder / "manifest.json"
        document = json.loads(file.read_text())
        document["checksums"][path] = sha256(content)
        file.write_text(json.dumps(document))

    return apply


def renamed(folder: Path) -> None:
    """Both scenarios swap their files, checksums and all."""
    one, two = (folder / "scenarios" / f"{name}.ndjson" for name in ("create", "finalize"))
    one.rename(folder / "swap")
    two.rename(one)
    (folder / "swap").rename(two)
    file = folder / "manifest.json"
    document = json.loads(file.read_text())
    sums = document["checksums"]
    a, b = "scenarios/create.ndjson", "scenarios/finalize.ndjson"
    sums[a], sums[b] = sums[b], sums[a]
    file.write_text(json.dumps(document))


TABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "extra-file": (add("README.md"), r": README\.md: is no place for a file"),
    "extra-hidden": (add(".DS_Store"), r": \.DS_Store: is no place for a file"),
    "extra-folder": (add(".git/config"), r": \.git: is no folder of a bundle"),
    "extra-state": (add("state/more.db"), r": state/more\.db: is not listed in manifest\.json"),
    "extra-scenario": (add("scenarios/more.ndjson"), r": scenarios/more\.ndjson: is not listed"),
    "extra-blob": (add("blobs/" + "0" * 64), r": blobs/0+: is not (listed|the payload)"),
    "unused-blob": (sealed_with("blobs/" + sha256(b"x"), b"x"), r": blobs/\w+: is used by no scenario"),
    "wrong-blob": (sealed_with("blobs/" + "0" * 64, b"x"), r": blobs/0+: is not the payload"),
    "same-name-twice": (
        add("scenarios/create.json", REQUEST_FILE),
        r"create is there twice, as \.json and as \.ndjson",
    ),
    "bad-request-file": (
        add("scenarios/more.json", b"{}"),
        r": scenarios/more\.json: the entry of request 1",
    ),
    "bad-name": (add("scenarios/a b.json"), r": the path has characters beyond"),
    "dash-name": (add("scenarios/-rf.json"), r"scenarios/-rf\.json: the scenario is called '-rf'"),
    "hostile-name": (
        add("scenarios/\x1b[2J\u202e.json"),
        r"scenarios/\\u\{1B\}\[2J\\u\{202E\}\.json: the path",
    ),
    "backslash": (add("state/a\\..\\b"), r": the path leads out of the bundle"),
    "not-utf-8": (
        lambda folder: (folder / os.fsdecode(b"state/\xff")).touch(),
        r"state/\\u\{DCFF\}: the path",
    ),
    "newline": (add("state/a\nb"), r": state/a\\u\{A\}b: the path"),
    "long-path": (add("state/" + "a" * 100), r": the path is over 100 characters"),
    "deep-path": (add("state/" + "a/" * 8 + "b"), r"(levels|too many folders)"),
    "case": (add("state/DB/billing.db"), r"differs from state/\w+ in upper and lower case only"),
    "link": (link, r": scenarios/create\.ndjson: is a symbolic link"),
    "folder-link": (folder_link, r": state: is a symbolic link"),
    "fifo": (lambda folder: os.mkfifo(folder / "state" / "f"), r": state/f: is a fifo"),
    "socket": (listening, r": state/s: is a socket"),
    "sparse-giant": (
        sparse,
        r": state/db/billing\.db: has 67,108,864,000 bytes where 67,108,864 are allowed",
    ),
    "newer": (forged(schema_version=99), r"manifest\.json: is of schema_version 99 .*; update the gate"),
    "fewer-scenarios": (forged(scenarios=[]), r"manifest\.json: its list of scenarios is not what"),
    "other-checksums": (forged(checksums={}), r"is not listed in manifest\.json"),
    "self-checksum": (
        forged(checksums={"manifest.json": "0" * 64}),
        r"manifest\.json: is not what was sealed",
    ),
    "state-missing": (
        forged(state=[{"store": "db", "kind": "sqlite", "path": "state/none.db"}]),
        r": state/none\.db: is missing, the state of 'db'",
    ),
    "outside": (
        forged(checksums={"../../etc/passwd": "0" * 64}),
        r"passwd: is listed in manifest.json and missing",
    ),
    "swapped": (renamed, r"scenarios/create\.ndjson:1: is headed 'finalize'"),
    "no-manifest": (lambda folder: (folder / "manifest.json").unlink(), r"manifest\.json: is missing"),
    "nothing": (lambda folder: (shutil.rmtree(folder), folder.mkdir()), r"manifest\.json: is missing"),
    "gone": (shutil.rmtree, r"bundle billing: is not there; give a bundle's directory"),
}


@pytest.mark.parametrize(("damage", "match"), TABLE.values(), ids=TABLE.keys())
def test_what_does_not_belong_is_named(sealed: Path, damage: Callable[[Path], object], match: str) -> None:
    damage(sealed)
    with Refused(match, sealed.parent.parent):
        read(sealed)


def test_a_path_that_is_a_device_or_a_fifo_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with Refused("bundle pipe: is a fifo"):
        read(tmp_path / "pipe")
    with Refused("bundle zero: is a device"):
        read(Path("/dev/zero"))


def test_a_right_that_is_missing_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with Refused("bundle x: cannot be read or written: Not a directory|bundle x: is not there"):
        read(tmp_path / "file" / "x")
    with Refused("bundle file: is not Zstandard|ends in the middle"):
        read(tmp_path / "file")


@pytest.mark.parametrize(
    ("paths", "match"),
    [
        (["state/a", "state/a"], "state/a: is there twice"),
        (["state/a", "state/A"], "state/A: differs from state/a in upper"),
        (["state/a", "state/a/b"], "state/a/b: state/a is a file and a folder"),
        (["state/a/b", "state/a"], "state/a: state/a is a file and a folder"),
        ([f"state/{number}" for number in range(MAX_FILES + 1)], "state/20000: is more than file 20,000"),
        (["/etc/passwd"], "out of the bundle"),
        (["state/../../x"], "out of the bundle"),
        (["state/./x"], "characters beyond"),
        (["state//x"], "characters beyond"),
        (["state/x."], "characters beyond"),
        (["state/x/"], "characters beyond"),
        (["state/C:x"], "characters beyond"),
        (["state/e\u0301"], "characters beyond"),
        (["state"], "is no place"),
        (["blobs/abc"], "is no place"),
        (["scenarios/a/b.json"], "is no place"),
        (["scenarios/.json"], "is no place"),
        (["scenarios/_.json"], "the scenario is called '_'"),
        ([f"scenarios/{'a' * 81}.json"], "the scenario is called"),
    ],
)
def test_paths_are_counted_and_checked(paths: list[str], match: str) -> None:
    tally = Tally(Where(bundle="b"))
    with Refused(match):
        for path in paths:
            tally.admit(path, 0)


def test_sizes_are_counted() -> None:
    tally = Tally(Where(bundle="b"))
    with Refused("state/8: brings the bundle over 536,870,912 bytes"):
        for number in range(9):
            tally.admit(f"state/{number}", MAX_FILE)


def test_the_gates_own_name_is_no_scenarios(tmp_path: Path) -> None:
    (tmp_path / "byhand" / "scenarios").mkdir(parents=True)
    (tmp_path / "byhand" / "scenarios" / f"{UNOWNED}.json").write_bytes(REQUEST_FILE)
    header, sent = Header(scenario=UNOWNED), from_request_file(REQUEST_FILE, "x", Where(bundle="x")).events
    recordings = {UNOWNED: Recording(header=header, events=sent)}
    write(Bundle(manifest=Manifest(name="sealed"), recordings=recordings), tmp_path / "sealed")
    for name in ("byhand", "sealed"):
        with Refused(f"{UNOWNED} is the gate's own name, and never replayed; give it another"):
            read(tmp_path / name)
    write(
        Bundle(manifest=Manifest(name="left"), recordings={UNOWNED: Recording(header=header, events=())}),
        tmp_path / "left",
    )
    assert list(read(tmp_path / "left").recordings) == [UNOWNED]
