"""Which files and variables a compose file takes in, and where a thing stands in it."""

from pathlib import Path

import pytest

from gate.errors import RequestError
from gate.ports import StartError
from gate.provision.compose_file import check_variables, place, read

NAMED = {"TOKEN": "known", "TAG": ""}


@pytest.fixture
def code(tmp_path: Path) -> Path:
    folder = tmp_path / "code"
    for name in ("sub/deep", "linked", "plain"):
        (folder / name).mkdir(parents=True)
    (tmp_path / "out.yml").write_text("services: {}")
    (tmp_path / "folder").mkdir()
    (folder / "out.yml").symlink_to(tmp_path / "out.yml")
    (folder / "away").symlink_to(tmp_path / "folder")
    (folder / "linked" / ".env").symlink_to(tmp_path / "out.yml")
    (folder / "plain" / ".env").write_text("A=b")
    for name in ("linked/c.yml", "plain/c.yml", "sub/c.yml", "sub/deep/c.yml"):
        (folder / name).write_text("services: {one: {image: x}}")
    return folder


def written(code: Path, text: str, name: str = "compose.yml") -> Path:
    (code / name).write_text(text)
    return code / name


@pytest.mark.parametrize(
    ("text", "where"),
    [
        pytest.param("include:\n  - ../out.yml", "2: include ../out.yml", id="include above"),
        pytest.param("include:\n  - /etc/compose.yml", "2: include /etc", id="include anywhere"),
        pytest.param("include:\n  - out.yml", "2: include out.yml", id="include a link"),
        pytest.param("include:\n  - away/c.yml", "2: include away/c.yml", id="include in a linked folder"),
        pytest.param("include:\n  - {path: ../out.yml}", "2: include ../out.yml", id="include, long"),
        pytest.param(
            "include:\n  - path:\n    - sub/c.yml\n    - out.yml", "4: include", id="include, several"
        ),
        pytest.param("include:\n  - https://h/x.git", "2: include https://h/x.git", id="include git"),
        pytest.param("include:\n  - git@h:x.git", "2: include git@h:x.git", id="include git by ssh"),
        pytest.param("include:\n  - github.com/a/b", "2: include github.com/a/b", id="include bare git"),
        pytest.param("include:\n  - oci://h/x", "2: include oci://h/x", id="include oci"),
        pytest.param("include:\n  - ${TOKEN}.yml", "2: include ${TOKEN}.yml", id="include by variable"),
        pytest.param(
            "include:\n  - linked/c.yml", "2: include linked/c.yml, which", id="include linked .env"
        ),
        pytest.param(
            "include:\n  - path: sub/c.yml\n    env_file: /etc/x", "3: include with env_file", id="env"
        ),
        pytest.param(
            "include:\n  - path: sub/c.yml\n    project_directory: /",
            "3: include with project_directory",
            id="project folder",
        ),
        pytest.param("x: &x\n  - out.yml\ninclude: *x", "2: include out.yml", id="include by anchor"),
        pytest.param("<<: {include: [out.yml]}", "1: include out.yml", id="include by merge"),
        pytest.param(
            "services:\n  a:\n    extends: {file: ../out.yml, service: x}",
            "3: extends ../out.yml",
            id="extends",
        ),
        pytest.param(
            "services:\n  a:\n    extends: {file: 'oci://h/x', service: x}",
            "3: extends oci",
            id="extends oci",
        ),
        pytest.param(
            "x: &x {file: out.yml, service: x}\nservices:\n  a: {extends: {<<: *x}}",
            "1: extends out.yml",
            id="extends by merge",
        ),
        pytest.param("services:\n  a:\n    env_file: ../x", "3: env_file ../x", id="env_file"),
        pytest.param(
            "services:\n  a:\n    env_file: ~/x\n    label_file: /l", "label_file /l", id="label_file"
        ),
        pytest.param("services:\n  a:\n    env_file: [out.yml]", "3: env_file out.yml", id="env_file, link"),
        pytest.param(
            "services:\n  a:\n    env_file:\n    - {path: /e, required: false}",
            "4: env_file /e",
            id="env, long",
        ),
        pytest.param(
            "services:\n  a:\n    env_file: $HOME/x", "3: env_file $HOME/x", id="env_file, variable"
        ),
        pytest.param(
            "x: &x {env_file: out.yml}\nservices:\n  a: {<<: *x}",
            "1: env_file out.yml",
            id="env_file by merge",
        ),
        pytest.param(
            "x: &x\n  b: {env_file: out.yml}\nservices: {<<: *x}",
            "2: env_file out.yml",
            id="service by merge",
        ),
        pytest.param(
            "services:\n  a:\n    env_file: [!override out.yml]", "3: env_file", id="env_file, tagged"
        ),
    ],
)
def test_files_from_outside_are_refused(code: Path, text: str, where: str) -> None:
    with pytest.raises(RequestError) as error:
        read(written(code, text), code)
    said = str(error.value)
    assert (
        said.startswith("compose.yml:") and where in said and "side's own code" in said and "\n" not in said
    )


