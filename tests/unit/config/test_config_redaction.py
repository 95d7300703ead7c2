"""No form of a secret is left, and nothing else is touched."""

import base64
import json
import subprocess
import sys
import timeit
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gate.config import Redactor
from gate.config.redaction import looks_secret
from gate.model import Json

PASSWORD = 'pä/ss "w+rd"\\&x'
ONE = Redactor({"PASS": PASSWORD})


@pytest.mark.parametrize(
    "form",
    [
        PASSWORD,
        json.dumps(PASSWORD)[1:-1],
        json.dumps(PASSWORD, ensure_ascii=False)[1:-1],
        quote(PASSWORD),
        quote(PASSWORD, safe=""),
        quote(PASSWORD, safe="")
        .replace("%2F", "%2f")
        .replace("%C3%A4", "%c3%a4")
        .replace("%2B", "%2b")
        .replace("%5C", "%5c"),
        quote_plus(PASSWORD),
        base64.b64encode(PASSWORD.encode()).decode(),
        base64.urlsafe_b64encode(PASSWORD.encode()).decode(),
    ],
    ids=["raw", "json", "json utf-8", "url", "url /", "url lower", "form", "base64", "base64url"],
)
def test_forms(form: str) -> None:
    assert ONE.redact_text(f"a {form} b") == "a [redacted:PASS] b"
    assert ONE.redact(f"a {form} b".encode()) == b"a [redacted:PASS] b"


@pytest.mark.parametrize("before", ["", "u:", "us:", "use:", "user:"])
@pytest.mark.parametrize("after", ["", "x", "xy"])
def test_basic_authorization(before: str, after: str) -> None:
    secret = "0123456789abcdef"
    encoded = base64.b64encode(f"{before}{secret}{after}".encode()).decode()
    got = Redactor({"S": secret}).redact_text(f"Basic {encoded}")
    assert "[redacted:S]" in got
    assert len(got.replace("[redacted:S]", "")) <= len("Basic ") + (len(before) + len(after)) * 4 // 3 + 8


def test_a_document() -> None:
    secret, number = {"S": "0123456789"}, 1234567890
    document: Json = {"a": ["x0123456789", None, True, number], "0123456789": {"b": 1.5}}
    kept = {"a": ["x[redacted:S]", None, True, number], "[redacted:S]": {"b": 1.5}}
    assert Redactor(secret).redact_json(document) == kept


def test_lines_of_a_key_file() -> None:
    key = "-----BEGIN KEY-----\n  MIIEvQIBADANBgkqhki\n9w0BAQEFAASCBKcwggSj\n-----END KEY-----\n"
    got = Redactor({"PEM": key}).redact_text("log: MIIEvQIBADANBgkqhki\nlog: 9w0BAQEFAASCBKcwggSj.")
    assert got == "log: [redacted:PEM]\nlog: [redacted:PEM]."


def test_the_longest_wins_and_overlaps_leave_nothing() -> None:
    redactor = Redactor({"SHORT": "abcdef", "LONG": "abcdefghij", "NEXT": "hijklmnop"})
    assert redactor.redact_text("abcdef") == "[redacted:SHORT]"
    assert redactor.redact_text("abcdefghij") == "[redacted:LONG]"
    assert redactor.redact_text("-abcdefghijklmnop-") == "-[redacted:LONG]-"
    assert redactor.redact_text("abcdefabcdef") == "[redacted:SHORT][redacted:SHORT]"


def test_a_value_that_repeats_itself_leaves_no_rest() -> None:
    assert Redactor({"A": "aaaaaa"}).redact_text("aaaaaaaaa") == "[redacted:A]"


def test_the_marker_is_not_searched_again() -> None:
    assert Redactor({"A": "secret-1", "B": "redacted"}).redact_text("secret-1") == "[redacted:A]"


def test_short_values_stay() -> None:
    assert Redactor({"PIN": "12345"}).redact_text("12345") == "12345"
    assert Redactor({"PIN": "123456"}).redact_text("123456") == "[redacted:PIN]"


