"""Journeys on a phone."""

import pytest
from playwright.sync_api import expect

from tests.journeys.visitor import HEATMAP, Visitor, change, shows_backtest

pytestmark = pytest.mark.browser


def test_a_change_says_that_the_result_below_has_changed(phone: Visitor) -> None:
    phone.run_backtest("symbol=AAPL&fast=37")
    page = phone.page
    page.get_by_label("Symbol").first.scroll_into_view_if_needed()
    page.evaluate("window.scrollTo(0, 0)")
    change(page, "Fast window", "38")
    page.evaluate("window.scrollTo(0, 0)")
    cue = page.get_by_role("link", name="See the result")
    expect(cue).to_contain_text("AAPL Simple 38 / 50")
    cue.click()
    expect(page.locator(".result-head h2")).to_be_in_viewport()
    expect(cue).to_be_hidden()


def test_a_field_of_a_heatmap_is_read_by_touch(phone: Visitor) -> None:
    page = phone.open("/sweeps/?symbol=AAPL&fast=10+to+40+by+10&slow=50+to+200+by+50")
    page.locator(HEATMAP).first.wait_for()
    page.locator("#sweep-heatmap").scroll_into_view_if_needed()
    before = page.locator("#sweep-heatmap [data-readout]").inner_text()
    box = page.locator("#sweep-heatmap [data-canvas]").bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + 0.75 * box["width"], box["y"] + 0.7 * box["height"])
    expect(page.locator("#sweep-heatmap [data-readout]")).not_to_have_text(before)
    page.get_by_role("link", name="Open its backtest").click()
    shows_backtest(page, "AAPL Simple")


def test_reading_a_day_moves_nothing(phone: Visitor) -> None:
    phone.run_backtest("symbol=AAPL&fast=39")
    page = phone.page
    canvas = page.locator("#backtest-chart [data-canvas] canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    heights = set()
    for share in (0.1, 0.3, 0.5, 0.8):
        page.touchscreen.tap(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
        expect(page.locator("#backtest-chart [data-readout-box]")).to_be_visible()
        chart = page.locator("#backtest-chart").bounding_box()
        assert chart
        heights.add(chart["height"])
    assert len(heights) == 1, heights


def test_an_instruments_actions_are_in_reach(phone: Visitor) -> None:
    page = phone.open("/")
    link = page.get_by_role("link", name="Backtest IBM")
    link.scroll_into_view_if_needed()
    box = link.bounding_box()
    assert box
    assert box["x"] + box["width"] <= 390
    link.click()
    shows_backtest(page, "IBM Simple")