def test_what_an_included_file_takes_in_is_refused_there(code: Path) -> None:
    written(code, "services:\n  b:\n    env_file: ../../x", "sub/more.yml")
    with pytest.raises(RequestError, match=r"^sub/more\.yml:3: env_file \.\./\.\./x"):
        read(written(code, "include: [sub/more.yml]"), code)


def test_several_included_files_start_from_the_folder_of_the_first(code: Path) -> None:
    (code / "sub" / "e").symlink_to(code.parent / "out.yml")
    written(code, "services: {b: {env_file: e}}", "plain/more.yml")
    with pytest.raises(RequestError, match=r"^plain/more\.yml:1: env_file e"):
        read(written(code, "include: [{path: [sub/c.yml, plain/more.yml]}, plain/more.yml]"), code)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("include: [sub/c.yml, plain/c.yml]", {"sub/c.yml", "plain/c.yml"}, id="include"),
        pytest.param(
            "services: {a: {extends: {file: ./sub/deep/../c.yml, service: one}}}", {"sub/c.yml"}, id="extends"
        ),
        pytest.param("services: {a: {extends: b}, b: {extends: {service: c}}, c: {}}", set(), id="itself"),
        pytest.param("services: {a: {env_file: [.env, {path: not/there}]}}", set(), id="env_file"),
        pytest.param("include: [compose.yml]", set(), id="in a circle"),
        pytest.param("include: a\nservices: [b]", set(), id="what Compose refuses"),
    ],
)
def test_files_of_the_code_are_read(code: Path, text: str, names: set[str]) -> None:
    files = read(written(code, text), code)
    assert {str((code / file.name).resolve().relative_to(code)) for file in files} == {"compose.yml", *names}


def test_too_many_files_are_refused(code: Path) -> None:
    for number in range(60):
        written(code, f"include: [c{number + 1}.yml]", f"c{number}.yml")
    with pytest.raises(RequestError, match=r"c0\.yml: takes in more than 50 files"):
        read(code / "c0.yml", code)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"- a", "compose.yml: not a compose file: it must be a mapping", id="list"),
        pytest.param(b"", "compose.yml: not a compose file", id="empty"),
        pytest.param(b"a: b\n\tc: d", "compose.yml:2: not YAML: ", id="tab"),
        pytest.param(b"a: \0", "compose.yml: not YAML: ", id="NUL"),
        pytest.param(b"a" * (2**20 + 1), "compose.yml: larger than 1 MiB", id="huge"),
        pytest.param(b"a: 1\nb: &b [*b]", "compose.yml:2: an alias that contains itself", id="itself"),
        pytest.param(b"a: !!binary eA==", "compose.yml:1: has the tag '!!binary'", id="tag"),
    ],
)
def test_what_cannot_be_read_is_the_sides_fault(code: Path, content: bytes, said: str) -> None:
    (code / "compose.yml").write_bytes(content)
    with pytest.raises(StartError) as error:
        read(code / "compose.yml", code)
    assert str(error.value).startswith(said) and "\n" not in str(error.value)


def test_a_file_that_is_missing_or_a_folder(code: Path) -> None:
    with pytest.raises(StartError, match=r"^nowhere\.yml: not found in this side's code; set"):
        read(code / "nowhere.yml", code)
    with pytest.raises(StartError, match=r"^sub: cannot be read: "):
        read(code / "sub", code)


@pytest.mark.parametrize("name", ["out.yml", "away/c.yml"], ids=["link", "linked folder"])
def test_the_file_itself_has_to_be_the_sides(code: Path, name: str) -> None:
    with pytest.raises(RequestError, match="is not a file of the side's own code"):
        read(code / name, code)


