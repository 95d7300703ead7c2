import pytest

from billing.settings import BadSettings, Settings

POSTGRES = "postgresql://billing:hunter2@db:5432/billing"


def test_defaults() -> None:
    settings = Settings.from_environment({"DATABASE_URL": "sqlite:////var/billing.db"})
    assert settings.database == "sqlite:////var/billing.db"
    assert settings.read_database is None
    assert settings.redis is None
    assert settings.read_lag == 0
    assert settings.relay_interval == 0.02


@pytest.mark.parametrize(
    "environ",
    [
        {"DATABASE_URL": "sqlite:///b.db", "READ_DATABASE_URL": "sqlite:////var/r.db"},
        {"DATABASE_URL": POSTGRES, "READ_DATABASE_URL": "postgresql://billing@db/reads"},
        {"DATABASE_URL": POSTGRES, "REDIS_URL": "redis://cache:6379/0"},
        {"DATABASE_URL": POSTGRES, "REDIS_URL": "redis://:hunter2@cache"},
    ],
    ids=["files", "servers", "cache", "cache with a password"],
)
def test_addresses_are_kept_as_they_are(environ: dict[str, str]) -> None:
    settings = Settings.from_environment(environ)
    assert settings.database == environ["DATABASE_URL"]
    assert settings.read_database == environ.get("READ_DATABASE_URL")
    assert settings.redis == environ.get("REDIS_URL")


def test_secrets_are_not_shown() -> None:
    settings = Settings.from_environment(
        {
            "DATABASE_URL": POSTGRES,
            "READ_DATABASE_URL": POSTGRES,
            "REDIS_URL": "redis://:hunter2@cache",
            "PROVIDER_KEY": "sk_test_1",
            "WEBHOOK_TOKEN": "whk_test",
        }
    )
    assert not [secret for secret in ("hunter2", "sk_test_1", "whk_test") if secret in repr(settings)]


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({}, "DATABASE_URL is not set"),
        ({"DATABASE_URL": "mysql://me:hunter2@db/billing"}, "DATABASE_URL is no database address"),
        ({"DATABASE_URL": "sqlite:///"}, "DATABASE_URL is no database address"),
        ({"DATABASE_URL": "postgresql://me:hunter2@db"}, "DATABASE_URL is no database address"),
        ({"DATABASE_URL": "postgresql://me:hunter2@db:port/billing"}, "DATABASE_URL is no database address"),
        ({"DATABASE_URL": POSTGRES, "READ_DATABASE_URL": "reads.db"}, "READ_DATABASE_URL is no database"),
        ({"DATABASE_URL": POSTGRES, "READ_DATABASE_URL": "sqlite:///r.db"}, "same kind of database"),
        ({"DATABASE_URL": "sqlite:///b.db", "REDIS_URL": "cache:6379"}, "REDIS_URL is no cache address"),
        ({"DATABASE_URL": "sqlite:///b.db", "READ_LAG_MS": "soon"}, "READ_LAG_MS is 'soon'"),
        ({"DATABASE_URL": "sqlite:///b.db", "RELAY_INTERVAL_MS": "-1"}, "RELAY_INTERVAL_MS is '-1'"),
    ],
    ids=[
        "missing",
        "other database",
        "no file",
        "no name of a database",
        "no number of a port",
        "no read store",
        "two kinds",
        "no cache",
        "no number",
        "negative",
    ],
)
def test_bad_settings_are_named(environ: dict[str, str], message: str) -> None:
    with pytest.raises(BadSettings, match=message) as caught:
        Settings.from_environment(environ)
    assert "hunter2" not in str(caught.value)
