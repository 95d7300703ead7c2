"""A service that prints, answers, stores and sends everything it finds: nothing secret is shown or kept."""

import base64
import json
from pathlib import Path
from urllib.parse import quote

import pytest
import zstandard

from tests.integration.harness import GITHUB_TOKEN, PROD_TOKEN, Done, World

FORMS = {
    form.encode()
    for secret in (GITHUB_TOKEN, PROD_TOKEN)
    for form in (
        secret,
        quote(secret, safe=""),
        json.dumps(secret)[1:-1],
        base64.b64encode(secret.encode()).decode(),
    )
}


def assert_no_secret(done: Done, *more: Path) -> None:
    """In nothing that was said and in no file, packed ones unpacked."""
    texts = {"stdout": done.out.encode(), "stderr": done.err.encode()}
    for folder in (done.folder, *more):
        for path in folder.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                if path.suffix == ".repro":
                    content = zstandard.ZstdDecompressor().decompressobj().decompress(content)
                texts[str(path)] = content
    assert len(texts) > 8
    shown = [name for name, text in texts.items() for form in FORMS if form in text]
    assert not shown


@pytest.mark.parametrize("leaking", [("candidate",), ("baseline", "candidate")], ids=["candidate", "both"])
def test_leaking_service_shows_no_secret(world: World, leaking: tuple[str, ...]) -> None:
    for name in leaking:
        world.side(name, leak=True)
    done = world.run()
    assert done.code == (1 if len(leaking) == 1 else 3), done.err
    log = (done.folder / "logs" / "candidate" / "api.log").read_text()
    assert "[redacted:" in log and "TOKEN_FOR_PRODUCTION" in log
    assert_no_secret(done)


def test_leaking_service_shows_no_secret_in_its_last_line(world: World) -> None:
    world.side("candidate", leak=True, die_on="GET")
    done = world.run()
    assert done.code == 1
    assert_no_secret(done)


def test_environment_holds_only_what_is_named(world: World) -> None:
    world.side("candidate", leak=True)
    done = world.run(env={"SOMETHING_PLAIN": "not-for-services"})
    log = (done.folder / "logs" / "candidate" / "api.log").read_text()
    environment = log[: log.index("}")]
    assert "DATABASE" in environment and "SOMETHING_PLAIN" not in environment
    assert "GITHUB_TOKEN" not in environment and "PATH" not in environment


def test_missing_variable_is_named_and_no_value_shown(world: World) -> None:
    env = {"PROD_TOKEN": ""}
    done = world.run(env=env)
    assert done.code == 2 and len(done.errors) == 1 and "PROD_TOKEN" in done.errors[0]
    assert done.out == ""


def test_a_program_that_a_secret_names_is_not_shown(world: World) -> None:
    text = (world.work / "gate.yml").read_text()
    (world.work / "gate.yml").write_text(text.replace("{python} app.py {port}", "${PROD_TOKEN}/x {port}"))
    done = world.run()
    assert done.code == 3 and "no program '[redacted:PROD_TOKEN]/x' on PATH" in done.errors[0]
    assert_no_secret(done)
