import dataclasses
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gate.bundle import pack, read, write
from gate.cli.bundle import bundle as group
from gate.errors import RequestError
from gate.model import Bundle
from tests.unit.bundle.samples import sample_bundle


def run(*words: object) -> Result:
    result = CliRunner().invoke(group, [str(word) for word in words])
    if result.exception and not isinstance(result.exception, SystemExit | RequestError):
        raise result.exception
    return result


def refused(result: Result) -> str:
    assert isinstance(result.exception, RequestError)
    assert "\n" not in str(result.exception)
    return str(result.exception)


def test_pack_and_unpack_come_back(tmp_path: Path, sealed: Path) -> None:
    packed = run("pack", sealed, "-o", tmp_path / "b.repro")
    assert packed.exit_code == 0
    unpacked = run("unpack", tmp_path / "b.repro", tmp_path / "out")
    assert unpacked.exit_code == 0
    assert read(tmp_path / "out") == read(sealed)
    digest = read(sealed).digest
    assert packed.stdout.endswith(f"bytes  sha256 {digest}\n")
    assert unpacked.stdout == f"{tmp_path}/out  sha256 {digest}\n"


def test_pack_writes_beside_the_directory_unless_told(sealed: Path) -> None:
    assert run("pack", f"{sealed}/").exit_code == 0
    assert (sealed.parent / "billing.repro").is_file()


def test_unpack_refuses_a_full_target(tmp_path: Path, sealed: Path) -> None:
    pack(sealed, tmp_path / "b.repro")
    assert "the target is there and not empty" in refused(run("unpack", tmp_path / "b.repro", sealed))


def test_verify_checks_all_and_fails_on_any(tmp_path: Path, sealed: Path) -> None:
    pack(sealed, tmp_path / "b.repro")
    (tmp_path / "bad.repro").write_bytes(b"bad")
    good = run("verify", sealed, tmp_path / "b.repro")
    assert good.exit_code == 0
    assert good.stdout.splitlines() == [
        f"ok  {path}  2 scenarios  sha256 {read(sealed).digest}" for path in (sealed, tmp_path / "b.repro")
    ]
    one = run("verify", tmp_path / "bad.repro", sealed)
    assert refused(one).startswith("bundle bad.repro: is not Zstandard")
    assert one.stdout.startswith(f"ok  {sealed}")
    two = run("verify", tmp_path / "bad.repro", tmp_path / "none", sealed)
    assert refused(two) == "verify: 2 of 3 bundles cannot be read; see the lines above"
    assert [line[:12] for line in two.stderr.splitlines()] == ["bundle bad.r", "bundle none:"]
    assert two.stdout.startswith("ok  ")


def test_show_lists_scenarios(sealed: Path) -> None:
    assert run("show", sealed).stdout.splitlines() == [
        f"billing  2 scenarios  sha256 {read(sealed).digest}",
        "state db: sqlite state/db/billing.db  2,048 bytes",
        "",
        "scenario  tags        stimuli  calls  rows  messages  caches  says",
        "create    core,money        1      1     1         1       0  a draft is finalized",
        "finalize  core,money        1      1     1         1       0  a draft is finalized",
    ]


def test_show_lists_the_events_of_one(sealed: Path) -> None:
    assert run("show", sealed, "--scenario", "create").stdout.splitlines() == [
        "   ms  channel  operation          outcome",
        "0.000  request  POST /v1/invoices  201",
        "1.000  call     POST /v1/invoices  201",
        "       row      invoices           created",
        "3.000  message  outbox             key inv_7",
        "4.000  log      api                info",
    ]


def test_show_speaks_json(sealed: Path) -> None:
    document = json.loads(run("show", sealed, "--format", "json").stdout)
    assert document["digest"] == read(sealed).digest
    assert document["scenarios"][0] == {
        "name": "create",
        "says": "a draft is finalized",
        "tags": ["core", "money"],
        "stimuli": 1,
        "calls": 1,
        "rows": 1,
        "messages": 1,
        "caches": 0,
    }
    lines = run("show", sealed, "--scenario", "create", "--format", "json").stdout.splitlines()
    assert json.loads(lines[2]) == {
        "seq": 2,
        "ms": None,
        "channel": "row",
        "operation": "invoices",
        "outcome": "created",
        "trace_id": None,
    }


def test_show_of_a_request_file_says_that_nothing_was_recorded(tmp_path: Path) -> None:
    (tmp_path / "b" / "scenarios").mkdir(parents=True)
    (tmp_path / "b" / "scenarios" / "s.json").write_text(
        '[{"request": {"method": "GET", "path": "/a"}}, {"request": {"method": "GET", "path": "/b"}}]'
    )
    assert run("show", tmp_path / "b", "--scenario", "s").stdout.splitlines()[1:] == [
        "   0.000  request  GET /a     not recorded",
        "1000.000  request  GET /b     not recorded",
    ]


def test_an_unknown_scenario_says_where_to_look(sealed: Path) -> None:
    error = refused(run("show", sealed, "--scenario", "nope\x1b"))
    assert (
        error
        == f"bundle billing: has no scenario 'nope\\u{{1B}}'; run 'gate bundle show {sealed}' to see which there are"
    )


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("words", [[], ["--scenario", "create"]], ids=["bundle", "scenario"])
def test_recorded_strings_steer_no_terminal(tmp_path: Path, form: str, words: list[str]) -> None:
    write(hostile(), tmp_path / "b")
    out = run("show", tmp_path / "b", "--format", form, *words).stdout
    assert out.count("\n") <= 8
    assert all(char.isprintable() or char == "\n" for char in out)


def hostile() -> Bundle:
    """The sample with every free string made to move, hide and reverse."""
    evil = "\x1b[2J\x9b1A\r\n\u202eevil\u2028\x07"
    sample = sample_bundle()
    recording = sample.recordings["create"]
    events = [
        dataclasses.replace(event, operation=evil + event.operation, lineage=evil)
        for event in recording.events
    ]
    events[0] = dataclasses.replace(events[0], output={"error": evil})
    events[3] = dataclasses.replace(events[3], inputs={"key": evil})
    events[4] = dataclasses.replace(events[4], inputs={"level": evil})
    header = dataclasses.replace(recording.header, says=evil, tags=(evil,))
    part = dataclasses.replace(sample.manifest.state[0], store=evil, kind=evil)
    return dataclasses.replace(
        sample,
        manifest=dataclasses.replace(sample.manifest, name=evil, state=(part,)),
        recordings={"create": dataclasses.replace(recording, header=header, events=tuple(events))},
    )


@pytest.mark.parametrize("command", ["pack", "unpack", "verify", "show"])
def test_help_has_an_example(command: str) -> None:
    assert f"Example: gate bundle {command}" in run(command, "--help").stdout
