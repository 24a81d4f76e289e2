"""Journeys that begin with a sweep."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.visitor import HEATMAP, Visitor, change, id_in, shows_backtest
from tests.wait import wait_until

pytestmark = pytest.mark.browser

PATIENCE = 60_000


def test_a_large_sweep_in_the_background(visitor: Visitor) -> None:
    page = visitor.open("/sweeps/?symbol=IBM&fast=10,20&slow=50,100")
    page.locator(HEATMAP).first.wait_for()
    page.get_by_label("Fast window").fill("2 to 110 by 2")
    page.get_by_label("Slow window").fill("10 to 390 by 4")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="4,604 combinations")).to_be_visible(timeout=PATIENCE)
    page.locator(HEATMAP).first.wait_for()
    visitor.is_left_well()
    sweep_id = id_in(page.url)

    change(page, "Slow window", "50 to 100 by 25")
    page.get_by_label("Fast window").fill("10 to 20 by 5")
    page.get_by_label("Fast window").blur()
    expect(page.get_by_role("heading", name="9 combinations")).to_be_visible()
    visitor.is_left_well()

    page.goto("/jobs/")
    row = page.get_by_role("row").filter(has_text="Sweep parameters: IBM").first
    row.get_by_role("link", name=re.compile("Open", re.IGNORECASE)).click()
    page.locator(HEATMAP).first.wait_for()
    assert id_in(page.url) == sweep_id
    page.goto("/history/?kind=sweep&symbol=IBM")
    page.locator(f"a[href*='{sweep_id}']").first.click()
    page.locator(HEATMAP).first.wait_for()
    assert id_in(page.url) == sweep_id

    page.get_by_role("table").filter(has_text="Around it").get_by_role("link").first.click()
    shows_backtest(page, "IBM Simple")


def test_a_sweep_that_is_left_and_found_again(visitor: Visitor) -> None:
    page = visitor.open("/sweeps/?symbol=MSFT&fast=2+to+100+by+2&slow=10+to+390+by+5")
    address = page.url
    page.goto("/")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    page.goto("/sweeps/")
    page.get_by_role("link", name="All sweeps", exact=True).click()
    wait_until(lambda: _is_listed(page, id_in(address)), "the sweep in the list of all sweeps", within=60)


def _is_listed(page: Page, sweep_id: str) -> bool:
    """Whether the list, opened again, has a link to the sweep: it is entered when its job is done."""
    page.reload()
    return page.locator(f"a[href*='{sweep_id}']").count() > 0


def test_all_symbols(visitor: Visitor) -> None:
    page = visitor.open("/sweeps/?symbol=IBM&fast=10,20&slow=50,100")
    page.get_by_role("button", name="Sweep all symbols").click()
    page.wait_for_url("**/universes/**")
    expect(page.get_by_role("heading", name="Does any symbol stand out?")).to_be_visible(timeout=PATIENCE)
    visitor.is_left_well()
    universe = id_in(page.url)
    page.get_by_role("link", name="All sweeps of many symbols").click()
    expect(page.locator(f"a[href*='{universe}']").first).to_be_visible()
    page.goto("/history/?kind=universe")
    expect(page.locator(f"a[href*='{universe}']").first).to_be_visible()


def test_a_sweep_is_cancelled_and_begun_again(visitor: Visitor) -> None:
    page = visitor.open("/sweeps/?symbol=GOOG&fast=2+to+200+by+1&slow=10+to+390+by+1")
    page.get_by_role("button", name="Cancel").first.click()
    expect(page.get_by_text("Cancelled", exact=False).first).to_be_visible(timeout=PATIENCE)
    visitor.is_left_well()
    change(page, "Fast window", "10 to 20 by 10")
    change(page, "Slow window", "50 to 100 by 50")
    expect(page.get_by_role("heading", name="4 combinations")).to_be_visible()
