"""Packed bundles that were damaged on the way, or made to do harm."""

import tarfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gate.bundle import pack, read, unpack
from gate.errors import RequestError
from tests.unit.bundle.samples import Refused, sample_bundle

Entry = tuple[str, bytes, bytes]
"""Name, type and content of a tar entry."""
GOOD = b'{"request": {"method": "GET", "path": "/"}}'


def header(
    name: str, kind: bytes = tarfile.REGTYPE, size: int = 0, form: int = tarfile.USTAR_FORMAT
) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.type, entry.size, entry.linkname = kind, size, "/etc/passwd"
    return entry.tobuf(form)


def tar(*entries: Entry) -> bytes:
    blocks = [
        header(name, kind, len(content)) + content + bytes(-len(content) % 512)
        for name, kind, content in entries
    ]
    return b"".join(blocks) + bytes(1024)


def squeeze(content: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(content)


def one(name: str, kind: bytes = tarfile.REGTYPE, content: bytes = b"x") -> bytes:
    return squeeze(tar((name, kind, content)))


def pax(claim: int) -> bytes:
    """An extension header that claims more than there is; careless readers allocate it."""
    return squeeze(header("x", tarfile.XHDTYPE, claim) + bytes(1024))


def named(raw: bytes) -> bytes:
    """A header whose name field is these bytes."""
    block = bytearray(header("state/x"))
    block[: len(raw)] = raw
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return squeeze(bytes(block) + bytes(1024))


def bomb(packed: int, window: int = 0b01010000) -> bytes:
    """A frame of run-length blocks: each 4 bytes make 128 KiB of zeros."""
    block = ((128 * 1024) << 3 | 1 << 1).to_bytes(3, "little") + b"\0"
    last = ((128 * 1024) << 3 | 1 << 1 | 1).to_bytes(3, "little") + b"\0"
    return b"\x28\xb5\x2f\xfd\x00" + bytes([window]) + block * (packed // 4) + last


def giant() -> bytes:
    compressor = zstandard.ZstdCompressor(level=1).compressobj()
    head = header("state/a", size=64 * 1024 * 1024)
    pieces = [compressor.compress(head)]
    pieces += [compressor.compress(bytes(1024 * 1024)) for _ in range(64)]
    return b"".join([*pieces, compressor.flush()])


OUT = "the path leads out of the bundle"
TABLE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "ends in the middle of its Zstandard frame"),
    "text": (b"hello, world", "is not Zstandard"),
    "gzip": (b"\x1f\x8b" + bytes(100), "is not Zstandard"),
    "plain-tar": (tar(("state/x", tarfile.REGTYPE, b"x")), "is not Zstandard"),
    "empty-frame": (squeeze(b""), "ends before it is complete"),
    "not-tar": (squeeze(b"x" * 2000), "holds a broken tar header"),
    "short-tar": (squeeze(b"x" * 100), "ends before it is complete"),
    "nothing": (squeeze(bytes(1024)), r"manifest\.json: is missing"),
    "no-end": (squeeze(tar(("state/x", tarfile.REGTYPE, b"x"))[:-1024]), "ends before it is complete"),
    "half-end": (squeeze(tar(("state/x", tarfile.REGTYPE, b"x"))[:-512]), "ends before it is complete"),
    "after-tar": (squeeze(tar() + b"x"), "something after the end of its tar"),
    "between-ends": (squeeze(bytes(512) + b"x" * 512), "something after the end of its tar"),
    "second-frame": (squeeze(tar()) + squeeze(b"x"), "has something after its end"),
    "trailing": (squeeze(tar()) + b"x", "has something after its end"),
    "padding": (
        squeeze(header("state/x", size=1) + b"a" + b"b" * 511 + bytes(1024)),
        "something hidden after",
    ),
    "parent": (one("../evil"), OUT),
    "parent-deep": (one("state/../../evil"), OUT),
    "absolute": (one("/etc/passwd"), OUT),
    "backslash": (one("state\\..\\evil"), OUT),
    "nul": (named(b"state/x\0../evil"), "has a NUL in its name"),
    "not-utf-8": (named(b"state/\xff"), r"state/\\u\{DCFF\}: the path has characters"),
    "escape": (one("state/\x1b]0;evil\x07"), r"state/\\u\{1B\}\]0;evil\\u\{7\}: the path"),
    "dot": (one("./state/x"), "characters beyond"),
    "symlink": (one("state/x", tarfile.SYMTYPE, b""), "state/x: is a symbolic link, not a plain file"),
    "hardlink": (one("state/x", tarfile.LNKTYPE, b""), "state/x: is a hard link"),
    "device": (one("state/x", tarfile.CHRTYPE, b""), "state/x: is a device"),
    "block-device": (one("state/x", tarfile.BLKTYPE, b""), "state/x: is a device"),
    "fifo": (one("state/x", tarfile.FIFOTYPE, b""), "state/x: is a fifo"),
    "folder": (one("state", tarfile.DIRTYPE, b""), "state: is a folder"),
    "sparse": (one("state/x", tarfile.GNUTYPE_SPARSE, b""), "is a tar entry of type b'S'"),
    "long-name": (one("x", tarfile.GNUTYPE_LONGNAME, b"/etc/passwd\0"), "is a tar entry of type b'L'"),
    "pax-size": (pax(8**11 - 1), "is a tar entry of type b'x'"),
    "twice": (squeeze(tar(*[("state/x", tarfile.REGTYPE, b"x")] * 2)), "state/x: is there twice"),
    "case": (squeeze(tar(("state/x", b"0", b""), ("state/X", b"0", b""))), "state/X: differs from state/x"),
    "claim": (squeeze(header("state/x", size=8**11 - 1)), "state/x: has 8,589,934,591 bytes where"),
    "claim-base-256": (squeeze(header("state/x", size=2**60, form=tarfile.GNU_FORMAT)), "has 1,152,921,"),
    "claim-negative": (squeeze(header("state/x", size=-1, form=tarfile.GNU_FORMAT)), "has a negative size"),
    "claim-short": (
        squeeze(header("state/x", size=5000) + b"x" * 512),
        "state/x: ends before it is complete",
    ),
    "unsealed": (one("scenarios/a.json", content=GOOD), r"manifest\.json: is missing"),
    "bomb": (
        bomb(100_000),
        "unpacks to more than|something after the end of its tar|manifest.json: is missing",
    ),
    "window": (bomb(4, window=0b10101000), r"is not Zstandard or is damaged \(.*memory"),
    "bomb-entry": (giant(), "state/a: .*|unpacks to more than"),
}


