"""Tuning as a person does it for an hour: undo, keys, saving, comparing, and nothing left behind."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser import BACKTEST_CHART, apple_backtest
from tests.site import RunningSite

pytestmark = pytest.mark.browser

EARLY = re.compile(r"/(theme|early_input)[.]")
"""The scripts in the head that a page waits for; the others come when they come."""

SWAPS = 100
SWAP = """(address) => new Promise((resolve) => {
    document.addEventListener("hindcast:shown", resolve, { once: true });
    htmx.ajax("GET", address, { target: "#result", swap: "outerHTML", source: "#question-form" });
})"""


@pytest.fixture
def troubled(browser: Browser, site: RunningSite) -> Iterator[Page]:
    """A page on the backtest of AAPL whose requests a test makes fail, which the browser reports."""
    with apple_backtest(browser, site, height=900) as (page, _):
        yield page


@pytest.fixture
def page(browser: Browser, site: RunningSite) -> Iterator[Page]:
    """A page on the backtest of AAPL; it fails the test when the browser reports an error."""
    with apple_backtest(browser, site, height=900) as (page, complaints):
        yield page
    assert complaints == []


def _title(page: Page, windows: str) -> None:
    expect(page.get_by_role("heading", name=f"AAPL Simple {windows}")).to_be_visible()


def _tune(page: Page, fast: int) -> None:
    page.get_by_label("Fast window").fill(str(fast))
    page.get_by_label("Fast window").blur()
    _title(page, f"{fast} / 50")


def test_a_change_before_the_scripts_have_loaded_is_not_lost(page: Page) -> None:
    held: list[Route] = []
    on_slow_line = True

    def load(route: Route) -> None:
        if on_slow_line and not EARLY.search(route.request.url):
            held.append(route)
        else:
            route.continue_()

    page.route("**/*.js", load)
    page.goto("/backtests/?symbol=AAPL", wait_until="commit")
    page.get_by_label("Fast window").fill("27")
    page.get_by_label("Fast window").blur()
    on_slow_line = False
    assert held
    for route in held:
        route.continue_()
    _title(page, "27 / 50")


def test_a_hundred_swaps_leave_nothing_behind(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def left() -> tuple[int, float]:
        session.send("HeapProfiler.collectGarbage")
        metrics = {item["name"]: item["value"] for item in session.send("Performance.getMetrics")["metrics"]}
        return page.evaluate("Bokeh.documents.length"), metrics["JSEventListeners"]

    addresses = [f"/backtests/?symbol=AAPL&fast={fast}" for fast in (21, 22)]
    for address in addresses:
        page.evaluate(SWAP, address)
    documents, listeners = left()
    for number in range(SWAPS):
        page.evaluate(SWAP, addresses[number % 2])
    assert left()[0] == documents == 1
    assert left()[1] <= listeners + 10


def test_undo_leads_back_through_the_runs_and_keeps_the_zoom(page: Page) -> None:
    page.get_by_role("group", name="Dates in view").get_by_role("button", name="1Y").click()
    pressed = page.get_by_role("group", name="Dates in view").get_by_role("button", name="1Y")
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()
    _tune(page, 25)
    _tune(page, 30)
    page.get_by_role("button", name="Undo").click()
    _title(page, "25 / 50")
    expect(page.get_by_label("Fast window")).to_have_value("25")
    expect(pressed).to_have_attribute("aria-pressed", "true")
    page.locator("body").press("u")
    _title(page, "20 / 50")
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()


def test_a_newer_change_replaces_the_one_under_way(page: Page) -> None:
    page.get_by_label("Fast window").fill("33")
    page.get_by_label("Fast window").blur()
    page.get_by_label("Fast window").fill("34")
    page.get_by_label("Fast window").blur()
    _title(page, "34 / 50")
    page.go_back()
    _title(page, "20 / 50")


def _tab_to(page: Page, target: Locator, *, most: int = 60) -> None:
    """Press Tab until the focus is on `target`, as somebody without a pointer does."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if target.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"{most} presses of Tab do not lead to {target}")