BUILD = "a build gets no variable from outside"
UNNAMED = "does not name it"
PASSED = "passes the variable"


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        pytest.param("services:\n  a: {image: 'x:${OTHER}'}", 2, UNNAMED, id="braces"),
        pytest.param("services:\n  a: {image: 'x:$OTHER'}", 2, UNNAMED, id="plain"),
        pytest.param("services:\n  a: {image: '${HOME}/x'}", 2, UNNAMED, id="home"),
        pytest.param("services:\n  a: {image: '${OTHER?no}${OTHER:?no}'}", 2, UNNAMED, id="or an error"),
        pytest.param("services:\n  a: {image: '${A:-${OTHER}}'}", 2, UNNAMED, id="nested"),
        pytest.param("services:\n  a: {image: '${A:+${OTHER}}'}", 2, UNNAMED, id="nested, plus"),
        pytest.param("services:\n  a: {image: '$$$OTHER'}", 2, UNNAMED, id="after an escape"),
        pytest.param('services:\n  a: {image: "\\x24{OTHER}"}', 2, UNNAMED, id="escaped in YAML"),
        pytest.param("x: $OTHER", 1, UNNAMED, id="extension"),
        pytest.param("services:\n  a: {image: '${DOCKER_CONFIG:-x}'}", 2, "of Compose itself", id="docker"),
        pytest.param("services:\n  a: {image: '${COMPOSE_FILE-x}'}", 2, "of Compose itself", id="compose"),
        pytest.param("services:\n  a:\n    environment: [OTHER]", 3, PASSED, id="list"),
        pytest.param("services:\n  a:\n    environment: {OTHER: }", 3, PASSED, id="map"),
        pytest.param("services:\n  a:\n    environment: {OTHER: ~}", 3, PASSED, id="null"),
        pytest.param("services:\n  a:\n    environment: ['${A:+=}OTHER']", 3, PASSED, id="put together"),
        pytest.param("x: &x {OTHER: }\nservices: {a: {environment: {<<: *x}}}", 1, PASSED, id="merge"),
        pytest.param("x: &x {environment: [OTHER]}\nservices: {a: {<<: *x}}", 1, PASSED, id="service merge"),
        pytest.param("x: &x {a: {environment: [OTHER]}}\nservices: {<<: *x}", 1, PASSED, id="services merge"),
        pytest.param("services:\n  a:\n    build: $TOKEN", 3, BUILD, id="build, short"),
        pytest.param("services:\n  a:\n    build: {args: {A: '${TOKEN}'}}", 3, BUILD, id="build arg"),
        pytest.param("services:\n  a:\n    build: {args: ['A=${TOKEN}']}", 3, BUILD, id="build arg, list"),
        pytest.param("services:\n  a:\n    build: {args: [TOKEN]}", 3, BUILD, id="build arg passed on"),
        pytest.param(
            "services:\n  a:\n    build: {args: {TOKEN: }}", 3, BUILD, id="build arg passed on, map"
        ),
        pytest.param("services:\n  a:\n    build: {args: [OTHER]}", 3, BUILD, id="unnamed passed on"),
        pytest.param("services:\n  a:\n    build: {args: ['${A:+=}TOKEN']}", 3, BUILD, id="arg put together"),
        pytest.param(
            "services:\n  a:\n    build: {args: ['${A:+${B:+=}}TOKEN']}", 3, BUILD, id="arg put together deep"
        ),
        pytest.param("services:\n  a:\n    build: {labels: {l: '${TOKEN:-x}'}}", 3, BUILD, id="default"),
        pytest.param("services:\n  a:\n    build: {target: '${TOKEN:+x}'}", 3, BUILD, id="whether it is set"),
        pytest.param("services:\n  a:\n    build: {target: '${TAG}'}", 3, BUILD, id="an empty one"),
        pytest.param("services:\n  a:\n    build: {args: {A: '${B:-${TOKEN}}'}}", 3, BUILD, id="nested arg"),
        pytest.param(
            "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM x\n        RUN $TOKEN",
            4,
            BUILD,
            id="dockerfile_inline",
        ),
        pytest.param(
            "services:\n  a:\n    environment: &e {A: '${TOKEN}'}\n    build: {args: *e}",
            3,
            BUILD,
            id="shared",
        ),
        pytest.param(
            "services:\n  a:\n    environment: &e [TOKEN]\n    build: {args: *e}", 3, BUILD, id="shared list"
        ),
        pytest.param(
            "x: &x {A: '$TOKEN'}\nservices: {a: {build: {args: {<<: *x}}}}", 1, BUILD, id="args by merge"
        ),
        pytest.param(
            "x: &x {build: {args: {A: '$TOKEN'}}}\nservices: {a: {<<: *x}}", 1, BUILD, id="build by merge"
        ),
        pytest.param(
            "x: &x {a: {build: {args: {A: '$TOKEN'}}}}\nservices: {<<: *x}", 1, BUILD, id="service by merge"
        ),
        pytest.param("<<: {services: {a: {build: '$TOKEN'}}}", 1, BUILD, id="all by merge"),
    ],
)
def test_variables_that_are_refused(code: Path, text: str, line: int, why: str) -> None:
    with pytest.raises(RequestError) as error:
        check_variables(read(written(code, text), code), NAMED)
    assert str(error.value).startswith(f"compose.yml:{line}: ") and why in str(error.value)
    assert "known" not in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("services: {a: {image: 'x:${TOKEN}', environment: {A: '${TOKEN:-x}'}}}", id="named"),
        pytest.param("services: {a: {image: 'x:${OTHER:-1}${OTHER-2}${OTHER:+3}'}}", id="defaults"),
        pytest.param("services: {a: {command: 'echo $$OTHER $${OTHER} $$$$OTHER'}}", id="escaped"),
        pytest.param("services: {a: {environment: [TOKEN, A=b, 'C=']}}", id="named and passed on"),
        pytest.param("services: {a: {environment: {TOKEN: , A: '', B: 'null'}}}", id="map"),
        pytest.param("x: &x {OTHER: }\nservices: {a: {environment: {<<: *x, OTHER: b}}}", id="replaced"),
        pytest.param("services: {a: {build: {args: {A: '${OTHER:-1}', B: 2}}}}", id="build with defaults"),
        pytest.param("services: {build: {image: '${TOKEN}'}}", id="a service called build"),
        pytest.param("services: {a: {labels: {build: '${TOKEN}'}}}", id="a label called build"),
        pytest.param("# ${OTHER}\nservices: {}", id="remark"),
    ],
)
def test_variables_that_are_let_through(code: Path, text: str) -> None:
    check_variables(read(written(code, text), code), NAMED)


