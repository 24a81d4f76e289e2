"""A backup brings back every row, byte for byte, and a broken one changes nothing."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from site_config.database.embedded_postgres.server import start_server
from site_config.environment import BASE_DIR
from tests.subprocesses import run_python

FILL = """
import django; django.setup()
from django.core.management import call_command
from django.contrib.auth.models import User
call_command("migrate", verbosity=0)
call_command("load_stock_data", "AAPL", sample=True, verbosity=0)
call_command("train_pooled_model", verbosity=0)
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.service import run_backtest
from forecasting.parameters import ForecastParameters
from forecasting.forecasts.service import issue_forecast
run_backtest(BacktestParameters(symbol="AAPL"))
run_backtest(BacktestParameters(symbol="AAPL", fast=10, slow=30))
issue_forecast(ForecastParameters(symbol="AAPL"))
User.objects.create_user("reader", password="a long enough phrase")
"""

DELETE = """
import django; django.setup()
from strategies.models import Backtest
Backtest.objects.all().delete()
"""

ISSUE = """
import django; django.setup()
from django.contrib.auth.models import User
from django.test import Client
from core.permissions import Scope
from dashboard.tokens import issue_token
reader = User.objects.get(username="reader")
issue_token(reader, name="notebook", scope=Scope.RUN)
Client().force_login(reader)
"""

USABLE = """
import django; django.setup()
from django.contrib.sessions.models import Session
from dashboard.models import ApiToken
print(Session.objects.count(), ApiToken.objects.usable().count())
"""

HASH_EVERY_TABLE = """
import django, json; django.setup()
from django.db import connection
def hashed(table):
    with connection.cursor() as cursor:
        rows = "string_agg(r::text, chr(10) ORDER BY r::text)"
        cursor.execute(f'SELECT count(*), md5({rows}) FROM "{table}" r')
        return cursor.fetchone()
print(json.dumps({table: hashed(table) for table in connection.introspection.table_names()}))
"""


def _command(name: str, *arguments: str) -> str:
    words = ", ".join(repr(word) for word in (name, *arguments))
    return (
        f"import django, sys; django.setup()\n"
        f"from django.core.management import call_command, CommandError\n"
        f"try:\n    call_command({words})\n"
        f"except CommandError as error:\n    print(error)\n"
    )


def _tables(data_dir: Path) -> dict[str, tuple[int, str]]:
    """Return rows and hash of each table but the audit trail, which tells of the restoring itself."""
    tables: dict[str, tuple[int, str]] = json.loads(run_python(HASH_EVERY_TABLE, DATA_DIR=str(data_dir)))
    return {name: hashed for name, hashed in tables.items() if name != "core_auditentry"}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a site with bars, a model, runs, a forecast and a user."""
    data_dir = tmp_path_factory.mktemp("filled") / "var"
    server = start_server(data_dir, stops_by_itself=False)  # stays up between the commands
    run_python(FILL, DATA_DIR=str(data_dir))
    yield data_dir
    server.stop()


def test_what_was_saved_comes_back_byte_for_byte_into_an_empty_database(filled: Path, tmp_path: Path) -> None:
    before, file = _tables(filled), tmp_path / "hindcast.backup"
    said = run_python(_command("backup", str(file)), DATA_DIR=str(filled))
    assert "Saved the database" in said
    assert "secret_key" in said
    assert file.stat().st_mode & 0o077 == 0
    run_python(_command("restore", str(file)), DATA_DIR=str(tmp_path / "fresh"))
    after = _tables(tmp_path / "fresh")
    assert after == before
    stored = {"strategies_backtest": 2, "forecasting_forecast": 1, "auth_user": 1}
    assert {table: after[table][0] for table in stored} == stored
    assert after["ingestion_dailybar"][0] > 3000


def test_a_database_that_holds_something_is_replaced_only_on_request(filled: Path, tmp_path: Path) -> None:
    file = tmp_path / "hindcast.backup"
    run_python(_command("backup", str(file)), DATA_DIR=str(filled))
    before = _tables(filled)
    assert "--replace" in run_python(_command("restore", str(file)), DATA_DIR=str(filled))
    run_python(
        DELETE,
        DATA_DIR=str(filled),
    )
    assert _tables(filled) != before
    run_python(_command("restore", str(file), "--replace"), DATA_DIR=str(filled))
    assert _tables(filled) == before


def test_a_backup_brings_no_session_and_no_token_back(filled: Path, tmp_path: Path) -> None:
    file = tmp_path / "hindcast.backup"
    run_python(ISSUE, DATA_DIR=str(filled))
    run_python(_command("backup", str(file)), DATA_DIR=str(filled))
    said = run_python(_command("restore", str(file), "--replace"), DATA_DIR=str(filled))
    assert "Ended 1 sessions and revoked 1 API tokens" in said
    assert run_python(USABLE, DATA_DIR=str(filled)).split() == ["0", "0"]


def test_a_damaged_backup_changes_nothing(filled: Path, tmp_path: Path) -> None:
    file = tmp_path / "hindcast.backup"
    run_python(_command("backup", str(file)), DATA_DIR=str(filled))
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    before = _tables(filled)
    assert "pg_restore failed" in run_python(
        _command("restore", str(file), "--replace"), DATA_DIR=str(filled)
    )
    assert _tables(filled) == before


def test_a_backup_that_cannot_be_written_leaves_no_file(filled: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    file = tmp_path / "file" / "hindcast.backup"
    assert "could not be written" in run_python(_command("backup", str(file)), DATA_DIR=str(filled))
    assert not list(tmp_path.rglob("*backup*"))


def test_a_mistaken_folder_is_not_backed_up_as_an_empty_database(tmp_path: Path) -> None:
    mistaken = tmp_path / "mistaken"
    done = subprocess.run(
        [sys.executable, "manage.py", "backup", str(tmp_path / "hindcast.backup")],
        cwd=BASE_DIR,
        env={**os.environ, "DATA_DIR": str(mistaken), "DJANGO_SETTINGS_MODULE": "site_config.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"There is no database in {mistaken}" in done.stderr
    assert not (mistaken / "postgres").exists()
    assert not (tmp_path / "hindcast.backup").exists()
