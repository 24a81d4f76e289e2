"""Journeys that begin with a sweep."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.visitor import Visitor, id_in
from tests.wait import wait_until

pytestmark = pytest.mark.browser

PATIENCE = 60


def test_a_sweep_that_is_left_and_found_again(visitor: Visitor) -> None:
    page = visitor.open("/sweeps/?symbol=MSFT&fast=2+to+100+by+2&slow=10+to+390+by+5")
    address = page.url
    page.goto("/")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    page.goto("/sweeps/")
    page.get_by_role("link", name="All sweeps", exact=True).click()
    wait_until(
        lambda: _is_listed(page, id_in(address)), "the sweep in the list of all sweeps", within=PATIENCE
    )


def _is_listed(page: Page, sweep_id: str) -> bool:
    """Whether the list, opened again, has a link to the sweep: it is entered when its job is done."""
    page.reload()
    return page.locator(f"a[href*='{sweep_id}']").count() > 0
