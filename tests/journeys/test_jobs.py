"""Journeys through work in the background that does not end well at first."""

import pytest
from playwright.sync_api import expect

from tests.journeys.visitor import HEATMAP, Visitor, id_in

pytestmark = pytest.mark.browser

PATIENCE = 60_000


def test_a_cancelled_job_is_started_again(visitor: Visitor) -> None:
    page = visitor.open("/sweeps/?symbol=AAPL&fast=2+to+160+by+1&slow=170+to+390+by+2")
    page.get_by_role("button", name="Cancel").first.click()
    expect(page.get_by_text("This sweep was not finished")).to_be_visible(timeout=PATIENCE)
    visitor.is_left_well()
    page.get_by_role("button", name="Start again").click()
    expect(page.locator(".sweep-verdict")).to_be_visible(timeout=PATIENCE)
    page.locator(HEATMAP).first.wait_for()
    visitor.is_left_well()
    sweep = id_in(page.url)
    page.goto("/jobs/?state=done")
    expect(page.locator(f"a[href*='{sweep}']").first).to_be_visible()


def test_a_job_that_fails_says_why_and_what_to_do(visitor: Visitor) -> None:
    page = visitor.open("/forecasts/?symbol=FB")
    page.get_by_role("button", name="Train for this symbol").click()
    training = page.locator("#training")
    expect(training.get_by_role("alert")).to_contain_text("FB", timeout=PATIENCE)
    visitor.is_left_well()
    page.goto("/jobs/?state=failed")
    page.get_by_role("link", name="FB").first.click()
    expect(page.get_by_text("Failed")).to_be_visible()
    page.get_by_role("link", name="Data page").click()
    expect(page.get_by_role("heading", name="Data", exact=True)).to_be_visible()
