"""What holds on every page: accessible, nothing blocked, nothing cut off, in both themes and any width."""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser import TWO_FRAMES, browser_complaints
from tests.site import RunningSite, running_site
from tests.subprocesses import run_python
from tests.wait import wait_until

pytestmark = pytest.mark.browser

PAGES = {
    "overview": "/",
    "backtest": "/backtests/",
    "backtest of every panel": "/backtests/?symbol=IBM&rule=macd&fast=12&slow=26&direction=long_short"
    "&compare_with=AAPL",
    "backtest with an error": "/backtests/?symbol=AAPL&fast=50&slow=20",
    "backtest without a trade": "/backtests/?symbol=FB&fast=50&slow=190",
    "history": "/history/",
    "history searched in vain": "/history/?search=zzzz",
    "comparison of nothing": "/compare/",
    "sweeps": "/sweeps/",
    "sweep of few": "/sweeps/?symbol=IBM&fast=10,20&slow=50,100",
    "sweep with an error": "/sweeps/?symbol=AAPL&fast=none",
    "forecast with an error": "/forecasts/?symbol=AAPL&horizon=99",
    "scorecard": "/scorecards/AAPL/",
    "method": "/methods/backtesting/",
    "printed reports": "/jobs/?state=printed",
    "forecast": "/forecasts/",
    "forecast of the past": "/forecasts/?symbol=IBM&as_of=2012-03-01&horizon=30",
    "reports": "/reports/",
    "report": "/reports/AAPL/",
    "data": "/data/",
    "jobs": "/jobs/",
    "no failed job": "/jobs/?state=failed",
    "account": "/account/",
    "login": "/login/",
    "no such run": "/backtests/0123456789abcdef0123/",
}
ABOUT_ERRORS = {"backtest with an error", "sweep with an error", "forecast with an error", "no such run"}
EMPTY_PAGES = ("/", "/backtests/", "/reports/", "/data/", "/compare/")
FORGET_EVERY_BAR = """
import django
django.setup()
from ingestion.models import Instrument
Instrument.objects.all().delete()
"""
LATER_ROWS = {"exclude": [["tbody tr:nth-child(n + 9)"]]}
"""Rows of a long table are alike; to look at all of them would take most of the time."""
type Theme = Literal["light", "dark"]
type Look = tuple[Theme, int]
THEMES: tuple[Theme, ...] = ("light", "dark")
WIDTHS = (1280, 320)
DRAWN = "document.querySelector('[data-chart][aria-busy], [data-heatmap][aria-busy]') === null"
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
RUNNING_TRANSITIONS = (
    "document.getAnimations().filter((it) => it.transitionProperty).map((it) => it.transitionProperty)"
)
BAR_WIDTHS = (320, 375, 576, 768, 992, 1024, 1280, 2560)
OUTSIDE_THE_WINDOW = """() => [...document.querySelectorAll(".site-header :is(a, button):not([hidden])")]
    .filter((control) => {
        const { left, right, width } = control.getBoundingClientRect();
        return width === 0 || left < 0 || right > document.documentElement.clientWidth; })
    .map((control) => control.textContent.trim() || control.ariaLabel)"""


def _opened(browser: Browser, site: RunningSite, address: str) -> tuple[Page, list[str]]:
    context = browser.new_context(
        base_url=site.address,
        color_scheme="light",
        reduced_motion="reduce",
        viewport={"width": 1280, "height": 800},
        extra_http_headers={"Accept": "text/html"},
    )
    page = context.new_page()
    complaints = browser_complaints(page)
    page.goto(address)
    _wait_for(page, DRAWN)
    return page, complaints


def _wait_for(page: Page, expression: str) -> None:
    """Wait until a JavaScript expression is true; Playwright's own waiting needs eval, which pages forbid."""
    wait_until(lambda: bool(page.evaluate(expression)), expression)


LOOKS = tuple(product(THEMES, WIDTHS))
TWO_LOOKS: Sequence[Look] = (("light", 320), ("dark", 1280))
"""Every theme and width once: enough for pages of a few words."""


