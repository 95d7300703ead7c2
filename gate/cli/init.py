"""``gate init``."""

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click

from gate import wiring
from gate.cli.run import gate_run
from gate.cli.say import tell
from gate.config.load import load
from gate.errors import GateError, InconclusiveError, RequestError
from gate.ports import StartError
from gate.provision.compose_file import ComposeFile, place, read
from gate.provision.draft import draft
from gate.provision.draft_text import gate_yml, numbered, request_file, said, scenario_name
from gate.provision.drafted import Draft, Known
from gate.provision.outside import placeholders, service_names
from gate.provision.policy import below

_FILES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
_OVERRIDES = ("compose.override.yaml", "compose.override.yml", "docker-compose.override.yml")
_PATHS = ("/healthz", "/health", "/ready", "/status", "/")
"""Where services say that they are well, the most telling first."""
_PATIENCE = 60.0
_FIRST = Path("bundles/first")
_NEXT = (
    "read gate.yml: what is marked '?' is a guess",
    "replay real requests instead of one GET: docs/how-to/record-a-bundle.md",
    "gate a change: commit gate.yml and the bundle, then 'gate run' compares your work with the main branch",
    "what each key means, and what to do where it does not start: docs/tutorial/your-compose-file.md",
)


@click.command()
@click.option(
    "--compose-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The compose file. Default: compose.yaml, compose.yml, docker-compose.yml or docker-compose.yaml.",
)
@click.option(
    "--out",
    default="gate.yml",
    show_default=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The file to write; its folder is the code of a side.",
)
@click.option("--force", is_flag=True, help="Write over a gate.yml that is there.")
@click.option("--no-run", is_flag=True, help="Only write; start nothing.")
@click.option("--service", metavar="NAME", help="The service that gets the requests. Default: a guess.")
def init(compose_file: Path | None, out: Path, force: bool, no_run: bool, service: str | None) -> int:
    """Write a first gate.yml from a compose file, and run it once.

    It reads which services are built here, which one answers requests, and which databases there are; marks every guess
    in the file; adds a bundle with one GET; then gates the folder against itself, which has to pass.

    \b
    gate init                               the compose file of this folder
    gate init --service web                 another service gets the requests
    gate init --no-run                      start nothing
    """
    if out.exists() and not force:
        raise RequestError(
            f"{out}: is there already; look at it, then give --force to write it anew, or another --out"
        )
    root = out.absolute().parent
    if not root.is_dir():
        raise RequestError(f"{out}: its folder is not there; give --out a file in the folder of your code")
    made = _drafted(_compose_file(compose_file, root), root, service)
    bundle = root / _FIRST if made.bundles == (str(_FIRST),) and not (root / _FIRST).exists() else None
    _write(out, gate_yml(made))
    _write_bundle(bundle, made)
    return _ended(made, out, bundle, not no_run)


def _compose_file(asked: Path | None, root: Path) -> Path:
    if asked is not None:
        if not asked.is_file():
            raise RequestError(f"{asked}: there is no such compose file")
        if not below(str(asked.absolute()), root):
            raise RequestError(
                f"{asked}: lies outside of {root}, the folder of gate.yml; give --out a file beside it"
            )
        return asked.absolute()
    found = next((root / name for name in _FILES if (root / name).is_file()), None)
    if found is None:
        raise RequestError(f"{root}: has no {', '.join(_FILES)}; name yours with --compose-file")
    return found


def _drafted(path: Path, root: Path, service: str | None) -> Draft:
    """What is read from the compose file. Raises RequestError with its line where it cannot be."""
    # Not at the top: it takes the whole of the wiring, which a wrong path need not wait for.
    from gate.wiring.look import held_by_a_side, resolved_model

    name = str(path.relative_to(root)) if path.is_relative_to(root) else path.name
    tell(f"init: read {name} …")
    files: list[ComposeFile] = []
    try:
        files = read(path, root)
        env = {key: one.value for key, one in placeholders(files, root).items()}
        model = resolved_model(path, service_names(files[:1]), env, os.environ)
    except StartError as error:
        text = str(error).replace(f"validating {path}: ", "")
        raise RequestError(_placed(text, files, name)) from None
    made = draft(model, files, root, name, held_by_a_side(root, os.environ), _bundles(root), service)
    left_out = sorted(set(service_names(files)) - set(model.get("services") or {}))
    notes = [
        f"{place(files, ('services', one))}: {one} is in a profile, so it is left out" for one in left_out
    ]
    notes += [
        f"{one}: is not read; a run uses {name} alone" for one in _OVERRIDES if (path.parent / one).is_file()
    ]
    return replace(made, guessed=(*made.guessed, *notes))


