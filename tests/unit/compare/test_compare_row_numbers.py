"""A number in an answer is the row that the database gave it to, also where no name says which table."""

from dataclasses import replace

from gate.compare import compare
from gate.config import Compare
from gate.model import Channel, Event, Header, Json, Recording, Table

TABLES = {"comments": Table(key=("id",), sequence=True)}


def recording(number: int, *, answered: int | None = None) -> Recording:
    """POST /new makes comment ``number`` and answers with ``answered``."""
    body: Json = {"json": {"id": answered or number, "text": "hi"}}
    events = (
        Event(
            seq=0,
            channel=Channel.REQUEST,
            operation="POST /new",
            inputs={"method": "POST", "path": "/new", "query": "", "headers": {}, "body": None},
            output={"status": 201, "headers": {}, "body": body},
            started_at=1,
            duration=1,
        ),
        Event(
            seq=1,
            channel=Channel.ROW,
            operation="comments",
            inputs={"store": "db", "key": {"id": number}, "existed": False, "before": None},
            output={"id": number, "text": "hi"},
            started_at=0,
        ),
    )
    channels = (Channel.REQUEST, Channel.ROW)
    return Recording(header=Header(scenario="s", channels=channels, tables=TABLES), events=events)


def test_a_number_that_the_rows_rename_is_no_difference() -> None:
    assert not compare(recording(5), recording(1), Compare(), ()).differences


def test_a_number_of_another_row_is_one() -> None:
    (found,) = compare(recording(5), recording(1, answered=2), Compare(), ()).differences
    assert (found.path, found.channel) == ("$.body.id", Channel.REQUEST)


def test_a_number_under_another_name_is_one() -> None:
    left, right = (recording(number) for number in (5, 1))
    both = []
    for side, code in ((left, 5), (right, 1)):
        first = side.events[0]
        body: Json = {"json": {"id": 5 if side is left else 1, "code": code}}
        output: dict[str, Json] = {"status": 201, "headers": {}, "body": body}
        both.append(replace(side, events=(replace(first, output=output), *side.events[1:])))
    (found,) = compare(both[0], both[1], Compare(), ()).differences
    assert found.path == "$.body.code"
