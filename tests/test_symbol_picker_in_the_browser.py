"""A symbol is found while one types, chosen by keys or pointer, and never runs half typed."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import apple_backtest
from tests.site import RunningSite

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser, site: RunningSite) -> Iterator[Page]:
    """A page on the backtest of AAPL; it fails the test when the browser reports an error."""
    with apple_backtest(browser, site, height=900) as (page, complaints):
        yield page
    assert not [text for text in complaints if "422" not in text]


def _symbol(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Symbol", exact=True)


def test_a_name_finds_the_symbol_and_keys_choose_it(page: Page) -> None:
    symbol = _symbol(page)
    symbol.fill("machines")
    option = page.get_by_role("option", name=re.compile("IBM"))
    expect(option).to_be_visible()
    expect(symbol).to_have_attribute("aria-expanded", "true")
    symbol.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    symbol.press("Enter")
    expect(symbol).to_have_value("IBM")
    expect(symbol).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("heading", name="IBM Simple 20 / 50")).to_be_visible()


def test_a_pointer_chooses(page: Page) -> None:
    symbol = _symbol(page)
    symbol.click()
    page.get_by_role("option", name=re.compile("MSFT")).click()
    expect(page.get_by_role("heading", name="MSFT Simple 20 / 50")).to_be_visible()


def test_a_half_typed_symbol_runs_nothing_whatever_else_changes(page: Page) -> None:
    symbol = _symbol(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/backtests/?" in request.url else None)
    symbol.fill("IB")
    page.get_by_label("Fast window").fill("25")
    page.get_by_label("Fast window").press("Tab")
    expect(page.get_by_role("heading", name="AAPL Simple 25 / 50")).to_be_visible()
    assert asked
    assert all("symbol=AAPL" in url for url in asked)
    symbol.fill("IBM")
    symbol.press("Tab")
    expect(page.get_by_role("heading", name="IBM Simple 25 / 50")).to_be_visible()


def test_escape_brings_the_chosen_symbol_back(page: Page) -> None:
    symbol = _symbol(page)
    symbol.fill("GO")
    expect(page.get_by_role("option", name=re.compile("GOOG"))).to_be_visible()
    symbol.press("Escape")
    expect(symbol).to_have_value("AAPL")
    expect(page.get_by_role("listbox")).to_be_hidden()
