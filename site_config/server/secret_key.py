"""The key that signs sessions and trained models."""

import os
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.core.management.utils import get_random_secret_key


def kept_secret_key(data_dir: Path) -> str:
    """Return the key kept in `data_dir`, making it on the first call.

    A finished file is linked to its name, so processes that start at the same time agree on the first
    one and none reads half a key. Hosts that share a database need one common key: set
    DJANGO_SECRET_KEY there.
    """
    path = data_dir / "secret_key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=data_dir) as unfinished:
            unfinished.write(get_random_secret_key())
            unfinished.flush()
            with suppress(FileExistsError):
                os.link(unfinished.name, path)
    return path.read_text()
