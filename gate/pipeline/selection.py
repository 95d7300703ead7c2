"""Which scenarios a run is about, and the state that they need, out of some bundles."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from gate.errors import RequestError
from gate.model import UNOWNED, Bundle, Recording

Named = Sequence[tuple[str, Bundle]]


def select(bundles: Named, patterns: Sequence[str]) -> dict[str, Recording]:
    """The scenarios that a run is about, by name; all where no pattern is given. Raises RequestError."""
    every: dict[str, Recording] = {}
    found_in: dict[str, str] = {}
    for called, bundle in bundles:
        for name, recording in bundle.recordings.items():
            if name == UNOWNED and len(bundles) > 1:
                continue  # what was left over in one run tells nothing of the scenarios of another
            if name in every:
                raise RequestError(
                    f"bundle {called}: scenario {name} is in {found_in[name]} as well; rename one, or take one bundle"
                )
            found_in[name] = called
            if name != UNOWNED or not patterns:  # what all scenarios left over is not for some of them to say
                every[name] = recording
    if not every and not patterns:
        names = ", ".join(called for called, _ in bundles)
        raise RequestError(f"bundle {names}: holds no scenario; record one, or write scenarios/<name>.json")
    unknown = [pattern for pattern in patterns if not any(fnmatchcase(name, pattern) for name in every)]
    if unknown:
        known = ", ".join(sorted(every)[:8]) or "none"
        raise RequestError(
            f"no scenario matches '{unknown[0]}'; there are {known}" + (" …" if len(every) > 8 else "")
        )
    return {
        name: recording
        for name, recording in sorted(every.items())
        if not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)
    }


def payloads(bundles: Named, kinds: Mapping[str, str]) -> dict[str, bytes]:
    """The snapshot of each store, of the kind that the store has in this environment.

    Raises RequestError where one would not be loaded, or not the one that is meant.
    """
    found: dict[str, bytes] = {}
    for called, bundle in bundles:
        for store, parts in _by_store(bundle).items():
            if store not in kinds:
                raise RequestError(
                    f"bundle {called}: holds the state of store '{store}', unknown to 'state' in gate.yml; add it"
                )
            path = parts.get(kinds[store])
            if path is None:
                raise RequestError(
                    f"bundle {called}: holds the state of store '{store}' as {', '.join(sorted(parts))}, and this "
                    f"environment wants {kinds[store]}; add such a snapshot to the bundle"
                )
            content = bundle.payloads[path]
            if found.setdefault(store, content) != content:
                raise RequestError(
                    f"bundle {called}: its state of store '{store}' is not that of the bundles before; "
                    "run them one at a time"
                )
    return found


def _by_store(bundle: Bundle) -> dict[str, dict[str, str]]:
    """The paths of the snapshots by store and kind."""
    found: dict[str, dict[str, str]] = {}
    for part in bundle.manifest.state:
        found.setdefault(part.store, {})[part.kind] = part.path
    return found
