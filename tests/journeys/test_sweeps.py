"""Journeys that begin with a sweep."""

import pytest
from playwright.sync_api import expect

from tests.journeys.visitor import Visitor, id_in

pytestmark = pytest.mark.browser

PATIENCE = 60_000


def test_a_sweep_that_is_left_and_found_again(visitor: Visitor) -> None:
    page = visitor.open("/sweeps/?symbol=MSFT&fast=2+to+100+by+2&slow=10+to+390+by+5")
    address = page.url
    page.goto("/")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    page.goto("/sweeps/")
    page.get_by_role("link", name="All sweeps", exact=True).click()
    expect(page.locator(f"a[href*='{id_in(address)}']").first).to_be_visible(timeout=PATIENCE)