def test_keys_alone_choose_tune_export_and_compare(page: Page) -> None:
    page.keyboard.press("?")
    overlay = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(overlay).to_be_visible()
    page.keyboard.press("Escape")
    expect(overlay).to_be_hidden()

    page.keyboard.press("g")
    page.keyboard.press("b")
    page.wait_for_url("**/backtests/**")
    page.locator(BACKTEST_CHART).first.wait_for()
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="Symbol", exact=True)).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("IBM")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="IBM Simple 20 / 50")).to_be_visible()

    _tab_to(page, page.get_by_label("Fast window"))
    page.keyboard.press("Control+a")
    page.keyboard.type("35")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="IBM Simple 35 / 50")).to_be_visible()

    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(page.locator("#result")).to_be_focused()
    _tab_to(page, page.get_by_role("link", name="JSON", exact=True).first)
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert json.loads(Path(download.value.path()).read_text())["parameters"]["fast"] == 35

    page.keyboard.press("s")
    expect(page.get_by_label("Note, for yourself")).to_be_focused()
    page.keyboard.type("By keys alone")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#saved summary")).to_contain_text("Saved")

    page.keyboard.press("c")
    expect(page.get_by_role("heading", name="Compare")).to_be_visible()
    _tab_to(page, page.locator(".add-list a").first)
    page.keyboard.press("Enter")
    page.locator("#comparison-chart:not([aria-busy]) canvas").first.wait_for()

    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url("**/history/**")  # keys count once the page has loaded
    expect(page.get_by_role("heading", name="History")).to_be_visible()
    page.wait_for_load_state()  # the scripts that listen to keys are there
    page.keyboard.press("/")
    page.keyboard.type("keys alone")
    expect(page.get_by_role("row").filter(has_text="By keys alone")).to_have_count(1)
    expect(page.get_by_role("row")).to_have_count(2)


def test_shortcuts_can_be_turned_off(page: Page) -> None:
    page.keyboard.press("?")
    page.get_by_label("Single keys are on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.keyboard.press("t")
    page.wait_for_timeout(200)
    expect(page).to_have_url(page.url)
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "light"
    page.reload()
    page.keyboard.press("?")
    expect(page.get_by_label("Single keys are on")).not_to_be_checked()


def test_two_runs_are_chosen_in_the_history_and_drawn_over_each_other(page: Page) -> None:
    _tune(page, 12)
    page.goto("/history/?search=aapl")
    page.get_by_role("button", name="tuning step").first.click()
    boxes = page.get_by_role("checkbox", name="Choose AAPL")
    button = page.locator("[data-choosing-submit]")
    expect(button).to_be_disabled()
    boxes.nth(0).check()
    boxes.nth(1).check()
    expect(button).to_have_text("Compare 2 runs")
    button.click()
    page.locator("#comparison-chart:not([aria-busy]) canvas").first.wait_for()
    expect(page.get_by_role("heading", name="What was asked")).to_be_visible()
    growth = """() => Bokeh.documents[0].get_model_by_name("growth_2").data.growth.length"""
    assert page.evaluate(growth) > 100


def test_trouble_with_the_server_is_said_once_and_the_result_stays(troubled: Page) -> None:
    troubled.route("**/backtests/?*", lambda route: route.abort())
    troubled.get_by_label("Fast window").fill("44")
    troubled.get_by_label("Fast window").blur()
    expect(troubled.locator("#toasts")).to_contain_text("does not respond")
    _title(troubled, "20 / 50")
    troubled.unroute("**/backtests/?*")
    _tune(troubled, 45)


def test_what_takes_long_can_be_cancelled(troubled: Page) -> None:
    troubled.route("**/backtests/?*", lambda route: None)  # never answered
    troubled.get_by_label("Fast window").fill("46")
    troubled.get_by_label("Fast window").blur()
    troubled.locator("#busy-note").get_by_role("button", name="Cancel").click()
    expect(troubled.locator("#busy-note")).not_to_have_class("is-shown")
    _title(troubled, "20 / 50")


def test_the_bar_of_a_request_ends_with_a_response_that_replaces_the_form(troubled: Page) -> None:
    fast = troubled.get_by_label("Fast window")
    fast.fill("0")
    fast.blur()
    expect(fast).to_have_attribute("aria-invalid", "true")
    expect(troubled.locator("html")).not_to_have_class(re.compile("is-busy"))
    _tune(troubled, 47)
    expect(troubled.locator("html")).not_to_have_class(re.compile("is-busy"))