@pytest.mark.parametrize(("content", "match"), TABLE.values(), ids=TABLE.keys())
def test_a_hostile_archive_is_refused_and_leaves_nothing(tmp_path: Path, content: bytes, match: str) -> None:
    (tmp_path / "b.repro").write_bytes(content)
    with Refused(match, tmp_path):
        read(tmp_path / "b.repro")
    with Refused("bundle b.repro: ", tmp_path):
        unpack(tmp_path / "b.repro", tmp_path / "out")


@pytest.mark.parametrize(
    "make",
    [
        lambda: bomb(400_000),  # 13 GB
        giant,
    ],
    ids=["run-length", "zeros"],
)
def test_a_bomb_stops_soon_with_little_memory(tmp_path: Path, make: Callable[[], bytes]) -> None:
    (tmp_path / "b.repro").write_bytes(make())
    tracemalloc.start()
    began = time.monotonic()
    try:
        with Refused("bundle b.repro: ", tmp_path):
            read(tmp_path / "b.repro")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.monotonic() - began < 10
    assert peak < 160 * 1024 * 1024


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    file = tmp_path_factory.mktemp("packed") / "b.repro"
    pack(sample_bundle(), file)
    return file.read_bytes()


@pytest.mark.parametrize("kept", [0, 1, 4, 5, 10, 0.25, 0.5, 0.9, -8, -4, -1])
def test_a_truncated_file_is_refused(tmp_path: Path, packed: bytes, kept: float) -> None:
    end = int(len(packed) * kept) if isinstance(kept, float) else kept
    (tmp_path / "b.repro").write_bytes(packed[:end])
    with Refused("bundle b.repro: .*; fetch it again", tmp_path):
        unpack(tmp_path / "b.repro", tmp_path / "out")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
@given(st.data())
def test_no_flipped_bit_changes_a_bundle(tmp_path: Path, packed: bytes, data: st.DataObject) -> None:
    bit = data.draw(st.integers(0, len(packed) * 8 - 1))
    content = bytearray(packed)
    content[bit // 8] ^= 1 << bit % 8
    (tmp_path / "b.repro").write_bytes(content)
    try:
        found = read(tmp_path / "b.repro")
    except RequestError as error:
        assert str(error).isprintable()
    else:  # a bit that Zstandard does not use, such as one of padding
        (tmp_path / "good.repro").write_bytes(packed)
        assert found == read(tmp_path / "good.repro")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(
    st.lists(
        st.tuples(st.text(max_size=30), st.sampled_from([b"0", b"1", b"2", b"5"]), st.binary()), max_size=4
    )
)
def test_any_tar_is_read_or_refused(tmp_path: Path, entries: list[Entry]) -> None:
    try:
        content = squeeze(tar(*entries))
    except (ValueError, UnicodeError):
        return
    (tmp_path / "b.repro").write_bytes(content)
    with pytest.raises(RequestError):
        unpack(tmp_path / "b.repro", tmp_path / "out")
    assert {file.name for file in tmp_path.iterdir()} == {"b.repro"}
