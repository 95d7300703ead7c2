"""A SQLite file as an observer reads it."""

import base64
import sqlite3
from pathlib import Path

import pytest

from gate.adapters.sqlite import SqliteStore
from gate.config import Redactor
from gate.errors import InconclusiveError

SECRET = "very-secret-value"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "a.db"
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute('CREATE TABLE "odd ""name" (id INTEGER PRIMARY KEY, v)')
        db.execute("CREATE TABLE keyed (a TEXT, b TEXT, ref INTEGER REFERENCES odd(id), PRIMARY KEY (b, a))")
        db.execute("CREATE TABLE loose (v)")
    db.close()
    return file


def opened(path: Path) -> SqliteStore:
    return SqliteStore("db", path, Redactor({"NAME": SECRET}))


def written(path: Path, sql: str, *values: object) -> None:
    with sqlite3.connect(path) as db:
        db.execute(sql, values)
    db.close()


def test_tables_as_declared(path: Path) -> None:
    tables = opened(path).tables()
    assert list(tables) == ["keyed", "loose", 'odd "name']
    assert tables["keyed"].key == ("b", "a") and tables["keyed"].references == {"ref": "odd"}
    assert tables['odd "name'].sequence and not tables["keyed"].sequence and tables["loose"].key == ()
    assert list(tables["keyed"].columns.items()) == [("a", "TEXT"), ("b", "TEXT"), ("ref", "INTEGER")]
    assert tables["loose"].columns == {"v": ""}


def test_values_of_every_kind(path: Path) -> None:
    store = opened(path)
    values = [None, 1, 1.5, "é", b"\x00\xff", f"x{SECRET}y", SECRET.encode()]
    for value in values:
        written(path, "INSERT INTO loose VALUES (?)", value)
    written(path, "INSERT INTO loose VALUES (CAST(x'ff41' AS TEXT))")
    found = [row["v"] for row in store.rows("loose")]
    assert found[:6] == [None, 1, 1.5, "é", "AP8=", "x[redacted:NAME]y"]
    assert base64.b64decode(str(found[6])) == b"[redacted:NAME]" and found[7] == "\\xffA"


def test_sixteen_bytes_are_a_uuid_and_others_pass_for_no_id(path: Path) -> None:
    for size in (16, 17, 40):
        written(path, "INSERT INTO loose VALUES (?)", bytes(range(size)))
    uuid, *others = [str(row["v"]) for row in opened(path).rows("loose")]
    assert uuid == "000102030405060708090a0b0c0d0e0f"
    assert [base64.b64decode(text) for text in others] == [bytes(range(17)), bytes(range(40))]
    assert max(len(piece) for text in others for piece in text.split()) == 12


def test_what_json_has_no_number_for_is_not_null(path: Path) -> None:
    written(path, "INSERT INTO loose VALUES (9e999), (-9e999)")
    assert [row["v"] for row in opened(path).rows("loose")] == ["inf", "-inf"]


def test_the_version_changes_with_each_commit(path: Path) -> None:
    store = opened(path)
    before = store.version()
    assert store.version() == before
    written(path, "INSERT INTO loose VALUES (1)")
    assert store.version() != before


def test_undrained(path: Path) -> None:
    store = opened(path)
    written(path, "INSERT INTO keyed (a, b) VALUES ('1', '1')")
    assert (store.undrained("keyed", "ref"), store.undrained("keyed", "a")) == (1, 0)
    with pytest.raises(InconclusiveError, match="no such column"):
        store.undrained("keyed", "published_att")


@pytest.mark.parametrize("content", [None, b"no database at all, but long enough to look like one" * 20])
def test_what_is_no_database_is_said(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "a.db").write_bytes(content)
    with pytest.raises(InconclusiveError, match=r"store db: a\.db cannot be opened"):
        opened(tmp_path / "a.db")


def test_it_writes_nothing(path: Path) -> None:
    store = opened(path)
    with pytest.raises(InconclusiveError, match="readonly"):
        store._query("DELETE FROM loose")