def test_bytes_of_the_environment_that_are_no_text() -> None:
    raw = b"p\xffssword-1"
    redactor = Redactor({"P": raw.decode("utf-8", "surrogateescape")})
    assert redactor.redact(b"<" + raw + b">") == b"<[redacted:P]>"


def test_odd_names_stay_on_one_line() -> None:
    assert Redactor({}, {"MY\nTOKEN": "0123456789"}).redact_text("0123456789") == "[redacted:MY_TOKEN]"


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("GITHUB_TOKEN", "ghs_0123456789", True),
        ("db_password", "correcthorse", True),
        ("AWS_SECRET_ACCESS_KEY", "/wJalrXUtnFEMIK7MDENG/bPxRfiCYEXAMPLEKEY", True),
        ("PASSWORD", "true", False),
        ("PASSWORD", "1234567", False),
        ("AUTH_MODE", "Disabled", False),
        ("SSH_AUTH_SOCK", "/tmp/ssh-agent.123/sock", False),
        ("KEY_PATH", "~/.ssh/id_rsa.pub", False),
        ("KEYS", "/etc/keys:/usr/share/keys", False),
        ("PATH", "0123456789", False),
    ],
)
def test_which_variables_look_secret(name: str, value: str, secret: bool) -> None:
    assert looks_secret(name, value) is secret
    assert (Redactor({}, {name: value}).redact_text(value) != value) is secret


def test_the_name_of_gate_yml_comes_first() -> None:
    assert (
        Redactor({"A": "0123456789"}, {"X_TOKEN": "0123456789"}).redact_text("0123456789") == "[redacted:A]"
    )


VALUES = st.text(alphabet='0123/+ é"', min_size=6, max_size=12)


@settings(deadline=None)
@given(st.lists(VALUES, min_size=1, max_size=4), st.data())
def test_no_value_is_left(values: list[str], data: st.DataObject) -> None:
    redactor = Redactor({f"N{'x' * index}": value for index, value in enumerate(values)})
    pieces = data.draw(st.lists(st.sampled_from(values) | st.text(alphabet="0123 é", max_size=3), max_size=8))
    text = "".join(pieces)
    left = redactor.redact_text(text)
    assert not any(value in left for value in values)
    assert redactor.redact(text.encode()) == left.encode()
    escaped = redactor.redact_text(json.dumps(text))
    assert not any(json.dumps(value)[1:-1] in escaped for value in values)


@settings(deadline=None)
@given(st.text(), st.text(max_size=9))
def test_other_texts_are_as_they_were(text: str, value: str) -> None:
    redactor = Redactor({"A": value})
    if "[redacted:" not in redactor.redact_text(text):
        assert redactor.redact_text(text) == text


def test_it_costs_little_where_nothing_matches() -> None:
    body = (b'{"id":"0f8fad5b","status":"paid","amount":100,"text":"hello world"},' * 40)[:2048]
    redactor = Redactor(
        {f"S{index}": f"postgres://user:{index}pass@db-{index}.example" for index in range(5)}
    )
    best = min(timeit.repeat(lambda: redactor.redact(body), number=200, repeat=5)) / 200
    assert best < 200e-6  # about 20 µs; the rest is for slow machines


def test_settings_and_redactor_need_neither_pydantic_nor_yaml() -> None:
    code = "import gate.config, sys; print([m for m in ('pydantic', 'yaml') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_what_only_one_side_was_given_stands_as_what_it_is_called() -> None:
    redactor = Redactor({"PIN": "secret-1"})
    redactor.know({"http://127.0.0.1:4001": "{api.url}", "127.0.0.1:4001": "127.0.0.1:{api.port}"})
    said = "http://127.0.0.1:4001/x?to=http%3A%2F%2F127.0.0.1%3A4001%2Fy 127.0.0.1:4001 secret-1"
    shown = "{api.url}/x?to={api.url}%2Fy 127.0.0.1:{api.port} [redacted:PIN]"
    assert redactor.redact_text(said) == shown and redactor.redact(said.encode()) == shown.encode()
