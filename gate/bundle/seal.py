"""The files of a bundle and the bundle that they say: one to the other, checked whole."""

from collections.abc import Mapping
from types import MappingProxyType

from gate.bundle.blobs import Shelf
from gate.bundle.codec import from_lines, to_lines
from gate.bundle.digests import bundle_digest, sha256
from gate.bundle.limits import MANIFEST, Tally
from gate.bundle.manifest import Sealed, entries, from_json, to_json
from gate.bundle.request_file import from_request_file
from gate.bundle.where import Where, quoted
from gate.model import UNOWNED, Bundle, Manifest, Recording

_TOLD = "restore it from its source, or seal what is meant with 'gate bundle pack'"


def load(files: Mapping[str, bytes], where: Where, *, may_be_loose: bool) -> Bundle:
    """The bundle that these files say. Only request files may lie beside the seal, and only in a directory."""
    sealed = _sealed(files, where, may_be_loose=may_be_loose)
    loose = _loose(files, sealed, where)
    if loose and not may_be_loose:
        raise where.into(min(loose)).error("is not listed in manifest.json", _TOLD)
    recordings = _recordings(files, where)
    for part in sealed.manifest.state:
        if part.path not in files:
            raise where.into(part.path).error(f"is missing, the state of {quoted(part.store, 40)}")
    names = {path.partition("/")[2].rpartition(".")[0] for path in loose}
    told = entries(recording for name, recording in recordings.items() if name not in names)
    if sealed.scenarios != told:
        raise where.into(MANIFEST).error("its list of scenarios is not what the files hold", _TOLD)
    return Bundle(
        manifest=sealed.manifest,
        recordings=MappingProxyType(recordings),
        payloads=MappingProxyType({path: files[path] for path in sorted(files) if path.startswith("state/")}),
        digest=bundle_digest(files.get(MANIFEST), loose),
    )


def is_sealed(files: Mapping[str, bytes], where: Where) -> bool:
    """Whether the manifest covers every file."""
    return MANIFEST in files and len(from_json(files[MANIFEST], where).checksums) == len(files) - 1


def render(bundle: Bundle, where: Where) -> dict[str, bytes]:
    """The files of a bundle, sealed, in order of path. Raises RequestError where reading would refuse them."""
    shelf = Shelf()
    files = {path: bytes(content) for path, content in bundle.payloads.items()}
    for name, recording in bundle.recordings.items():
        path = f"scenarios/{name}.ndjson"
        if recording.header.scenario != name:
            raise where.into(path).error(f"is headed {quoted(recording.header.scenario)}", "name both alike")
        files[path] = to_lines(recording, shelf, where.into(path))
    files |= {f"blobs/{name}": content for name, content in shelf.payloads.items()}
    for part in bundle.manifest.state:
        if part.path not in bundle.payloads:
            raise where.into(part.path).error("is named in the manifest and not there", "add its payload")
    checksums = {path: sha256(files[path]) for path in sorted(files)}
    told = entries(bundle.recordings[name] for name in sorted(bundle.recordings))
    sealed = Sealed(manifest=bundle.manifest, scenarios=told, checksums=checksums)
    files[MANIFEST] = to_json(sealed, where.into(MANIFEST))
    tally = Tally(where)
    for path in sorted(files):
        tally.admit(path, len(files[path]))
    return {path: files[path] for path in sorted(files)}


def _sealed(files: Mapping[str, bytes], where: Where, *, may_be_loose: bool) -> Sealed:
    here = where.into(MANIFEST)
    if MANIFEST in files:
        return from_json(files[MANIFEST], here)
    if not may_be_loose or not files or not all(_is_request_file(path) for path in files):
        raise here.error(
            "is missing", "restore it, or keep nothing but request files in scenarios/<name>.json"
        )
    return Sealed(manifest=Manifest(name=where.bundle), scenarios=(), checksums={})


def _loose(files: Mapping[str, bytes], sealed: Sealed, where: Where) -> dict[str, bytes]:
    """Compare with the checksums; the request files that they do not list."""
    for path, checksum in sealed.checksums.items():
        if path not in files:
            raise where.into(path).error("is listed in manifest.json and missing", _TOLD)
        if sha256(files[path]) != checksum:
            raise where.into(path).error("is not what was sealed: its checksum differs", _TOLD)
    loose = {path: content for path, content in files.items() if path not in sealed.checksums}
    loose.pop(MANIFEST, None)
    for path in sorted(loose):
        if not _is_request_file(path):
            raise where.into(path).error("is not listed in manifest.json", _TOLD)
    return loose


def _recordings(files: Mapping[str, bytes], where: Where) -> dict[str, Recording]:
    blobs = {
        path.removeprefix("blobs/"): content for path, content in files.items() if path.startswith("blobs/")
    }
    for name, content in blobs.items():
        if sha256(content) != name:
            raise where.into(f"blobs/{name}").error("is not the payload that its name says", _TOLD)
    shelf = Shelf(blobs)
    found: dict[str, Recording] = {}
    for path in sorted(path for path in files if path.startswith("scenarios/")):
        name, here = path.partition("/")[2].rpartition(".")[0], where.into(path)
        if name in found:
            raise here.error(f"the scenario {name} is there twice, as .json and as .ndjson", "remove one")
        found[name] = _recording(files[path], name, shelf, here)
        if name == UNOWNED and found[name].stimuli:
            raise here.error(f"{UNOWNED} is the gate's own name, and never replayed", "give it another")
    if shelf.unused:  # nobody would see what is in it
        raise where.into(f"blobs/{shelf.unused[0]}").error("is used by no scenario", "write the bundle again")
    return {name: found[name] for name in sorted(found)}


def _recording(content: bytes, name: str, shelf: Shelf, where: Where) -> Recording:
    if where.file.endswith(".json"):
        return from_request_file(content, name, where)
    recording = from_lines(content, shelf, where)
    if recording.header.scenario != name:
        raise where.at(1).error(f"is headed {quoted(recording.header.scenario)}", "name both alike")
    return recording


def _is_request_file(path: str) -> bool:
    return path.startswith("scenarios/") and path.endswith(".json")
