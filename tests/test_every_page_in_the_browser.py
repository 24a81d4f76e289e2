"""What holds on every page: accessible, nothing blocked, nothing cut off, in both themes and any width."""

from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browsing import browser_complaints
from tests.site import RunningSite

pytestmark = pytest.mark.browser

PAGES = {
    "overview": "/",
    "backtest": "/backtests/",
    "backtest with an error": "/backtests/?symbol=AAPL&fast=50&slow=20",
    "forecast": "/forecasts/",
    "forecast of the past": "/forecasts/?symbol=IBM&as_of=2012-03-01&horizon=30",
    "reports": "/reports/",
    "report": "/reports/AAPL/",
    "data": "/data/",
    "jobs": "/jobs/",
    "login": "/login/",
    "no such run": "/backtests/0123456789abcdef0123/",
}
ABOUT_ERRORS = {"backtest with an error", "no such run"}
THEMES = ("light", "dark")
WIDTHS = (320, 1280)


def _opened(
    browser: Browser, site: RunningSite, address: str, theme: str, width: int
) -> tuple[Page, list[str]]:
    context = browser.new_context(
        base_url=site.address,
        color_scheme="dark" if theme == "dark" else "light",
        viewport={"width": width, "height": 800},
        extra_http_headers={"Accept": "text/html"},
    )
    page = context.new_page()
    complaints = browser_complaints(page)
    page.goto(address)
    page.wait_for_load_state("networkidle")
    return page, complaints


@pytest.mark.parametrize(("name", "theme", "width"), list(product(PAGES, THEMES, WIDTHS)))
def test_a_page_is_accessible_complete_and_blocks_nothing(
    browser: Browser, site: RunningSite, name: str, theme: str, width: int
) -> None:
    page, complaints = _opened(browser, site, PAGES[name], theme, width)
    # The answers 404 and 422 that a page is about are logged by the browser as a failed load of it.
    expected = site.address + PAGES[name]
    assert [text for text in complaints if not (name in ABOUT_ERRORS and text.endswith(f" {expected}"))] == []
    assert page.evaluate("document.documentElement.dataset.bsTheme") == theme
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"the page is {overflow} px wider than the window"
    violations = Axe().run(page).response["violations"]
    assert [(v["id"], [node["html"][:120] for node in v["nodes"]]) for v in violations] == []
    page.context.close()


def test_the_chosen_theme_is_kept(browser: Browser, site: RunningSite) -> None:
    page, _ = _opened(browser, site, "/", "light", 1280)
    page.get_by_role("button", name="Switch between light and dark").click()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    page.goto("/jobs/")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    page.context.close()


def test_the_keyboard_alone_does_the_main_job(browser: Browser, site: RunningSite) -> None:
    page, _ = _opened(browser, site, "/backtests/", "light", 1280)
    page.get_by_label("Fast window").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("35")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="AAPL Simple 35 / 50").wait_for()
    page.context.close()


def test_forty_swaps_leave_one_chart(browser: Browser, site: RunningSite) -> None:
    page, _ = _opened(browser, site, "/backtests/", "light", 1280)
    page.locator("#backtest-chart canvas").first.wait_for()
    charts = page.evaluate("Bokeh.documents.length")
    for fast in range(5, 45):
        page.get_by_label("Fast window").fill(str(fast))
        page.get_by_label("Fast window").blur()
        page.get_by_role("heading", name=f"AAPL Simple {fast} / 50").wait_for()
    assert page.evaluate("Bokeh.documents.length") == charts
    page.context.close()
