"""What people get to read for a gate.yml that is wrong: the exact line for each mistake."""

from pathlib import Path

import pytest

from gate.config.load import load
from gate.errors import RequestError

SECRET = "s3cr3t-value-of-prod"
HEAD = "version: 1\nservice: billing\n"
API = "environments: {process: {services: {api: {command: run it}}}}\n"
TAIL = "bundles: [b]\n"
DB = "state: [{store: db, kind: sqlite, path: x.db}]\n"


def service(*lines: str) -> str:
    body = "".join(f"        {line}\n" for line in lines)
    return f"{HEAD}environments:\n  process:\n    services:\n      api:\n{body}{TAIL}"


def more(line: str) -> str:
    """The smallest file with one more line, the fourth."""
    return f"{HEAD}{API}{line}\n{TAIL}"


P = "environments.process.services.api"
JSONPATH = "must be a JSONPath of .name ['name'] [0] [*] .* ..name; see character"
DURATION = "must be a duration such as '200ms', '10s' or '5m', or a number of seconds"
NUMBER = (
    "unquoted number that YAML readers disagree on (leading 0, 0x, '_', ':' or .inf); "
    "quote it, or write plain decimals"
)
KNOWN = "bundles, compare, environments, migrate, observe, outward, service, settle, state, stimuli, version, warmup"

