"""What differs in the tables of both sides is said once, of no scenario."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from gate.config import Compare, Observe, Rows, Settings, Stimuli
from gate.model import (
    UNOWNED,
    Channel,
    Event,
    Header,
    Json,
    Recording,
    Result,
    ScenarioVerdict,
    Side,
    SideKind,
    SideName,
    Table,
    Verdict,
)
from gate.pipeline import Job, State, run
from gate.pipeline.unowned import tables
from gate.ports import LiveSide, Request
from gate.progress import Finished
from tests.fakes.events import request
from tests.fakes.jobs import job
from tests.fakes.places import FakeEnvironment, FakeStore
from tests.fakes.playing import FakePlayback
from tests.fakes.sending import FakeSender

BASELINE, CANDIDATE = SideName.BASELINE, SideName.CANDIDATE
IDS = {
    name: f"0b8f6f0e-5b0a-4e0e-9d5c-00000000000{digit}" for name, digit in ((BASELINE, "a"), (CANDIDATE, "b"))
}
NOTES = Table(key=("id",), columns={"id": "uuid", "text": "text"})
NOTED = replace(NOTES, columns={**NOTES.columns, "note": "text"})
CHANNELS = (Channel.REQUEST, Channel.CALL, Channel.LOG, Channel.ROW)


def live(
    name: SideName, table: Table, *beats: dict[str, Json], more: Mapping[str, Table] | None = None
) -> LiveSide:
    """A side that writes a row in its table, with all the columns that it has, while it answers."""
    known = {"notes": table, **(more or {}), "beats": Table(key=("id",), columns={"id": "text"})}
    content: dict[str, list[dict[str, Json]]] = {of: [] for of in known}

    def answer(_: Request) -> tuple[float, dict[str, Json]]:
        row: dict[str, Json] = dict.fromkeys(table.columns, "x")
        content["notes"] = [{**row, "id": IDS[name]}]
        content["beats"] = [*beats]
        return 0.0, {"status": 200, "headers": {}, "body": {"json": {"id": IDS[name]}}}

    return LiveSide(
        side=Side(name=name, kind=SideKind.LIVE, ref="x"),
        environment=FakeEnvironment(holds={"db": FakeStore(content, known)}),
        sender=FakeSender(answer),
        playback=FakePlayback(),
    )


def recorded(table: Table, *more: Event, **others: Recording) -> dict[str, Recording]:
    """A recording of the same, by a side with this table."""
    row = Event(
        seq=1,
        channel=Channel.ROW,
        operation="notes",
        inputs={"store": "db", "key": {"id": IDS[BASELINE]}, "existed": False, "before": None},
        output={**dict.fromkeys(table.columns, "x"), "id": IDS[BASELINE]},
        started_at=0,
    )
    header = Header(scenario="one", channels=CHANNELS, tables={"notes": table})
    sent = request(0, said={"id": IDS[BASELINE]})
    return {"one": Recording(header=header, events=(sent, row, *more)), **others}


def finished(asked: Job) -> Result:
    *_, last = run(asked, State())
    assert isinstance(last, Finished)
    return last.result


def ran(
    *sides: LiveSide, bundle: Mapping[str, Recording] | None = None, observe: Observe | None = None
) -> Result:
    return finished(job(bundle or recorded(NOTES), *sides, observe=observe))


def titles(result: Result) -> list[str]:
    return [finding.title for finding in result.findings]


def test_an_added_column_is_one_finding_and_no_row() -> None:
    result = ran(live(BASELINE, NOTES), live(CANDIDATE, NOTED))
    assert result.verdict is Verdict.FAIL and titles(result) == ["column notes.note added"]
    assert [(one.name, one.verdict) for one in result.scenarios] == [
        ("one", ScenarioVerdict.IDENTICAL),
        (UNOWNED, ScenarioVerdict.DIFFERENT),
    ]
    (finding,) = result.findings
    assert (finding.severity, finding.operation, finding.path) == ("medium", "notes", "$.note")
    assert result.scenarios[1].similarity == pytest.approx(5 / 6)


def test_a_renamed_column_is_two() -> None:
    renamed = replace(NOTES, columns={"id": "uuid", "words": "text"})
    result = ran(live(BASELINE, NOTES), live(CANDIDATE, renamed))
    assert titles(result) == ["column notes.text removed", "column notes.words added"]
    assert result.scenarios[0].verdict is ScenarioVerdict.IDENTICAL


def test_where_nothing_differs_nothing_is_said() -> None:
    result = ran(live(BASELINE, NOTED), live(CANDIDATE, NOTED))
    assert result.verdict is Verdict.PASS and [one.name for one in result.scenarios] == ["one"]


def test_a_table_that_one_side_lacks() -> None:
    more = {"drafts": NOTES}
    result = ran(live(BASELINE, NOTES, more=more), live(CANDIDATE, NOTES))
    assert result.verdict is Verdict.FAIL and titles(result) == ["table drafts removed"]
    named = Observe(rows=(Rows(store="db", table="notes"),))
    assert (
        ran(live(BASELINE, NOTES, more=more), live(CANDIDATE, NOTES), observe=named).verdict is Verdict.PASS
    )


def test_effects_of_no_scenario_stand_beside_it() -> None:
    beat: dict[str, Json] = {"id": "tick", "n": 1}
    result = ran(live(BASELINE, NOTES, beat), live(CANDIDATE, NOTED, {**beat, "n": 2}))
    assert [one.kind for one in result.scenarios[1].differences] == ["schema", "changed"]
    assert ran(live(BASELINE, NOTES, beat), live(CANDIDATE, NOTES, beat)).verdict is Verdict.PASS


def test_against_a_recording_only_what_both_know_is_compared() -> None:
    more = {"drafts": NOTES}
    result = ran(live(CANDIDATE, NOTED, more=more), bundle=recorded(NOTES))
    assert result.verdict is Verdict.FAIL and titles(result) == ["column notes.note added"]
    assert result.scenarios[1].verdict is ScenarioVerdict.DIFFERENT
    old = recorded(replace(NOTES, columns={}))
    assert ran(live(CANDIDATE, NOTES, more=more), bundle=old).scenarios[1:] == ()


def test_a_recording_that_does_not_tell_of_effects_still_tells_of_columns() -> None:
    beat: dict[str, Json] = {"id": "tick"}
    result = ran(live(CANDIDATE, NOTED, beat), bundle=recorded(NOTES))
    assert result.verdict is Verdict.INCONCLUSIVE
    assert result.scenarios[1].verdict is ScenarioVerdict.NOT_RUN
    assert titles(result) == ["column notes.note added"]


def test_two_recordings() -> None:
    def compared(left: Table, right: Table, *ignore: str) -> Result:
        sides = {BASELINE: recorded(left), CANDIDATE: recorded(right)}
        settings = Settings(
            root=Path(),
            service="s",
            services={},
            stimuli=Stimuli(to=""),
            bundles=(),
            compare=Compare(ignore=ignore),
        )
        return finished(
            Job(
                run_id="r",
                command=(),
                settings=settings,
                recordings=recorded(left),
                bundles=[],
                payloads={},
                sides={name: Side(name=name, kind=SideKind.RECORDED, ref="x") for name in SideName},
                live={},
                recorded=sides,
                clock=lambda: 0.0,
            )
        )

    assert titles(compared(NOTED, NOTES)) == ["column notes.note removed"]
    assert compared(NOTES, NOTES).verdict is Verdict.PASS
    ignored = compared(NOTED, NOTES, "$.note")
    assert ignored.verdict is Verdict.PASS
    assert ignored.noise == ({"rule": "$.note", "differences": 1, "source": "compare.ignore"},)


def test_the_tables_of_a_recording_are_those_of_all_its_scenarios() -> None:
    other = Header(scenario="two", tables={"drafts": NOTES, "notes": replace(NOTES, columns={})})
    bundle = recorded(NOTED, two=Recording(header=other, events=()))
    assert tables(job(bundle), State(), BASELINE) == {"notes": NOTED, "drafts": NOTES}
