import pytest

from billing.settings import BadSettings, Settings


def test_defaults() -> None:
    settings = Settings.from_environment({"DATABASE_URL": "sqlite:////var/billing.db"})
    assert settings.database == "/var/billing.db"
    assert settings.read_database is None
    assert settings.read_lag == 0
    assert settings.relay_interval == 0.02


def test_secrets_are_not_shown() -> None:
    settings = Settings.from_environment(
        {"DATABASE_URL": "sqlite:///b.db", "PROVIDER_KEY": "sk_test_1", "WEBHOOK_TOKEN": "whk_test"}
    )
    assert "sk_test_1" not in repr(settings)
    assert "whk_test" not in repr(settings)


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({}, "DATABASE_URL is not set"),
        ({"DATABASE_URL": "mysql://db/billing"}, "no database address"),
        ({"DATABASE_URL": "sqlite:///b.db", "READ_LAG_MS": "soon"}, "READ_LAG_MS is 'soon'"),
        ({"DATABASE_URL": "sqlite:///b.db", "RELAY_INTERVAL_MS": "-1"}, "RELAY_INTERVAL_MS is '-1'"),
    ],
    ids=["missing", "other database", "no number", "negative"],
)
def test_bad_settings_are_named(environ: dict[str, str], message: str) -> None:
    with pytest.raises(BadSettings, match=message):
        Settings.from_environment(environ)
