"""The files that a browser loads, as production serves them."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

PRODUCTION = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "site_config.server.static_files.ModuleManifestStorage"},
}


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `collectstatic` makes for production."""
    folder = tmp_path_factory.mktemp("static")
    with override_settings(STORAGES=PRODUCTION, STATIC_ROOT=folder):
        call_command("collectstatic", interactive=False, verbosity=0)
    return folder


def test_every_vendor_file_is_collected_hashed_and_compressed(collected: Path) -> None:
    names = json.loads((collected / "staticfiles.json").read_text())["paths"]
    for name in settings.VENDOR_FILES:
        hashed = collected / names[name]
        assert hashed.read_bytes()
        if hashed.suffix == ".map":
            continue
        assert hashed.with_name(hashed.name + ".gz").exists()
        assert hashed.with_name(hashed.name + ".br").exists()


def test_nothing_that_the_pages_load_lies_elsewhere(collected: Path) -> None:
    """Our own style sheets and scripts name no other host."""
    ours = [*(collected / "css").glob("*.css"), *(collected / "js").rglob("*.js")]
    assert ours
    loads = ("http://", "https://", "//cdn")
    assert not [file.name for file in ours if any(word in file.read_text() for word in loads)]


def test_modules_import_each_other_by_the_hash_of_their_content(collected: Path) -> None:
    names = json.loads((collected / "staticfiles.json").read_text())["paths"]
    scripts = [collected / hashed for name, hashed in names.items() if name.startswith("js/")]
    imported = [
        (script.parent / path).resolve()
        for script in scripts
        for path in re.findall(r"""^import[^;]*?"(\.[^"]+)";""", script.read_text(), re.MULTILINE)
    ]
    assert len(imported) > len(scripts)
    assert all(re.search(r"\.[0-9a-f]{12}\.js$", path.name) and path.exists() for path in imported)
