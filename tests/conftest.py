"""A running site and a real browser."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.site import RunningSite, running_site

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """A site started as `make run` starts it, shared by all tests that only look and ask."""
    with running_site(tmp_path_factory.mktemp("site") / "var") as site:
        yield site


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium.

    One for each module: while Playwright's event loop runs, Django refuses the database in this
    thread, so it must be gone before another module's tests.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_installed_browser(), args=["--no-sandbox"])
        yield browser
        browser.close()


def _installed_browser() -> Path:
    for name in BROWSERS:
        path = shutil.which(name)
        if path:
            return Path(path)
    pytest.fail(
        "The browser tests need Chromium or Chrome on the PATH. Install one: "
        "'sudo apt install chromium' (Debian), 'sudo snap install chromium' (Ubuntu), "
        "'brew install --cask chromium' (macOS)."
    )