def _looks(page: Page, looks: Sequence[Look]) -> Iterator[str]:
    """Show the page in each of these themes and widths, one after the other."""
    for theme, width in looks:
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": 800})
        _wait_for(page, f"document.documentElement.dataset.bsTheme === '{theme}'")
        page.evaluate(TWO_FRAMES)
        # A colour on its way would be measured halfway; for who wants no motion, none is ever on its way.
        assert page.evaluate(RUNNING_TRANSITIONS) == [], theme
        yield f"{theme}, {width} px"


def _check(page: Page, looks: Sequence[Look] = LOOKS) -> None:
    for look in _looks(page, looks):
        _wait_for(page, FITS)  # a chart takes its new width a moment after the window
        violations = Axe().run(page, LATER_ROWS).response["violations"]
        found = [(v["id"], [node["html"][:120] for node in v["nodes"]]) for v in violations]
        assert found == [], f"{page.url}, {look}"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_complete_and_blocks_nothing(
    browser: Browser, site: RunningSite, name: str
) -> None:
    page, complaints = _opened(browser, site, PAGES[name])
    _check(page)
    # The answers 404 and 422 that a page is about are logged by the browser as a failed load of it.
    expected = site.address + PAGES[name]
    assert [text for text in complaints if not (name in ABOUT_ERRORS and text.endswith(f" {expected}"))] == []
    page.context.close()


def test_a_comparison_of_runs_and_a_sweep_of_all_symbols_are_accessible_and_complete(
    browser: Browser, site: RunningSite
) -> None:
    page, complaints = _opened(browser, site, "/backtests/?symbol=IBM&fast=15")
    runs = [page.url]
    page.goto("/backtests/?symbol=AAPL&fast=15&rule=macd&slow=26")
    runs.append(page.url)
    page.goto("/compare/?" + "&".join(f"run={run.rstrip('/').rpartition('/')[2]}" for run in runs))
    page.locator("#comparison-chart:not([aria-busy]) canvas").first.wait_for()
    _check(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/sweeps/?symbol=IBM&fast=10,20&slow=50,100")
    page.get_by_role("button", name="Sweep all symbols").click()
    page.wait_for_url("**/universes/**")
    page.get_by_role("link", name="IBM").first.wait_for(timeout=60_000)
    _wait_for(page, DRAWN)
    _check(page)
    assert complaints == []
    page.context.close()


def test_a_site_without_data_is_accessible_and_says_what_to_do(
    browser: Browser, prepared: Callable[[], Path]
) -> None:
    data_dir = prepared()
    with running_site(data_dir) as site:
        run_python(FORGET_EVERY_BAR, LOCAL_USER="True", DATA_DIR=str(data_dir))
        page, complaints = _opened(browser, site, "/")
        for address in EMPTY_PAGES:
            page.goto(address)
            _wait_for(page, DRAWN)
            _check(page, TWO_LOOKS)
        assert complaints == []
        page.context.close()


def test_every_control_of_the_bar_is_in_view_at_any_width(browser: Browser, site: RunningSite) -> None:
    page, _ = _opened(browser, site, "/jobs/")
    for address in ("/jobs/", "/login/"):
        page.goto(address)
        assert page.locator(".site-header :is(a, button):not([hidden])").count() == 12
        for width in BAR_WIDTHS:
            page.set_viewport_size({"width": width, "height": 600})
            assert page.evaluate(OUTSIDE_THE_WINDOW) == [], f"{address}, {width} px"
    page.context.close()


def test_the_chosen_theme_is_kept(browser: Browser, site: RunningSite) -> None:
    page, _ = _opened(browser, site, "/")
    page.get_by_role("button", name="Switch between light and dark").click()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    page.goto("/jobs/")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    page.context.close()


def test_paper_is_light_and_shows_the_result_alone(browser: Browser, site: RunningSite) -> None:
    page, _ = _opened(browser, site, "/backtests/")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.get_by_role("heading", name="Key figures").is_visible()
    for hidden in (".site-header", ".workbench-form", ".chart-tools"):
        assert not page.locator(hidden).first.is_visible(), hidden
    page.context.close()
