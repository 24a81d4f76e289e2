"""What the browser tests share."""

import shutil
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Page

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


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
