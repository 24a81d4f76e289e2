"""A running site and a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser import installed_browser
from tests.site import RunningSite, running_site

# Two tests at a time on two busy cores: what takes half a second alone may take several.
expect.set_options(timeout=20_000)


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
        browser = playwright.chromium.launch(executable_path=installed_browser(), args=["--no-sandbox"])
        yield browser
        browser.close()
