"""The database that needs no set-up."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from site_config.environment import BASE_DIR

ASK = """
import django; django.setup()
from django.db import connection
from site_config.database.embedded_postgres.server import start_server
from django.conf import settings
with connection.cursor() as cursor:
    cursor.execute("select current_database()")
    print(cursor.fetchone()[0], start_server(settings.DATA_DIR).get_pid(), flush=True)
{then}
"""


def _ask(data_dir: Path, then: str = "") -> subprocess.Popen[str]:
    """Run a process that asks the database for its name and prints the server's process id."""
    return subprocess.Popen(
        [sys.executable, "-c", ASK.format(then=then)],
        cwd=BASE_DIR,
        env={
            **os.environ,
            "DATA_DIR": str(data_dir),
            "DJANGO_SETTINGS_MODULE": "site_config.settings",
            "POSTGRES_DB": "bars",
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _ends(pid: int) -> bool:
    """Whether the process is gone within ten seconds; its parent may be slow to take note."""
    try:
        psutil.Process(pid).wait(10)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        return False
    return True


def _answer(process: subprocess.Popen[str]) -> tuple[str, int]:
    assert process.stdout is not None
    name, pid = process.stdout.readline().split()
    return name, int(pid)


def test_the_first_connection_starts_a_server_and_the_last_process_stops_it(tmp_path: Path) -> None:
    with _ask(tmp_path, then="input()") as first:
        name, pid = _answer(first)
        assert name == "bars"
        with _ask(tmp_path) as second:
            assert _answer(second) == ("bars", pid)
        assert psutil.pid_exists(pid)
        first.communicate("\n", timeout=30)
        assert _ends(pid)


def test_a_server_that_was_killed_is_started_again_by_the_next_connection(tmp_path: Path) -> None:
    then = (
        "input(); connection.close()\n"
        "with connection.cursor() as cursor:\n"
        "    cursor.execute('select 1')\n"
        "    print('again', start_server(settings.DATA_DIR).get_pid(), flush=True)\n"
    )
    with _ask(tmp_path, then=then) as process:
        _, pid = _answer(process)
        os.kill(pid, signal.SIGKILL)
        assert _ends(pid)
        output, _ = process.communicate("\n", timeout=60)
    word, new_pid = output.split()
    assert word == "again"
    assert int(new_pid) != pid
    assert process.returncode == 0


def test_threads_that_find_the_server_gone_start_one_together(tmp_path: Path) -> None:
    then = (
        "input(); connection.close()\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(8) as threads:\n"
        "    pids = set(threads.map(lambda _: start_server(settings.DATA_DIR).get_pid(), range(8)))\n"
        "print(len(pids), 0, flush=True)\n"
    )
    with _ask(tmp_path, then=then) as process:
        _, pid = _answer(process)
        os.kill(pid, signal.SIGKILL)
        assert _ends(pid)
        output, _ = process.communicate("\n", timeout=60)
    assert output.split() == ["1", "0"]


def test_a_command_on_an_empty_database_says_what_to_run_first(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "manage.py", "load_stock_data"],
        cwd=BASE_DIR,
        env={**os.environ, "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "site_config.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert "Run `manage.py prepare` first" in result.stderr
    assert "Traceback" not in result.stderr
