"""The chart of a backtest under the mouse: what each button, drag and click shows, read from the drawing."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import BACKTEST_CHART, TWO_FRAMES, apple_backtest
from tests.site import RunningSite
from tests.wait import wait_until

pytestmark = pytest.mark.browser

EPOCH = date(1970, 1, 1)
DAYS = """
    const { sessions } = JSON.parse(document.getElementById("backtest-chart-columns").textContent);
    let last = 0;
    const days = sessions.map((step) => (last += step));
    const dayAt = (place) => days[Math.min(Math.max(Math.round(place), 0), days.length - 1)];
"""
"""Defines dayAt: the day, counted from 1970-01-01, at a place along the axis of sessions."""
MODELS = (
    """() => {
"""
    + DAYS
    + """
    const all = [...Bokeh.documents[0].all_models];
    const figures = all.filter((model) => model.type === "Figure");
    return {
        ranges: figures.map(({ x_range }) => [dayAt(x_range.start + 0.5), dayAt(x_range.end - 0.5)]),
        price: [figures[0].y_range.start, figures[0].y_range.end],
        marks: all.filter((model) => (model.tags ?? []).some((tag) => tag.startsWith("size:")))
            .map(({ glyph, data_source }) => [glyph.size.value, data_source.data.date.length]),
        candles: all.filter((model) => (model.tags ?? []).includes("mode:price=candles"))
            .map(({ visible }) => visible),
        moneyAxes: all.filter((model) => /^axis of equity/.test(model.name ?? ""))
            .map((axis) => [...axis.major_label_overrides.values()]),
    };
}"""
)
CLOSES_IN_VIEW = (
    """([start, end]) => {
"""
    + DAYS
    + """
    const { date, close } = Bokeh.documents[0].get_model_by_name("price").data;
    return [...close].filter((_, place) => dayAt(date[place]) >= start && dayAt(date[place]) <= end);
}"""
)

COLOURS_OF_PICTURES = """() => [...document.querySelectorAll(".chart-picture")].map((picture) => {
    const { data } = picture.getContext("2d").getImageData(0, 0, picture.width, picture.height);
    const found = new Set();
    for (let at = 0; at < data.length; at += 4) {
        if (data[at + 3] === 255) found.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]);
    }
    return [...found].map((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]);
})"""


@pytest.fixture(scope="module")
def opened(browser: Browser, site: RunningSite) -> Iterator[Page]:
    """A page on the backtest of AAPL, for all tests of a module."""
    with apple_backtest(browser, site, height=2000, calm=True) as (page, complaints):
        yield page
    assert complaints == []


@pytest.fixture
def page(opened: Page) -> Page:
    """The page with the whole run in view."""
    _press(opened, "Dates in view", "All")
    return opened


def _press(page: Page, group: str, name: str) -> None:
    page.get_by_role("group", name=group).get_by_role("button", name=name, exact=True).click()
    page.evaluate(TWO_FRAMES)


def _drawn(page: Page) -> dict[str, Any]:
    page.evaluate(TWO_FRAMES)
    drawn: dict[str, Any] = page.evaluate(MODELS)
    return drawn


def _view(page: Page) -> tuple[float, float]:
    """First and last day in view, counted from 1970-01-01, which all panels share."""
    ranges = _drawn(page)["ranges"]
    assert len(ranges) == 7
    assert all(shown == ranges[0] for shown in ranges)
    start, end = ranges[0]
    return start, end


def _days(page: Page) -> float:
    start, end = _view(page)
    return end - start


def _panel(page: Page, title: str) -> Locator:
    return page.locator("[data-panel]", has=page.locator("strong", has_text=title)).locator("canvas").first


def _middle(panel: Locator) -> tuple[float, float]:
    box = panel.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_the_price_is_in_view_without_scrolling(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.evaluate("window.scrollTo(0, 0)")
    box = _panel(page, "Price").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 800
    page.set_viewport_size({"width": 1280, "height": 2000})


def test_buttons_show_the_dates_that_they_name(page: Page) -> None:
    whole = _view(page)
    for name, days in (("1Y", 365.25), ("3Y", 1095.75), ("5Y", 1826.25)):
        _press(page, "Dates in view", name)
        assert _days(page) == pytest.approx(days, abs=4)
        assert _view(page)[1] == whole[1]
    _press(page, "Move and zoom", "Zoom in")
    assert _days(page) == pytest.approx(1826.25 / 2, abs=10)
    later = _view(page)[1]
    _press(page, "Move and zoom", "Earlier")
    assert _view(page)[1] == pytest.approx(later - 1826.25 / 4, abs=10)
    _press(page, "Move and zoom", "Later")
    assert _view(page)[1] == pytest.approx(later, abs=2)
    _press(page, "Move and zoom", "Zoom out")
    assert _days(page) == pytest.approx(1826.25, abs=10)
    _press(page, "Move and zoom", "Reset the view")
    assert _view(page) == whole


def test_dragging_and_the_wheel_move_every_panel_and_prices_fill_theirs(page: Page) -> None:
    _press(page, "Dates in view", "1Y")
    before = _view(page)
    x, y = _middle(_panel(page, "Equity"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 200, y, steps=4)
    page.mouse.up()
    dragged = _view(page)
    assert dragged[0] < before[0]
    assert dragged[1] - dragged[0] == pytest.approx(before[1] - before[0], abs=7)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    wait_until(lambda: _view(page)[1] - _view(page)[0] < before[1] - before[0], "the wheel zooms in")
    low, high = _drawn(page)["price"]
    closes = page.evaluate(CLOSES_IN_VIEW, list(_view(page)))
    assert low <= min(closes) < max(closes) <= high
    assert high / low < 1.6 * max(closes) / min(closes)


def test_the_cross_reads_one_day_in_every_panel(page: Page) -> None:
    x, y = _middle(_panel(page, "Price"))
    page.mouse.move(x, y)
    lines = page.locator("#backtest-chart .chart-cursor:visible")
    expect(lines).to_have_count(5)
    assert len(set(lines.evaluate_all("(all) => all.map((line) => line.style.transform)"))) == 1
    shown = page.locator("[data-cursor-date]").inner_text()
    document = page.get_by_role("link", name="JSON", exact=True).first.get_attribute("href")
    series = page.request.get(str(document)).json()["series"]
    at = series["dates"].index(shown)
    box = page.locator("[data-readout-box]")
    expect(box).to_contain_text(shown)
    for name, column in (("Open", "open"), ("High", "high"), ("Close", "close"), ("Strategy", "equity")):
        expect(box).to_contain_text(re.compile(rf"{name} [\d,.]+"))
        text = re.search(rf"{name} ([\d,.]+\d)", box.inner_text())
        assert text
        assert float(text[1].replace(",", "")) == pytest.approx(series[column][at], abs=0.0051)
    expect(page.locator(".chart-level:visible")).to_have_count(1)
    page.mouse.move(5, 5)
    expect(lines).to_have_count(0)
    expect(box).to_be_hidden()


def test_a_finger_reads_a_day_where_it_touches(browser: Browser, site: RunningSite) -> None:
    context = browser.new_context(
        base_url=site.address, viewport={"width": 390, "height": 1600}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto("/backtests/?symbol=AAPL")
    page.locator(BACKTEST_CHART).first.wait_for()
    newest = page.locator("[data-cursor-date]").inner_text()
    page.locator("#backtest-chart").scroll_into_view_if_needed()
    page.touchscreen.tap(*_middle(_panel(page, "Price")))
    expect(page.locator("#backtest-chart .chart-cursor:visible")).to_have_count(5)
    assert page.locator("[data-cursor-date]").inner_text() < newest
    context.close()


def test_marks_shrink_where_they_crowd_and_all_trades_keep_theirs(page: Page) -> None:
    crowded = _drawn(page)["marks"]
    trades = int(page.locator("#trades-table [role=status]").inner_text().split()[0])
    assert [count for _, count in crowded] == [trades, trades, 0, 0]
    _press(page, "Dates in view", "1Y")
    alone = _drawn(page)["marks"]
    assert [count for _, count in alone] == [trades, trades, 0, 0]
    page.set_viewport_size({"width": 320, "height": 2000})
    _press(page, "Dates in view", "All")
    wait_until(lambda: _drawn(page)["marks"][0][0] < alone[0][0], "marks are smaller on a phone")
    page.set_viewport_size({"width": 1280, "height": 2000})


def test_a_click_on_a_trade_moves_the_chart_there(page: Page) -> None:
    button = page.locator('button[data-trade="10"]')
    entry, exit_ = (date.fromisoformat(str(button.get_attribute(f"data-{end}"))) for end in ("entry", "exit"))
    button.locator("xpath=ancestor::tr").get_by_role("cell").last.click()
    expect(page.locator("tr[aria-current=true]")).to_have_count(1)
    start, end = (EPOCH + timedelta(days=day) for day in _view(page))
    assert start < entry < exit_ < end
    assert (end - start) < 4 * (exit_ - entry)


MARK = """() => {
    const [drawn] = Bokeh.documents;
    const { data } = drawn.get_model_by_name("long_entries");
    const price = [...drawn.all_models].find((model) => model.type === "Figure");
    const { el, frame } = Bokeh.index.find_one(price);
    const { left, top } = el.getBoundingClientRect();
    return [left + frame.x_scale.compute(data.date[0]), top + frame.y_scale.compute(data.price[0])];
}"""
"""Where the mark of the first trade is on the screen."""


def test_a_click_on_a_mark_selects_the_row_of_its_trade_under_any_filter(page: Page) -> None:
    page.get_by_label("Filter by year").select_option("2012")
    expect(page.locator("#trades-table [role=status]")).to_contain_text(" of ")
    expect(page.locator('[data-trade="0"]')).to_have_count(0)
    page.mouse.click(*page.evaluate(MARK))
    expect(page.locator("tr[aria-current=true] [data-trade]")).to_have_attribute("data-trade", "0")


def test_candles_scales_and_units_are_chosen_and_remembered(page: Page) -> None:
    assert _drawn(page)["candles"] == [False] * 3
    equity = page.locator('.legend [data-value="equity.equity"]')
    money = float(equity.inner_text().replace(",", ""))
    _press(page, "Price as", "Candles")
    _press(page, "Scale of price and equity", "Linear")
    _press(page, "Unit of the equity", "%")
    _press(page, "Rolling figure", "Beta")
    drawn = _drawn(page)
    assert drawn["candles"] == [True] * 3
    assert all(labels and all(label.endswith("%") for label in labels) for labels in drawn["moneyAxes"])
    expect(equity).to_have_text(f"{100 * (money / 10_000 - 1):+,.2f} %")
    expect(page.locator('.legend [data-value="rolling.beta"]')).to_be_visible()
    page.reload()
    page.locator(BACKTEST_CHART).first.wait_for()
    chosen = page.locator("#backtest-chart [data-choose][aria-pressed=true]")
    expect(chosen).to_have_text(["Candles", "Linear", "%", "Sessions", "Beta"])
    assert _drawn(page)["candles"] == [True] * 3
    for group, usual in (
        ("Price as", "Line"),
        ("Scale of price and equity", "Log"),
        ("Unit of the equity", "USD"),
        ("Rolling figure", "Sharpe"),
    ):
        _press(page, group, usual)
    labels = [label for axis in _drawn(page)["moneyAxes"] for label in axis]
    assert labels
    assert not any(label.endswith("%") for label in labels)


def test_a_double_click_shows_all_and_the_table_has_the_values(page: Page) -> None:
    whole = _view(page)
    _press(page, "Dates in view", "1Y")
    page.mouse.dblclick(*_middle(_panel(page, "Drawdown")))
    wait_until(lambda: _view(page) == whole, "a double click shows all")
    figure = page.locator("figure", has=page.locator("#backtest-chart"))
    figure.get_by_text("View as table").click()
    newest = figure.get_by_role("row").nth(1)
    expect(newest).to_contain_text(page.locator('.legend [data-value="equity.equity"]').inner_text())


def test_paper_shows_a_picture_of_each_panel_in_the_colours_of_paper(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    colours = page.evaluate(COLOURS_OF_PICTURES)
    assert len(colours) == 5
    paper_grid = [0xE7, 0xEA, 0xEE]  # of the light theme
    assert all(paper_grid in found for found in colours)
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(page.locator(".chart-picture")).to_have_count(0)
    page.emulate_media(color_scheme="light")


def test_shortcuts_fill_the_form_and_lead_to_the_run(page: Page) -> None:
    form = page.get_by_role("form", name="Backtest")
    form.get_by_role("button", name="5Y", exact=True).click()
    expect(page.locator(".result-head p")).to_contain_text("2008-03-03 to 2013-03-01")
    form.get_by_role("button", name="Golden cross, 50 / 200").click()
    expect(page.get_by_role("heading", name="AAPL Simple 50 / 200")).to_be_visible()
    form.get_by_role("button", name="All", exact=True).click()
    expect(page.locator(".result-head p")).to_contain_text("2000-03-01 to 2013-03-01")
    page.get_by_role("link", name="Back to the defaults").click()
    expect(page.get_by_role("heading", name="AAPL Simple 20 / 50")).to_be_visible()
