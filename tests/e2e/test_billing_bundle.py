"""The bundle of the example: large enough, recorded and not typed, and each scenario on entities of its own."""

import json
import os
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest

from gate.bundle import read
from gate.identity import given, marks, readable, texts
from gate.model import Channel, Recording

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).resolve().parents[2]
BUNDLE = read(ROOT / "bundles" / "billing")


def test_it_is_large_enough() -> None:
    assert len(BUNDLE.recordings) >= 12
    assert sum(len(recording.stimuli) for recording in BUNDLE.recordings.values()) >= 60


def test_outward_calls_were_recorded_from_a_provider_that_takes_its_time() -> None:
    calls = [event for recording in BUNDLE.recordings.values() for event in recording.on(Channel.CALL)]
    assert len(calls) >= 12
    assert all(call.duration > 1000 for call in calls)
    assert len({call.duration for call in calls}) > len(calls) // 2, "times that were typed, not measured"


def test_scenarios_own_disjoint_entities() -> None:
    generated = {name: _generated(recording) for name, recording in BUNDLE.recordings.items()}
    assert len([name for name, found in generated.items() if len(found) > 2]) >= 12
    for one, other in combinations(generated, 2):
        assert not generated[one] & generated[other], (one, other)


def _generated(recording: Recording) -> set[str]:
    known = given(recording)
    return {
        mark.text
        for event in recording.events
        for content in (readable(event.inputs), readable(event.output))
        for text in texts(content)
        for mark in marks(text)
        if not mark.is_time and mark.text not in known
    }


def test_the_recorded_side_is_judged_by_the_same_code(tmp_path: Path) -> None:
    config = ROOT / "examples" / "billing" / "gate.yml"
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "gate",
            "run",
            "--config",
            str(config),
            "--baseline",
            "recorded",
            "--out",
            str(tmp_path),
        ],
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path / "state")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads((tmp_path / "result.json").read_text())
    assert result["sides"]["baseline"]["kind"] == "recorded"
    assert {scenario["verdict"] for scenario in result["scenarios"]} == {"IDENTICAL"}
