"""The first command that a newcomer types."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: str, cwd: Path, state: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        arguments, cwd=cwd, env={**os.environ, "XDG_STATE_HOME": str(state)}, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    out = tmp_path_factory.mktemp("demo")
    return run(str(ROOT / "scripts" / "demo"), "--out", str(out / "run"), cwd=out, state=out / "state"), out


def test_the_demo_shows_the_double_capture(demo: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    done, out = demo
    assert done.returncode == 0, done.stderr
    assert "the change 'recover-pending' of examples/billing" in done.stderr
    first = done.stdout.split("\nFAIL")[0].splitlines()
    assert first == [
        "FAIL  captured twice: 2 captures where there was 1",
        "      invoice#1 in confirm-reconcile-webhook",
        "      triggers: POST /v1/invoices/{id}/confirm, POST /internal/reconcile",
    ]
    report = out / "run" / "report" / "index.html"
    assert done.stdout.splitlines()[-1] == f"report: {report}"
    assert "captured twice: 2 captures where there was 1" in report.read_text()
    result = json.loads((out / "run" / "result.json").read_text())
    assert result["verdict"] == "fail"
    assert re.search(r"^FAIL  \d+ findings in 1 of 15 scenarios\.$", done.stdout, re.MULTILINE), done.stdout
    assert "recover-pending" in result["sides"]["candidate"]["ref"]


def test_the_demo_leaves_what_the_contract_says(demo: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    _, out = demo
    left = {path.name for path in (out / "run").iterdir()}
    assert {"result.json", "report", "summary.md", "baseline.repro", "candidate.repro", "logs"} <= left
    assert (out / "run" / "report" / "confirm-reconcile-webhook.html").is_file()
    assert not list((out / "state").rglob("*.json")), "a run file was left behind"


def test_its_two_recordings_compare_to_the_same_verdict(
    demo: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    _, out = demo
    gate, sides = (
        str(ROOT / ".venv" / "bin" / "gate"),
        [out / "run" / f"{side}.repro" for side in ("baseline", "candidate")],
    )
    done = run(gate, "compare", *map(str, sides), "--out", str(out / "compared"), cwd=out, state=out)
    assert done.returncode == 1, done.stderr
    assert "captured twice: 2 captures where there was 1" in done.stdout
    same = run(gate, "compare", str(sides[0]), str(sides[0]), "--out", str(out / "same"), cwd=out, state=out)
    assert same.returncode == 0, same.stdout


def test_two_runs_leave_the_same_result_and_no_argument_is_needed(
    demo: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    _, out = demo
    again = run(str(ROOT / "scripts" / "demo"), cwd=out, state=out / "state")
    assert again.returncode == 0, again.stderr
    report = ROOT / again.stdout.splitlines()[-1].removeprefix("report: ")
    assert report.is_file() and report.parents[2] == ROOT / ".gate" / "runs"
    first, second = (
        json.loads((folder / "result.json").read_text()) for folder in (out / "run", report.parents[1])
    )
    shutil.rmtree(report.parents[1])
    for document in (first, second):
        for volatile in ("timing", "run_id", "kpi"):
            document.pop(volatile)
    assert first == second