BAD = {
    # the file
    "empty": ("", "1:1: the file is empty; it needs version, service and more"),
    "comment only": ("# x\n", "1:1: the file is empty; it needs version, service and more"),
    "root is a list": ("- a\n", "1:1: the file must be a mapping of keys"),
    "root is a text": ("hello", "1:1: the file must be a mapping of keys"),
    "two documents": ("a: 1\n---\nb: 2\n", "2:1: a second document; a gate.yml is one"),
    "duplicate key": (more("service: x"), "4:1: duplicate key 'service'; the first is on line 2"),
    "duplicate nested": (
        service("command: x", "ready: /", "ready: /x"),
        "9:9: duplicate key 'ready'; the first is on line 8",
    ),
    "tab": ("a:\n\tb: 1\n", "2:1: tab in the indentation; YAML indents by spaces"),
    "tab after spaces": ("a:\n  \tb: 1\n", "2:3: tab in the indentation; YAML indents by spaces"),
    "control character": (
        "a: x\n b\x07",
        "2:3: control character; write it as an escape in double quotes",
    ),
    "NUL escape": ('a: "x\\0"\n', "1:4: a NUL character, which no text may hold"),
    "unclosed quote": (
        "a: 'x\n",
        "2:1: not YAML: found unexpected end of stream, while scanning a quoted scalar",
    ),
    "colon in a value": ("a: b: c\n", "1:5: not YAML: mapping values are not allowed in this context"),
    "unquoted variable": (
        service("command: x", "env: {A: ${PROD}}"),
        "8:19: not YAML: did not find expected ',' or '}', while parsing a flow mapping; "
        "quote values that hold braces",
    ),
    "tag": ("a: !!python/object:os.system x\n", "1:4: tags ('!...') are not read; write the value alone"),
    "standard tag": ("version: !!int 1\n", "1:10: tags ('!...') are not read; write the value alone"),
    "merge key": ("a: &a {x: 1}\nb: {<<: *a}\n", "2:5: merge keys ('<<') are not read; write the keys out"),
    "undefined alias": ("a: *x\n", "1:4: an alias to an anchor that is not complete before it"),
    "alias to itself": ("a: &a [*a]\n", "1:8: an alias to an anchor that is not complete before it"),
    "deep": ("[" * 100, "1:42: nested deeper than 40 levels"),
    "list as a key": ("? [a]\n: b\n", "1:3: a key must be text; quote it"),
    "number as a key": ("1: b\n", "1:1: a key must be text; quote it"),
    "word as a key": ("on: b\n", "1:1: unquoted on is a boolean to some YAML readers; quote it: 'on'"),
    # words that YAML readers disagree on
    "no": ("service: no\n", "1:10: unquoted no is a boolean to some YAML readers; quote it: 'no'"),
    "Yes": ("service: Yes\n", "1:10: unquoted Yes is a boolean to some YAML readers; quote it: 'Yes'"),
    "octal": ("service: 012\n", f"1:10: {NUMBER}"),
    "octal of YAML 1.2": ("service: 0o17\n", f"1:10: {NUMBER}"),
    "hexadecimal": ("service: 0x1F\n", f"1:10: {NUMBER}"),
    "sexagesimal": ("service: 12:30:00\n", f"1:10: {NUMBER}"),
    "underscores": ("service: 1_000\n", f"1:10: {NUMBER}"),
    "infinity": ("service: -.inf\n", f"1:10: {NUMBER}"),
    "long number": (
        "service: 12345678901234567890\n",
        "1:10: unquoted number is too long to be kept exactly; quote it",
    ),
    "two of them": (
        "service: off\nversion: 01\n",
        "1:10: unquoted off is a boolean to some YAML readers; quote it: 'off' (and 1 more)",
    ),
    # shape
    "version missing": ("service: x\n" + API + TAIL, "1:1: version is missing"),
    "version 2": (more("").replace("1", "2"), "1:10: version must be 1, the only version there is; got 2"),
    "version true": (
        more("").replace("1", "true"),
        "1:10: version must be 1, the only version there is; got true",
    ),
    "version text": (
        more("").replace("1", "'1'"),
        "1:10: version must be 1, the only version there is; got '1'",
    ),
    "service is a number": (
        more("").replace("billing", "8080"),
        "2:10: service must be text; got 8080; quote it",
    ),
    "service is a boolean": (
        more("").replace("billing", "true"),
        "2:10: service must be text; got true; quote it",
    ),
    "service is empty": (more("").replace("billing", "''"), "2:10: service must not be empty"),
    "unknown key": (
        service("comand: x"),
        f"7:9: unknown key 'comand' in {P}; did you mean 'command'?",
    ),
    "unknown key at the root": (more("tiers: {}"), f"4:1: unknown key 'tiers'; known keys: {KNOWN}"),
    "unknown key in a list": (
        more("migrate: [{service: api, run: x, when: y}]"),
        "4:34: unknown key 'when' in migrate[0]; known keys: run, service",
    ),
    "hostile key": (
        more('"a\\e[31m\\nb": 1'),
        f"4:1: unknown key 'a\\x1b[31m\\nb'; known keys: {KNOWN}",
    ),
    "several": (
        service("comand: x", "redy: /", "env: {A: 1}"),
        f"7:9: unknown key 'comand' in {P}; did you mean 'command'? (and 2 more)",
    ),
    "key without a value": (
        f"{HEAD}{API}bundles:\n",
        "4:1: bundles has no value; write one, or remove it",
    ),
    "item without a value": (
        f"{HEAD}{API}bundles:\n  -\n",
        "5:4: bundles[0] has no value; write one, or remove it",
    ),
    "list for a mapping": (more("settle: [1]"), "4:9: settle must be a mapping; got a list"),
    "mapping for a list": (more("warmup: {a: 1}"), "4:9: warmup must be a list; got a mapping"),
    "no services": (
        more("").replace("{api: {command: run it}}", "{}"),
        "3:36: environments.process.services must not be empty",
    ),
    "no environment": (more("").replace(API, ""), "1:1: environments is missing"),
    "environments are empty": (
        more("").replace(API, "environments: {}\n"),
        "3:15: nothing is under environments; write 'process' or 'compose' there",
    ),
    "environment without a value": (
        more("").replace(API, "environments: {process: }\n"),
        "3:16: environments.process has no value; write one, or remove it",
    ),
    # services
    "command missing": (service("ready: /"), f"7:9: command is missing in {P}"),
    "command is a number": (
        service("command: 1"),
        f"7:18: {P}.command must be a text or a list of texts; quote numbers and '{{port}}'; got 1",
    ),
    "placeholder unquoted": (
        service("command: [x, {port}]"),
        f"7:18: {P}.command must be a text or a list of texts; quote numbers and '{{port}}'; got a list",
    ),
    "command does not split": (
        service("command: a 'b"),
        f'7:18: {P}.command cannot be split into words: no closing quotation; got "a \'b"',
    ),
    "command is long": (
        service(f"command: {'x ' * 5001}y"),
        f"7:18: {P}.command must not be longer than 10000 characters; write a list or a script; "
        f"got '{'x ' * 29}…",
    ),
    "word is long": (
        service(f"command: [a, {'x' * 100_001}]"),
        f"7:18: {P}.command must have no word longer than 100000 characters; got a list",
    ),
    "env value is long": (
        service("command: x", f"env: {{A: {'x' * 100_001}}}"),
        f"8:18: {P}.env.A must not be longer than 100000 characters",
    ),
    "command is blank": (service("command: ' '"), f"7:18: {P}.command must name a program; got ' '"),
    "ready is a URL": (
        service("command: x", "ready: http://x/"),
        f"8:16: {P}.ready must be a path such as '/healthz'; got 'http://x/'",
    ),
    "ready is a placeholder": (
        service("command: x", "ready: {port}"),
        f"8:16: {P}.ready must be text; got a mapping; quote it",
    ),
    "cwd leaves": (
        service("command: x", "cwd: a/../../b"),
        f"8:14: {P}.cwd must be a path inside the repository: relative, with '/', without '..'; got 'a/../../b'",
    ),
    "start_timeout 0": (
        service("command: x", "start_timeout: 0s"),
        f"8:24: {P}.start_timeout must be more than 0; got '0s'",
    ),
    "start_timeout unit": (
        service("command: x", "start_timeout: 5 minutes"),
        f"8:24: {P}.start_timeout {DURATION}; got '5 minutes'",
    ),
    "start_timeout long": (
        service("command: x", "start_timeout: 48h"),
        f"8:24: {P}.start_timeout must be at most 86400; got '48h'",
    ),
    "long value is cut": (
        service("command: x", f"ready: {'x' * 99}"),
        f"8:16: {P}.ready must be a path such as '/healthz'; got '{'x' * 58}…",
    ),
    "reserved name": (
        more("").replace("api:", "outward:"),
        "3:37: 'outward' in environments.process.services must not be one of outward, port, python, state, "
        "which placeholders use",
    ),
    "odd name": (
        more("").replace("api:", "a b:"),
        "3:37: 'a b' in environments.process.services must be a name: a letter, then letters, digits, '_' or '-'",
    ),
    # env: its values are never shown
    "env number": (service("command: x", "env: {PIN: 8080}"), f"8:20: {P}.env.PIN must be text; quote it"),
    "env list": (service("command: x", "env: [PIN=hunter2]"), f"8:14: {P}.env must be a mapping"),
    "env text": (service("command: x", "env: PIN=hunter2"), f"8:14: {P}.env must be a mapping"),
    "env in the place of a service": (
        more("").replace("api: {command: run it}", "PIN: hunter2"),
        "3:42: environments.process.services.PIN must be a mapping",
    ),
    "env name": (
        service("command: x", "env: {PIN=hunter2: x}"),
        f"8:15: a name in {P}.env must be a variable's name: letters, digits and '_'",
    ),
    "env twice": (
        service("command: x", "env: {PIN=hunter2: x, PIN=hunter2: y}"),
        "8:31: duplicate key; the first is on line 8",
    ),
    "env nested": (service("command: x", "env: {A: {hunter2: x}}"), f"8:18: {P}.env.A must be text"),
    "env octal": (service("command: x", "env: {PIN: 0421}"), f"8:20: {NUMBER}"),
    "env placeholder": (
        service("command: x", "env: {A: 'p{hunter2}'}"),
        f"8:18: unknown placeholder in {P}.env.A; known: port, python, state, api.port, api.url; "
        "{{...}} is literal",
    ),
    # variables and placeholders
    "variable not set": (
        service("command: x", "env: {A: '${NOPE}'}"),
        f"8:18: ${{NOPE}} in {P}.env.A: the variable NOPE is not set; set it for the gate",
    ),
    "variable empty": (
        service("command: x ${EMPTY}"),
        f"7:18: ${{EMPTY}} in {P}.command: the variable EMPTY is empty; set it for the gate",
    ),
    "variable broken": (
        service("command: x ${PROD"),
        f"7:18: {P}.command has a '${{' without a name; write ${{NAME}}, or $${{ for itself",
    ),
    "variable in the wrong place": (
        f"{HEAD}{API}bundles: ['${{PROD}}/b']\n",
        "4:11: bundles[0] holds a ${NAME}, which is read in commands and env only",
    ),
    "variable and placeholder run together": (
        service("command: x ${BRACE}{port}}"),
        f"7:18: {P}.command: braces around a placeholder or a variable cannot be told from its own",
    ),
    "placeholder": (
        service("command: x {prot}"),
        f"7:18: unknown placeholder {{prot}} in {P}.command; did you mean {{port}}?",
    ),
    "placeholder in a list": (
        service("command: [x, y, '{prot}']"),
        f"7:25: unknown placeholder {{prot}} in {P}.command[2]; did you mean {{port}}?",
    ),
    "placeholder of no service": (
        more("migrate: [{service: api, run: 'x {ap.url}'}]"),
        "4:31: unknown placeholder {ap.url} in migrate[0].run; did you mean {api.url}?",
    ),
    "placeholder of no host": (
        service("command: x {outward.pay.example}").replace(
            TAIL, f"outward: {{hosts: [payy.example]}}\n{TAIL}"
        ),
        f"7:18: unknown placeholder {{outward.pay.example}} in {P}.command; did you mean {{outward.payy.example}}?",
    ),
    # references
    "migrate of no service": (
        more("migrate: [{service: apo, run: x}]"),
        "4:21: unknown service 'apo' in migrate[0].service; did you mean 'api'?",
    ),
    "stimuli to nowhere": (
        more("stimuli: {to: worker}"),
        "4:15: unknown service 'worker' in stimuli.to; services: api",
    ),
    "stimuli to several": (
        more("stimuli: {pace: fast}").replace("api: {", "b: {command: y}, api: {"),
        "4:10: stimuli.to is missing: there are several services (api, b), say which one gets the requests",
    ),
    "several services": (
        more("").replace("api: {", "b: {command: y}, api: {"),
        "3:26: stimuli.to is missing: there are several services (api, b), say which one gets the requests",
    ),
    "rows of no store": (
        more(DB + "observe: {rows: [{store: bd, table: t}]}"),
        "5:26: unknown store 'bd' in observe.rows[0].store; stores: db",
    ),
    "rows without stores": (
        more("observe: {rows: [{table: t}]}"),
        "4:18: store is missing in observe.rows[0]: there are no stores under state",
    ),
    "messages of several stores": (
        more(
            DB.replace("]", ", {store: e, kind: sqlite, path: y}]")
            + "observe: {messages: [{kind: outbox, table: t, order_by: id, key: k}]}"
        ),
        "5:22: store is missing in observe.messages[0]: there are several stores (db, e)",
    ),
    "store twice": (
        more(DB.replace("]", ", {store: db, kind: sqlite, path: y}]")),
        "4:56: 'db' is listed twice in state",
    ),
    "host twice": (more("outward: {hosts: [a.b, A.B]}"), "4:24: 'a.b' is listed twice in outward.hosts"),
    "table twice": (
        more(DB + "observe: {rows: [{table: t}, {table: t}]}"),
        "5:38: 't' is listed twice in observe.rows",
    ),
    # the rest
    "order": (
        more("stimuli: {order: serail}"),
        "4:18: stimuli.order must be 'causal' or 'serial'; got 'serail'",
    ),
    "quiet is a boolean": (more("settle: {quiet: true}"), f"4:17: settle.quiet {DURATION}; got true"),
    "quiet is negative": (more("settle: {quiet: -1}"), "4:17: settle.quiet must be at least 0; got -1"),
    "kind": (
        more(DB.replace("sqlite", "postgres")),
        "4:27: postgres is read in the environment compose only",
    ),
    "kind that there is not": (
        more(DB.replace("sqlite", "mysql")),
        "4:27: state[0].kind must be 'sqlite', 'postgres' or 'redis'; got 'mysql'",
    ),
    "state path missing": (
        more("state: [{store: db, kind: sqlite}]"),
        "4:9: path is missing in state[0]; sqlite needs it",
    ),
    "state of a file in a service": (
        more(DB.replace("path: x.db", "path: x.db, service: db")),
        "4:47: state[0].service means nothing to sqlite",
    ),
    "state path absolute": (
        more(DB.replace("x.db", "/x.db")),
        "4:41: state[0].path must be a path inside the repository: relative, with '/', without '..'; got '/x.db'",
    ),
    "state path braces": (
        more(DB.replace("x.db", "'{port}/x.db'")),
        "4:41: state[0].path must have no braces but '{state}/' at its start; got '{port}/x.db'",
    ),
    "request": (
        more("warmup: [{request: healthz}]"),
        "4:20: warmup[0].request must be a method and a path such as 'GET /healthz'; got 'healthz'",
    ),
    "times": (
        more("warmup: [{request: GET /, times: 0}]"),
        "4:34: warmup[0].times must be at least 1; got 0",
    ),
    "times is a fraction": (
        more("warmup: [{request: GET /, times: 1.5}]"),
        "4:34: warmup[0].times must be a whole number; got 1.5",
    ),
    "playback": (
        more("outward: {playback: nearest}"),
        "4:21: outward.playback must be 'strict'; got 'nearest'",
    ),
    "host is a URL": (
        more("outward: {hosts: ['https://a.b']}"),
        "4:19: outward.hosts[0] must be a host name alone, without scheme, port, path or wildcard; got 'https://a.b'",
    ),
    "header": (
        more("observe: {responses: {headers: [a b]}}"),
        "4:33: observe.responses.headers[0] must be the name of a header; got 'a b'",
    ),
    "ignore everything": (
        more("compare: {ignore: [$]}"),
        "4:20: compare.ignore[0] would hide everything; name the field, such as '$.headers.date'; got '$'",
    ),
    "ignore any depth": (
        more("compare: {ignore: [$..*]}"),
        "4:20: compare.ignore[0] would hide everything; name the field, such as '$.headers.date'; got '$..*'",
    ),
    "ignore no JSONPath": (
        more("compare: {ignore: [body.x]}"),
        "4:20: compare.ignore[0] must be a JSONPath that starts with '$'; got 'body.x'",
    ),
    "ignore a dash": (
        more("compare: {ignore: [$.x-id]}"),
        f"4:20: compare.ignore[0] {JSONPATH} 4; got '$.x-id'",
    ),
    "highlight a filter": (
        more("compare: {highlight: ['$.a[?@.b]']}"),
        f"4:23: compare.highlight[0] {JSONPATH} 4; got '$.a[?@.b]'",
    ),
    "number tolerance": (
        more("compare: {tolerance: {number: -1}}"),
        "4:31: compare.tolerance.number must be at least 0; got -1",
    ),
    "no bundles": (f"{HEAD}{API}bundles: []\n", "4:10: bundles must not be empty"),
    "bundle is an address": (
        f"{HEAD}{API}bundles: [s3://x/y]\n",
        "4:11: bundles[0] must be a path; addresses are not read; got 's3://x/y'",
    ),
}