def _placed(text: str, files: list[ComposeFile], name: str) -> str:
    """What Compose said, with the line that it means where it names a service."""
    found = re.search(r"services[.\[]+['\"]?([A-Za-z0-9._-]+?)['\"]?(?:\]|\.([a-z_]+)|[\s:]|$)", text)
    at = ("services", *(word for word in found.groups() if word)) if found else ()
    where = place(files, at) if files else name
    return text if text.startswith(name) else f"{where}: Docker Compose does not take it: {text}"


def _bundles(root: Path) -> list[str]:
    """The bundles that are there, else the one that is to be written."""
    folders = [root / "bundle", *sorted((root / "bundles").glob("*"))]
    found = [
        one
        for one in folders
        if one.suffix == ".repro" or (one / "manifest.json").is_file() or any(one.glob("scenarios/*.*json"))
    ]
    return [str(one.relative_to(root)) for one in found] or [str(_FIRST)]


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InconclusiveError(f"{path}: cannot be written: {error.strerror}") from None


def _write_bundle(folder: Path | None, made: Draft) -> None:
    if folder is None:
        return
    path = made.target.ready.text if made.target.ready else "/"
    for old in folder.glob("scenarios/get-*.json"):  # of the path that was there before one was tried
        old.unlink()
    _write(folder / "scenarios" / f"{scenario_name(path)}.json", request_file(path))


def _ended(made: Draft, out: Path, bundle: Path | None, run: bool) -> int:
    """Run it, if so asked, and say what is left to decide, however that ended."""
    load(out, os.environ)  # what it refuses must not be called written
    failure: GateError | None = None
    code = 0
    if run:
        try:
            made = _tried(made, out, bundle)
            code = _run(out)
        except GateError as error:
            failure, code = error, error.exit_code
    else:
        made = _untried(made)
    _tell_what_is_left(made, out, bundle, code if run else None)
    if failure is not None:
        raise failure
    return code


def _untried(made: Draft) -> Draft:
    if made.target.ready:
        return made
    return made.with_ready(
        None, f"{made.front.name}: no path is known that says when it has started; put one in as 'ready'"
    )


def _tried(made: Draft, out: Path, bundle: Path | None) -> Draft:
    """With a path that says that the service is ready: where none is known, by asking it for the usual ones."""
    if made.target.ready:
        return made
    from gate.wiring.look import first_ready  # see above

    tell(f"init: start {made.front.name} once, and look for a path that says that it is ready …")
    path, gave = first_ready(load(out, os.environ), _PATHS, _PATIENCE, os.environ)
    made = made.with_ready(
        Known(text=path, why=f"it answered {gave[path]} when it was tried") if path else None,
        _nothing(made, gave),
    )
    if path:
        made = replace(
            made, guessed=(*made.guessed, f"it is ready when GET {path} answers 2xx: it did when tried")
        )
        _write(out, gate_yml(made))
        _write_bundle(bundle, made)
    return made


def _nothing(made: Draft, gave: Mapping[str, str]) -> str:
    answers = ", ".join(f"{path} gave {status}" for path, status in gave.items()) or "nothing answered"
    return (
        f"{made.front.name}: no path answered 2xx ({answers}), so a run cannot tell when it has started: put one in as "
        "'ready', or see that its port is right"
    )


def _run(out: Path) -> int:
    tell("init: gate this folder against itself, which has to pass …")
    root = str(out.parent)
    words = ("gate", "run", *(("--config", str(out)) if str(out) != "gate.yml" else ()))
    asked = wiring.Asked(
        settings=load(out, os.environ, "compose"),
        tell=tell,
        baseline=root,
        candidate=root,
        command=(*words, "--baseline", root, "--candidate", root),
    )
    return gate_run(asked, None, "text")


def _tell_what_is_left(made: Draft, out: Path, bundle: Path | None, code: int | None) -> None:
    wrote = f"{out} and {bundle.relative_to(out.absolute().parent)}" if bundle else f"{out}"
    verdicts = {None: "it was not run", 0: "it runs, and passes against itself"}
    click.echo(
        f"\nWrote {said(wrote)}; {verdicts.get(code, 'it does not pass yet: see the error, and what is to decide')}."
    )
    titles = (("For you to decide", made.open), ("Guessed, and from what", made.guessed), ("Next", _NEXT))
    for line in numbered(titles):
        click.echo(line)
