"""The key that signs sessions and trained models."""

import os
from contextlib import suppress
from pathlib import Path

from django.core.management.utils import get_random_secret_key


def kept_secret_key(data_dir: Path) -> str:
    """Return the key kept in `data_dir`, making it on the first call.

    Exclusive creation decides between processes that start at the same time. Hosts that share a
    database need one common key: set DJANGO_SECRET_KEY there.
    """
    path = data_dir / "secret_key"
    data_dir.mkdir(parents=True, exist_ok=True)
    unfinished = data_dir / f"secret_key.{os.getpid()}"
    if not path.exists():
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(get_random_secret_key())
        with suppress(FileExistsError):
            os.link(unfinished, path)
        unfinished.unlink()
    return path.read_text()
