"""Sweeping as a person does it: ranges that redraw the heatmap, reading a field, opening its backtest."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser import browser_complaints
from tests.site import RunningSite
from tests.wait import wait_until

pytestmark = pytest.mark.browser

ADDRESS = "/sweeps/?symbol=AAPL&fast=10+to+40+by+10&slow=50+to+200+by+50"
DRAWN = "#sweep-heatmap:not([aria-busy]) canvas"
SHOWN = """() => {
    const columns = JSON.parse(document.getElementById("sweep-heatmap-columns").textContent);
    const { parameters, best, figures } = columns;
    const [drawn] = Bokeh.documents.filter((one) => one.get_model_by_name("heatmap"));
    const { x, y } = drawn.get_model_by_name("fields").data;
    return { parameters, best, figures, x: [...x], y: [...y] };
}"""
"""What stands in the page for the heatmap, and the fields that are drawn."""
PLACE = """(field) => {
    const [document_] = Bokeh.documents.filter((one) => one.get_model_by_name("heatmap"));
    const plot = document_.get_model_by_name("heatmap");
    const view = Bokeh.index.find_one(plot) ?? Bokeh.index.find_one_by_id(plot.id);
    const { x, y } = document_.get_model_by_name("fields").data;
    const box = view.el.getBoundingClientRect();
    return [
        box.left + view.frame.x_scale.compute(x[field]),
        box.top + view.frame.y_scale.compute(y[field]),
    ];
}"""
"""Where a field is on the screen, as Bokeh places it."""


FROM_THE_TOP = "document.querySelector('#sweep-heatmap').getBoundingClientRect().top + scrollY"


def _opened(browser: Browser, site: RunningSite) -> tuple[Page, list[str]]:
    context = browser.new_context(base_url=site.address, viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    complaints = browser_complaints(page)
    page.goto(ADDRESS)
    page.locator(DRAWN).first.wait_for()
    page.locator("#sweep-heatmap").scroll_into_view_if_needed()
    return page, complaints


@pytest.fixture
def page(browser: Browser, site: RunningSite) -> Iterator[Page]:
    """A page on a sweep of AAPL; it fails the test when the browser reports an error."""
    page, complaints = _opened(browser, site)
    yield page
    page.context.close()
    assert complaints == []


@pytest.fixture
def refused(browser: Browser, site: RunningSite) -> Iterator[Page]:
    """The same for a test in which a request is refused or given up, which the browser reports."""
    page, _ = _opened(browser, site)
    yield page
    page.context.close()


def _shown(page: Page) -> dict[str, Any]:
    shown: dict[str, Any] = page.evaluate(SHOWN)
    return shown


def test_the_heatmap_comes_before_the_verdict_and_stays_in_its_place(page: Page) -> None:
    held: list[Route] = []

    def load(route: Route) -> None:
        if route.request.headers.get("hx-trigger") == "pending-verdict":
            held.append(route)
        else:
            route.continue_()

    page.route("**/sweeps/?**", load)
    canvas = page.locator(DRAWN).first.element_handle()
    _sweep(page, fast="5 to 30 by 1", slow="40 to 60 by 1")
    expect(page.get_by_role("heading", name="546 combinations")).to_be_visible()
    expect(page.locator("#pending-verdict")).to_have_attribute("aria-busy", "true")
    assert len(_shown(page)["x"]) == 546
    top = page.evaluate(FROM_THE_TOP)
    wait_until(lambda: bool(held), "the verdict to be asked for", within=20)
    held.pop().continue_()
    expect(page.locator(".caveats")).to_contain_text("546 combinations in this sweep")
    expect(page).to_have_url(re.compile(r"/sweeps/[0-9a-f]+/$"))
    assert canvas is not None
    assert canvas.evaluate("(element) => element.isConnected")
    assert abs(page.evaluate(FROM_THE_TOP) - top) < 100


def test_a_change_while_the_verdict_is_computed_replaces_it(refused: Page) -> None:
    page = refused
    given_up: list[str] = []
    page.on("requestfailed", lambda request: given_up.append(request.headers.get("hx-trigger", "")))

    def load(route: Route) -> None:
        if route.request.headers.get("hx-trigger") != "pending-verdict" or "59" in route.request.url:
            route.continue_()

    page.route("**/sweeps/?**", load)
    _sweep(page, fast="5 to 29 by 1", slow="40 to 60 by 1")
    expect(page.locator("#pending-verdict")).to_be_visible()
    page.get_by_label("Slow window").fill("40 to 59 by 1")
    page.get_by_label("Slow window").blur()
    expect(page.locator(".caveats")).to_contain_text("500 combinations in this sweep")
    assert given_up == ["pending-verdict"]


def _sweep(page: Page, *, fast: str, slow: str) -> None:
    page.get_by_label("Fast window").fill(fast)
    page.get_by_label("Slow window").fill(slow)
    page.get_by_label("Slow window").blur()


def _values(page: Page) -> dict[str, list[float]]:
    """Return the values of each parameter, by its field in the form."""
    return {parameter["field"]: parameter["values"] for parameter in _shown(page)["parameters"]}


def _field(page: Page, **windows: int) -> int:
    parameters = _values(page)
    return next(
        field
        for field in range(len(parameters["fast"]))
        if all(parameters[name][field] == value for name, value in windows.items())
    )


def _read_out(page: Page) -> dict[str, str]:
    readout = page.locator("[data-readout]")
    terms, texts = readout.locator("dt").all_inner_texts(), readout.locator("dd").all_inner_texts()
    return dict(zip(terms, texts, strict=True))


def test_a_changed_range_redraws_the_heatmap_and_its_address(page: Page) -> None:
    assert len(_shown(page)["x"]) == 16
    page.get_by_label("Slow window").fill("60 to 100 by 20")
    page.get_by_label("Slow window").blur()
    wait_until(lambda: len(_shown(page)["x"]) == 12, "the heatmap of the new ranges")
    assert set(_values(page)["slow"]) == {60, 80, 100}
    expect(page.get_by_role("heading", name="12 combinations")).to_be_visible()
    address = page.url
    page.reload()
    page.locator(DRAWN).first.wait_for()
    assert page.url == address
    assert len(_shown(page)["x"]) == 12


def test_a_range_that_is_wrong_is_said_at_its_field_and_the_heatmap_stays(refused: Page) -> None:
    slow = refused.get_by_label("Slow window")
    slow.fill("5 to")
    slow.blur()
    expect(slow).to_have_attribute("aria-invalid", "true")
    expect(refused.locator(DRAWN).first).to_be_visible()


def test_a_field_under_the_pointer_is_read_and_a_click_opens_its_backtest(page: Page) -> None:
    shown = _shown(page)
    field = _field(page, fast=20, slow=100)
    assert field != shown["best"], "the best one is read out without a pointer"
    page.mouse.move(*page.evaluate(PLACE, field))
    wait_until(lambda: _read_out(page).get("Fast") == "20", "the field to be read out")
    read = _read_out(page)
    assert (read["Slow"], read["Trades"]) == ("100", str(int(shown["figures"]["trades"][field])))
    page.mouse.click(*page.evaluate(PLACE, field))
    expect(page.get_by_role("heading", name="AAPL Simple 20 / 100")).to_be_visible()
    sharpe = page.locator("dt", has_text="Sharpe ratio").locator("xpath=following-sibling::dd").first
    expect(sharpe).to_contain_text(f"{shown['figures']['sharpe'][field]:.2f}")


def test_arrow_keys_read_fields_and_enter_opens_the_backtest(page: Page) -> None:
    heatmap = page.locator("#sweep-heatmap")
    heatmap.focus()
    best = _shown(page)["best"]
    fast = _values(page)["fast"][best]
    page.keyboard.press("ArrowRight")
    expect(heatmap.locator("[data-spoken]")).to_contain_text(f"Fast {fast}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="AAPL Simple")).to_be_visible()


def test_the_same_ranges_are_swept_over_all_symbols(page: Page) -> None:
    page.get_by_role("button", name="Sweep all symbols").click()
    expect(page.get_by_role("heading", name="Does any symbol stand out?")).to_be_visible(timeout=60_000)
    rows = page.get_by_role("table").get_by_role("row")
    symbols = [rows.nth(row).get_by_role("rowheader").inner_text() for row in range(1, rows.count())]
    assert {"AAPL", "FB", "GOOG", "IBM", "MSFT"} <= set(symbols)  # and those that other tests import
    section = page.get_by_role("navigation", name="Pages").get_by_role("link", name="Sweeps")
    expect(section).to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="IBM").click()
    expect(page.get_by_role("heading", name="IBM")).to_be_visible()
