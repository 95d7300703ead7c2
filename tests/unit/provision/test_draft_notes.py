"""What 'gate init' leaves to people to decide."""

from pathlib import Path

import pytest
import yaml

from gate.errors import RequestError
from gate.provision.compose_file import read
from gate.provision.draft import draft
from gate.provision.outside import env_files


def _open(code: Path, services: dict[str, object]) -> str:
    path = code / "compose.yml"
    path.write_text(yaml.safe_dump({"services": services}))
    model = {"name": "shop", "services": services}
    return "\n".join(draft(model, read(path, code), code, "compose.yml", lambda _: True, ["b"]).open)


WEB = {"build": {"context": "."}, "ports": [{"target": 80}]}


@pytest.mark.parametrize(
    ("database", "said"),
    [
        ({"image": "postgres:15"}, False),
        ({"image": "redis"}, False),
        ({"build": {"context": "db"}}, True),
        ({"image": "mysql"}, True),
    ],
    ids=["postgres", "redis", "built", "another"],
)
def test_that_no_database_is_compared_is_said(
    tmp_path: Path, database: dict[str, object], said: bool
) -> None:
    assert ("no database is compared" in _open(tmp_path, {"web": WEB, "db": database})) is said


@pytest.mark.parametrize(("target", "said"), [("/var/lib/postgresql/data", False), ("/seeds", True)])
def test_the_data_of_a_server_is_no_mount_to_care_for(tmp_path: Path, target: str, said: bool) -> None:
    volume = {"type": "bind", "source": str(tmp_path / "data"), "target": target}
    needed = {"image": "postgres:15", "volumes": [volume], "build": None, "env_file": ".env"}
    (tmp_path / ".env.example").write_text("A=\n")
    path = tmp_path / "compose.yml"
    services = {"web": WEB, "db": needed}
    path.write_text(yaml.safe_dump({"services": services}))
    made = draft(
        {"name": "shop", "services": services},
        read(path, tmp_path),
        tmp_path,
        "compose.yml",
        lambda _: False,
        ["b"],
    )
    assert any(one.startswith("db: folders of this repository are mounted") for one in made.open) is said


def test_what_a_file_of_variables_leaves_to_be_replaced_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env.example").write_text("LEVEL=info\nTOKEN=\n")
    path = tmp_path / "compose.yml"
    path.write_text("services: {web: {env_file: .env}}\n")
    (said,) = env_files(read(path, tmp_path), tmp_path, lambda _: False).open
    assert said.endswith("under 'env' in gate.yml: replace what is change-me: TOKEN")


def test_that_all_services_are_in_profiles_is_said(tmp_path: Path) -> None:
    path = tmp_path / "compose.yml"
    path.write_text("services: {web: {build: ., profiles: [a]}}\n")
    with pytest.raises(RequestError, match=r"no services to run but those in profiles \(web\)"):
        draft(
            {"name": "shop", "services": {}},
            read(path, tmp_path),
            tmp_path,
            "compose.yml",
            lambda _: True,
            ["b"],
        )
