"""Journeys on a phone."""

import pytest
from playwright.sync_api import expect

from tests.journeys.visitor import Visitor, change, shows_backtest

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


def test_an_instruments_actions_are_in_reach(phone: Visitor) -> None:
    page = phone.open("/")
    link = page.get_by_role("link", name="Backtest IBM")
    link.scroll_into_view_if_needed()
    box = link.bounding_box()
    assert box
    assert box["x"] + box["width"] <= 390
    link.click()
    shows_backtest(page, "IBM Simple")