@pytest.mark.parametrize(("text", "line"), BAD.values(), ids=BAD.keys())
def test_each_mistake_has_one_line_with_its_place(
    text: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("gate.yml").write_text(text)
    with pytest.raises(RequestError) as caught:
        load(Path("gate.yml"), {"PROD": SECRET, "EMPTY": "", "BRACE": "{"})
    assert str(caught.value) == f"gate.yml:{line}"


def test_a_missing_file_says_where_it_was_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RequestError) as caught:
        load(Path("gate.yml"), {})
    assert str(caught.value) == (
        f"gate.yml: not found in {tmp_path}; write one (docs/reference/gate-yml.md) or pass --config"
    )


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (b"a: 1\nb: \xff\n", "gate.yml:2: not UTF-8; save the file as UTF-8"),
        (b"a: " + b"x" * (1 << 20), "gate.yml: larger than 1 MiB; a gate.yml holds settings, not data"),
        (
            b"a: &a [x, x, x, x]\n"
            + b"".join(b"%c: &%c [%s]\n" % (i, i, b",".join([b"*%c" % (i - 1)] * 9)) for i in range(98, 110)),
            "gate.yml:5:20: more than 20,000 values, aliases written out",
        ),
    ],
    ids=["not UTF-8", "too large", "billion laughs"],
)
def test_raw_bytes(raw: bytes, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("gate.yml").write_bytes(raw)
    with pytest.raises(RequestError) as caught:
        load(Path("gate.yml"), {})
    assert str(caught.value) == line


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="cannot be read: Is a directory"):
        load(tmp_path, {})
