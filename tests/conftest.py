"""A running site and a real browser."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser import installed_browser
from tests.site import RunningSite, prepared_folder, running_site

# Two tests at a time on two busy cores: what takes half a second alone may take several.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Make a folder of its own for a site that was started before."""
    base = tmp_path_factory.getbasetemp()
    runs = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    return lambda: prepared_folder(runs, tmp_path_factory.mktemp("site") / "var")


@pytest.fixture(scope="session")
def site(prepared: Callable[[], Path]) -> Iterator[RunningSite]:
    """A site started as `make run` starts it, shared by all tests that only look and ask."""
    with running_site(prepared()) as site:
        yield site


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium.

    One for each module: while Playwright's event loop runs, Django refuses the database in this
    thread, so it must be gone before another module's tests.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed_browser(), args=["--no-sandbox"])
        yield browser
        browser.close()
