"""The key that is kept where none is configured."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from site_config.server.secret_key import kept_secret_key


def test_the_key_is_made_once_kept_and_private(tmp_path: Path) -> None:
    key = kept_secret_key(tmp_path / "data")
    assert len(key) >= 50
    assert kept_secret_key(tmp_path / "data") == key
    mode = stat.S_IMODE((tmp_path / "data" / "secret_key").stat().st_mode)
    assert mode == 0o600


def test_starts_at_the_same_time_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(kept_secret_key, [tmp_path] * 8))
    assert len(keys) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]
