"""A recording as the lines of ``scenarios/<name>.ndjson``: its header, then an event a line."""

import io

from gate.bundle import text
from gate.bundle.blobs import Shelf
from gate.bundle.events import channel_of, from_line, to_line
from gate.bundle.fields import Fields
from gate.bundle.limits import check_name
from gate.bundle.where import Where, quoted
from gate.model import SCHEMA_VERSION, Event, Header, Json, Recording, Table

_OPTIONAL = ("says", "tags", "started_at", "channels", "tables", "given")


def to_lines(recording: Recording, shelf: Shelf, where: Where) -> bytes:
    """Render a recording; payloads over 1 KiB go to the shelf."""
    lines = [_header_line(recording.header, where.at(1))]
    last = -1
    for number, event in enumerate(recording.events, 2):
        here = where.at(number)
        last = _in_order(event, last, here)
        lines.append(to_line(event, shelf, here))
    return b"\n".join(lines) + b"\n"


def from_lines(content: bytes, shelf: Shelf, where: Where) -> Recording:
    """Read a recording back. Raises RequestError with the line of what is wrong."""
    if not content.endswith(b"\n"):
        raise where.error("the last line is cut off or the file is empty")
    lines = io.BytesIO(content)  # lazily: a file of newlines must not become a list of millions
    header = _header(lines.readline()[:-1], where.at(1))
    events: list[Event] = []
    last = -1
    for number, line in enumerate(lines, 2):
        here = where.at(number)
        event = from_line(line[:-1], shelf, here)
        last = _in_order(event, last, here)
        events.append(event)
    return Recording(header=header, events=tuple(events))


def _in_order(event: Event, last: int, where: Where) -> int:
    if event.seq == last:
        raise where.error(f"the seq {event.seq} is there twice")
    if event.seq < last:
        raise where.error(f"the seq {event.seq} comes after {last}")
    return event.seq


def _header_line(header: Header, where: Where) -> bytes:
    check_name(header.scenario, where)
    document: Json = {
        "schema_version": header.schema_version,
        "scenario": header.scenario,
        "says": header.says,
        "tags": list(header.tags),
        "started_at": header.started_at,
        "channels": list(header.channels),
        "tables": {name: _table_document(table) for name, table in header.tables.items()},
        "given": list(header.given),
    }
    return text.render(document, where)


def _table_document(table: Table) -> Json:
    document: dict[str, Json] = {
        "key": list(table.key),
        "references": dict(table.references),
        "sequence": table.sequence,
    }
    return document | {"columns": dict(table.columns)} if table.columns else document


def _header(content: bytes, where: Where) -> Header:
    document = text.load(content, where)
    version = document.get("schema_version") if isinstance(document, dict) else None
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise where.error(
            f"is of schema_version {version} and this gate reads up to {SCHEMA_VERSION}", "update the gate"
        )
    fields = Fields(document, where, "the header", ("schema_version", "scenario"), _OPTIONAL)
    if version != SCHEMA_VERSION or isinstance(version, bool):
        raise where.error(f"'schema_version' of the header is not {SCHEMA_VERSION}")
    name = fields.text("scenario")
    check_name(name, where)
    return Header(
        scenario=name,
        says=fields.text("says", ""),
        tags=fields.words("tags"),
        started_at=fields.count("started_at", 0),
        channels=tuple(channel_of(name, where) for name in fields.words("channels")),
        tables={name: _table(name, item, where) for name, item in fields.mapping("tables").items()},
        given=fields.words("given"),
    )


def _table(name: str, document: Json, where: Where) -> Table:
    what = f"the table {quoted(name, 40)}"
    fields = Fields(document, where, what, ("key",), ("references", "sequence", "columns"))
    return Table(
        key=fields.words("key"),
        references=fields.texts("references"),
        sequence=fields.flag("sequence", default=False),
        columns=fields.texts("columns"),
    )
