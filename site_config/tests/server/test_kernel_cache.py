import os
from pathlib import Path

import pytest

from site_config.server.kernel_cache import VARIABLE, place_kernel_cache


def named(monkeypatch: pytest.MonkeyPatch, data_dir: Path, shipped: Path | None) -> Path:
    if shipped is None:
        monkeypatch.delenv(VARIABLE, raising=False)
    else:
        monkeypatch.setenv(VARIABLE, str(shipped))
    place_kernel_cache(data_dir)
    return Path(os.environ[VARIABLE])


def test_without_a_folder_kernels_are_kept_with_the_data(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert named(monkeypatch, tmp_path, None).is_relative_to(tmp_path / "kernels")


def test_a_writable_folder_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shipped = tmp_path / "given"
    shipped.mkdir()
    assert named(monkeypatch, tmp_path / "data", shipped) == shipped


def test_kernels_of_a_read_only_folder_are_copied_to_the_data(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shipped = tmp_path / "image"
    shipped.mkdir()
    (shipped / "kernel.nbi").write_bytes(b"compiled")
    monkeypatch.setattr("site_config.server.kernel_cache.os.access", lambda *_: False)
    folder = named(monkeypatch, tmp_path / "data", shipped)
    assert (folder / "kernel.nbi").read_bytes() == b"compiled"
    assert named(monkeypatch, tmp_path / "data", shipped) == folder
