"""Sessions find out soon that the other end is gone; tests/docker cuts a host off for real."""

import pytest
from django.db import connection

from site_config.database.keepalive import with_tcp_keepalive
from tests.subprocesses import run_python

SHOW = """
import django
django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SHOW statement_timeout")
    print(cursor.fetchone()[0])
"""


@pytest.mark.django_db
def test_a_session_asks_for_it() -> None:
    connection.ensure_connection()
    assert "tcp_user_timeout=30000" in connection.settings_dict["OPTIONS"]["options"]
    assert connection.connection.info.get_parameters()["keepalives_idle"] == "10"


def test_what_the_settings_say_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGOPTIONS", raising=False)
    given = {"OPTIONS": {"keepalives_idle": 60, "sslmode": "require", "options": "-c tcp_keepalives_idle=60"}}
    options = with_tcp_keepalive(given)["OPTIONS"]
    assert (options["keepalives_idle"], options["sslmode"]) == (60, "require")
    assert options["options"].endswith(" -c tcp_keepalives_idle=60")


@pytest.mark.django_db
def test_the_bounds_of_the_web_server_s_sessions_still_hold() -> None:
    connection.ensure_connection()
    database = connection.connection.info
    printed = run_python(
        SHOW,
        PGOPTIONS="-c statement_timeout=20s",
        POSTGRES_HOST=database.host,
        POSTGRES_PORT=str(database.port),
        POSTGRES_DB=database.dbname,
        POSTGRES_USER=database.user,
        POSTGRES_PASSWORD=database.password,
    )
    assert printed.strip() == "20s"
