"""Journeys that begin with a backtest."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.visitor import Visitor, change, shows_backtest

pytestmark = pytest.mark.browser


def test_first_visit(visitor: Visitor) -> None:
    page = visitor.open("/")
    page.get_by_role("link", name="New backtest").click()
    expect(page.locator(".verdict").first).to_be_visible()
    change(page, "Fast window", "31")
    shows_backtest(page, "31 / 50")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Fast window")).not_to_have_value("31")
    visitor.is_left_well()


def test_a_mistake_and_its_correction(visitor: Visitor) -> None:
    visitor.expected.append("422")
    visitor.run_backtest("symbol=AAPL&fast=21")
    page = visitor.page
    change(page, "Fast window", "80")
    expect(page.get_by_role("alert").filter(has_text="cannot be run")).to_be_visible()
    visitor.is_left_well()
    shows_backtest(page, "21 / 50")
    change(page, "Slow window", "90")
    shows_backtest(page, "80 / 90")
    expect(page.get_by_role("alert").filter(has_text="cannot be run")).to_be_hidden()


def test_saving_a_run(visitor: Visitor) -> None:
    visitor.run_backtest("symbol=AAPL&fast=22")
    page = visitor.page
    height = page.locator(".result-head").bounding_box()
    page.locator("#saved summary").click()
    page.get_by_label("Note, for yourself").fill("Worth a second look")
    page.get_by_role("button", name="Save this run").click()
    expect(page.locator("#saved summary")).to_contain_text("Saved")
    visitor.is_left_well()
    saved = page.locator(".result-head").bounding_box()
    assert height
    assert saved
    assert saved["height"] == height["height"], "the page jumps when a run is saved"
    page.goto("/history/?saved=1")
    expect(page.get_by_role("row").filter(has_text="Worth a second look")).to_have_count(1)


def test_back_forward_and_reload(visitor: Visitor) -> None:
    visitor.run_backtest("symbol=IBM&fast=23")
    page = visitor.page
    first = page.url
    change(page, "Fast window", "24")
    shows_backtest(page, "24 / 50")
    second = page.url
    assert second != first
    page.reload()
    shows_backtest(page, "24 / 50")
    page.go_back()
    shows_backtest(page, "23 / 50")
    expect(page.get_by_label("Fast window")).to_have_value("23")
    visitor.is_left_well()
    page.go_forward()
    shows_backtest(page, "24 / 50")
    expect(page.get_by_label("Fast window")).to_have_value("24")
    page.get_by_role("link", name="Sweep around this").click()
    expect(page.get_by_role("heading", name="combinations", exact=False).first).to_be_visible()
    page.go_back()
    shows_backtest(page, "24 / 50")
    assert page.url == second


def test_two_tabs(visitor: Visitor) -> None:
    first = visitor.run_backtest("symbol=AAPL&fast=25")
    other = visitor.another_tab()
    second = other.run_backtest("symbol=IBM&fast=26")
    change(visitor.page, "Fast window", "27")
    shows_backtest(visitor.page, "AAPL Simple 27 / 50")
    change(other.page, "Fast window", "28")
    shows_backtest(other.page, "IBM Simple 28 / 50")
    expect(visitor.page).to_have_title(re.compile("AAPL SMA 27/50"))
    expect(other.page).to_have_title(re.compile("IBM SMA 28/50"))
    other.is_left_well()
    assert first != second


def test_two_runs_of_a_symbol_have_titles_of_their_own(visitor: Visitor) -> None:
    visitor.run_backtest("symbol=AAPL&fast=25&slow=60")
    first = visitor.page.title()
    change(visitor.page, "Fast window", "29")
    shows_backtest(visitor.page, "29 / 60")
    expect(visitor.page).to_have_title(re.compile("29/60"))
    assert "25/60" in first
    assert "%" in first, first
