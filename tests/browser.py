"""What the browser tests share."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.site import RunningSite

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BACKTEST_CHART = "#backtest-chart:not([aria-busy]) canvas"
"""The chart of a backtest, drawn."""
TWO_FRAMES = "new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))"
"""Waited for, what was changed before is painted."""


def installed_browser() -> Path:
    """Return the program of an installed Chromium or Chrome; without one, say how to get it."""
    for name in BROWSERS:
        path = shutil.which(name)
        if path:
            return Path(path)
    raise AssertionError(
        "The browser tests need Chromium or Chrome on the PATH. Install one: "
        "'sudo apt install chromium' (Debian), 'sudo snap install chromium' (Ubuntu), "
        "'brew install --cask chromium' (macOS)."
    )


def browser_complaints(page: Page) -> list[str]:
    """Return a list that fills with every error that the browser reports for `page` from now on.

    A script or style that the Content-Security-Policy blocks is among them.
    """
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(f"{message.text} {message.location.get('url', '')}")

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


@contextmanager
def apple_backtest(
    browser: Browser, site: RunningSite, *, height: int, calm: bool = False
) -> Iterator[tuple[Page, list[str]]]:
    """Open the backtest of AAPL, drawn, until the block ends; beside it what the browser complains of.

    height: of the window, in pixels. calm: whether the reader wants no motion.
    """
    context = browser.new_context(
        base_url=site.address,
        viewport={"width": 1280, "height": height},
        reduced_motion="reduce" if calm else "no-preference",
    )
    page = context.new_page()
    complaints = browser_complaints(page)
    page.goto("/backtests/?symbol=AAPL")
    page.locator(BACKTEST_CHART).first.wait_for()
    yield page, complaints
    context.close()
