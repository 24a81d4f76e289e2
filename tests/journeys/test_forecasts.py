"""Journeys that begin with a forecast."""

import pytest
from playwright.sync_api import expect

from tests.journeys.visitor import Visitor, change

pytestmark = pytest.mark.browser


def test_look_backs_into_several_years(visitor: Visitor) -> None:
    page = visitor.open("/forecasts/?symbol=AAPL")
    for day in ("2001-06-01", "2005-06-01", "2012-03-15"):
        change(page, "Issue date", day)
        expect(page.get_by_text(f"Issued on {day}")).to_be_visible(timeout=60_000)
        visitor.is_left_well()
    page.get_by_role("link", name="Scorecard of AAPL").click()
    expect(page.get_by_role("heading", name="Model versions")).to_be_visible()
    for symbol in ("IBM", "FB"):
        page.goto(f"/scorecards/{symbol}/")
        expect(page.get_by_role("heading", name=f"{symbol} scorecard")).to_be_visible()