FILE = """\
x-worse: &worse
  privileged: true
services:
  plain:
    image: x
    volumes:
      - ./a:/data
      - type: bind
        source: ..
        target: /d
  merged:
    <<: *worse
    pid: host
  extending:
    extends: {file: sub/base.yml, service: base}
    image: y
  plain-again:
    extends: plain
volumes:
  data: {external: true}
"""
BASE = "services:\n  base:\n    extends: lowest\n  lowest:\n    cap_add:\n      - A\n      - B\n"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        pytest.param(("services", "plain", "image"), "compose.yml:5", id="key"),
        pytest.param(("services", "plain", "volumes", "/data"), "compose.yml:7", id="short item"),
        pytest.param(("services", "plain", "volumes", "/d"), "compose.yml:8", id="long item"),
        pytest.param(("services", "plain", "volumes", "/x"), "compose.yml:6", id="no such item"),
        pytest.param(("services", "plain", "x", "y"), "compose.yml:4", id="no such key"),
        pytest.param(("services", "merged", "privileged"), "compose.yml:2", id="merged"),
        pytest.param(("services", "merged", "pid"), "compose.yml:13", id="beside a merge"),
        pytest.param(("services", "extending", "cap_add", "B"), "sub/base.yml:7", id="extended twice"),
        pytest.param(("services", "extending", "image"), "compose.yml:16", id="beside an extended one"),
        pytest.param(("services", "plain-again", "volumes", "/d"), "compose.yml:8", id="extended here"),
        pytest.param(("services", "nobody", "image"), "compose.yml", id="no such service"),
        pytest.param(("volumes", "data"), "compose.yml:20", id="top"),
    ],
)
def test_place(code: Path, at: tuple[str, ...], said: str) -> None:
    written(code, BASE, "sub/base.yml")
    assert place(read(written(code, FILE), code), at) == said


def test_line_of_a_service_that_is_not_there(code: Path) -> None:
    (file,) = read(written(code, "services: {a: {image: x}}"), code)
    assert file.line_of(("services", "b")) is None and file.line_of(("services", "a", "b")) == 1
