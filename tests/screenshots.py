"""`make screenshots`: photographs of every page, light and dark, for the README and the documentation."""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from site_config.environment import BASE_DIR
from tests.browser import installed_browser
from tests.site import running_site

FOLDER = BASE_DIR / "docs" / "screenshots"
PAGES = {
    "overview": "/",
    "backtest": "/backtests/?symbol=AAPL&fast=50&slow=200",
    "backtest-macd": "/backtests/?symbol=IBM&rule=macd&fast=12&slow=26&compare_with=AAPL",
    "sweep": "/sweeps/?symbol=AAPL",
    "forecast": "/forecasts/",
    "report": "/reports/AAPL/",
    "history": "/history/",
    "data": "/data/",
    "jobs": "/jobs/",
    "account": "/account/",
}
RUNS = (
    "symbol=AAPL&fast=20&slow=50",
    "symbol=AAPL&fast=10&slow=30&average=exponential",
    "symbol=AAPL&fast=50&slow=200",
)
CHART_DRAWN = 800
"""Milliseconds: a canvas draws after the network has gone quiet."""


def main() -> None:
    """Start a site of its own, photograph its pages, and stop it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_site(Path(folder) / "var") as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=installed_browser(), args=["--no-sandbox"])
        pages = PAGES | {
            "compare": _leave_something_behind(browser, site.address),
            "universe": _sweep_all(browser, site.address),
        }
        for theme in ("light", "dark"):
            _photograph(browser, site.address, theme, pages)
        browser.close()


def _leave_something_behind(browser: Browser, address: str) -> str:
    """Fetch, watch, run and save, so that lists have something to show; return a comparison's address."""
    page = browser.new_page(base_url=address)
    page.set_default_timeout(120_000)
    _fetch(page)
    page.goto("/")
    page.get_by_role("button", name="Watch AAPL").click()
    page.get_by_role("button", name="Watch AAPL", pressed=True).wait_for()
    runs = []
    for query in RUNS:
        page.goto(f"/backtests/?{query}")
        runs.append(page.url.rstrip("/").rpartition("/")[2])
    page.locator("#saved summary").click()
    page.get_by_label("Note, for yourself").fill("Golden cross: fewer trades, half the drawdown")
    page.get_by_role("button", name="Save this run").click()
    page.locator("#saved summary", has_text="Saved").wait_for()
    page.close()
    return "/compare/?" + "&".join(f"run={run}" for run in runs)


def _sweep_all(browser: Browser, address: str) -> str:
    """Sweep all symbols, and return the address of their ranking."""
    page = browser.new_page(base_url=address)
    page.set_default_timeout(120_000)
    page.goto(PAGES["sweep"])
    page.get_by_role("button", name="Sweep all symbols").click()
    page.get_by_role("heading", name="Is any of it good?").wait_for()
    ranking = page.url
    page.close()
    return ranking


def _fetch(page: Page) -> None:
    page.goto("/data/")
    page.get_by_role("textbox", name="Fetch a symbol").fill("MSFT")
    page.get_by_role("button", name="Fetch", exact=True).click()
    page.get_by_text("bars from the sample").first.wait_for()


def _photograph(browser: Browser, address: str, theme: str, pages: dict[str, str]) -> None:
    context = browser.new_context(
        base_url=address,
        color_scheme="dark" if theme == "dark" else "light",
        viewport={"width": 1280, "height": 1080},
    )
    page = context.new_page()
    page.set_default_timeout(120_000)
    for name, path in pages.items():
        page.goto(path)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(CHART_DRAWN)
        page.screenshot(path=FOLDER / f"{name}-{theme}.png")
    context.close()


if __name__ == "__main__":
    main()
