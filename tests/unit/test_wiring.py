"""What a run is given, and that it leaves nothing of it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gate import wiring
from gate.config import Settings, Stimuli
from gate.errors import RequestError

INTERRUPTED = """
import signal, sys
from gate import wiring
from gate.cli.main import _interrupted
signal.signal(signal.SIGTERM, _interrupted)
environ = {"PATH": sys.argv[1], "XDG_STATE_HOME": sys.argv[1]}
try:
    with wiring.scratch("one", environ) as (run, folder):
        run.add_worktree(folder, folder / "tree")
except KeyboardInterrupt:
    print("interrupted", [*wiring.run_folder(environ).iterdir()], folder.exists())
"""


def test_a_clean_up_that_is_interrupted_is_done_again(tmp_path: Path) -> None:
    git = tmp_path / "git"  # it is what takes longest in a clean-up
    git.write_text('#!/bin/sh\n[ -e "$0.once" ] || { : >"$0.once"; kill -TERM $PPID; /bin/sleep 2; }\n')
    git.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, str(tmp_path)],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == ("interrupted [] False\n", "")


@pytest.mark.parametrize(
    ("environ", "lies"),
    [
        ({"XDG_STATE_HOME": "{tmp}/state", "HOME": "{tmp}/home"}, "{tmp}/state/replay-gate/runs"),
        ({"XDG_STATE_HOME": "", "HOME": "{tmp}/home"}, "{tmp}/home/.local/state/replay-gate/runs"),
        ({"XDG_STATE_HOME": "state", "HOME": "{tmp}/home"}, "{tmp}/home/.local/state/replay-gate/runs"),
    ],
    ids=["state", "home", "a relative one is none"],
)
def test_where_run_files_lie(tmp_path: Path, environ: dict[str, str], lies: str) -> None:
    found = wiring.run_folder({name: value.format(tmp=tmp_path) for name, value in environ.items()})
    assert found == Path(lies.format(tmp=tmp_path)) and found.is_dir()


def test_two_recorded_sides_are_refused(tmp_path: Path) -> None:
    settings = Settings(root=tmp_path, service="x", services={}, stimuli=Stimuli(to=""), bundles=())
    with pytest.raises(RequestError, match="'gate compare' takes two"):
        wiring.Asked(settings=settings, baseline="recorded", candidate="recorded")


def test_what_goes_wrong_before_a_run_is_told_without_secrets(tmp_path: Path) -> None:
    (tmp_path / "bundle" / "scenarios").mkdir(parents=True)
    (tmp_path / "bundle" / "scenarios" / "one.json").write_text('{"request": {"method": "GET", "path": "/"}}')
    settings = Settings(
        root=tmp_path,
        service="x",
        services={},
        stimuli=Stimuli(to=""),
        bundles=("bundle",),
        secrets={"KEY": tmp_path.name},
    )
    asked = wiring.Asked(settings=settings, baseline=str(tmp_path / "no"))
    with pytest.raises(RequestError) as error, wiring.job(asked, "r", tmp_path, {"HOME": str(tmp_path)}):
        pass
    assert "/[redacted:KEY]/no' is not a folder" in str(error.value)
