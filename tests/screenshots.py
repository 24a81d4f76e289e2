"""`make screenshots`: photographs of every page, light and dark, for the README."""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from site_config.environment import BASE_DIR
from tests.browsing import installed_browser
from tests.site import running_site

FOLDER = BASE_DIR / "docs" / "screenshots"
PAGES = {
    "overview": "/",
    "backtest": "/backtests/?symbol=AAPL&fast=50&slow=200",
    "forecast": "/forecasts/",
    "report": "/reports/AAPL/",
    "data": "/data/",
    "jobs": "/jobs/",
}


def main() -> None:
    """Start a site of its own, photograph its pages, and stop it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_site(Path(folder) / "var") as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=installed_browser(), args=["--no-sandbox"])
        _fetch_something(browser, site.address)
        for theme in ("light", "dark"):
            _photograph(browser, site.address, theme)
        browser.close()


def _fetch_something(browser: Browser, address: str) -> None:
    """Leave a finished job behind, so that the page of jobs has something to show."""
    page = browser.new_page(base_url=address)
    page.goto("/data/")
    page.get_by_role("textbox", name="Fetch a symbol").fill("MSFT")
    page.get_by_role("button", name="Fetch", exact=True).click()
    page.get_by_text("bars from the sample").first.wait_for()
    page.close()


def _photograph(browser: Browser, address: str, theme: str) -> None:
    context = browser.new_context(
        base_url=address,
        color_scheme="dark" if theme == "dark" else "light",
        viewport={"width": 1280, "height": 1080},
    )
    page = context.new_page()
    for name, path in PAGES.items():
        page.goto(path)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(800)  # a canvas draws after the network has gone quiet
        page.screenshot(path=FOLDER / f"{name}-{theme}.png")
    context.close()


if __name__ == "__main__":
    main()
