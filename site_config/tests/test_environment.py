"""What the environment variables do."""

import traceback
from pathlib import Path

import pytest

from site_config.environment import BASE_DIR, Environment


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Environment.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_without_a_server_named_the_database_is_embedded() -> None:
    environment = Environment(_env_file=None)
    assert environment.embeds_database
    assert environment.database()["ENGINE"] == "site_config.database.embedded_postgres"


def test_the_postgres_variables_of_the_brief_name_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "POSTGRES_HOST": "db.internal",
        "POSTGRES_PORT": "6432",
        "POSTGRES_DB": "stocks",
        "POSTGRES_USER": "trader",
        "POSTGRES_PASSWORD": "hush",
    }.items():
        monkeypatch.setenv(name, value)
    database = Environment(_env_file=None).database()
    assert database == {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": "db.internal",
        "PORT": 6432,
        "NAME": "stocks",
        "USER": "trader",
        "PASSWORD": "hush",
    }


def test_a_database_url_takes_precedence_and_keeps_its_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTGRES_HOST", "elsewhere")
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p%40ss@host:5433/name?sslmode=require")
    database = Environment(_env_file=None).database()
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("host", "5433", "name")
    assert (database["USER"], database["PASSWORD"]) == ("u", "p@ss")
    assert database["OPTIONS"] == {"sslmode": "require"}


def test_a_variable_without_a_value_is_unset(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("ALPHA_VANTAGE_API_KEY=\nPOSTGRES_HOST=\nALLOWED_HOSTS=a.example, b.example\n")
    environment = Environment(_env_file=file)
    assert environment.alpha_vantage_api_key is None
    assert environment.embeds_database
    assert environment.allowed_hosts == ("a.example", "b.example")


def test_a_secret_is_not_shown_when_the_environment_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALPHA_VANTAGE_API_KEY", "SECRETKEY")
    monkeypatch.setenv("POSTGRES_PASSWORD", "hush")
    assert "SECRETKEY" not in repr(Environment(_env_file=None))
    assert "hush" not in repr(Environment(_env_file=None))


def test_visitors_come_over_https_unless_it_is_a_developers_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Environment(_env_file=None).uses_tls
    monkeypatch.setenv("DJANGO_DEBUG", "True")
    assert not Environment(_env_file=None).uses_tls
    monkeypatch.setenv("LOCAL_USER", "False")
    assert Environment(_env_file=None).uses_tls


def test_the_example_file_names_every_variable_and_sets_its_default() -> None:
    example = Environment(_env_file=BASE_DIR / ".env.example")
    defaults = Environment(_env_file=None)
    lines = (BASE_DIR / ".env.example").read_text().splitlines()
    named = {line.split("=")[0].lower() for line in lines if line and not line.startswith("#")}
    assert named == set(Environment.model_fields)
    assert example == defaults


def test_a_log_level_is_known_in_any_case_and_an_unknown_one_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "debug")
    assert Environment(_env_file=None).log_level == "DEBUG"
    monkeypatch.setenv("LOG_LEVEL", "loud")
    with pytest.raises(ValueError, match="'DEBUG', 'INFO'"):
        Environment(_env_file=None)


def test_a_mistaken_database_address_does_not_show_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres//trader:s3cret@db/name")
    with pytest.raises(ValueError, match="is not an address like postgresql://") as caught:
        Environment(_env_file=None).database()
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))
