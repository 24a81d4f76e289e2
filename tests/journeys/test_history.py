"""Journeys that lead back to what was made: finding, comparing, reporting."""

from io import BytesIO

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.journeys.visitor import Visitor, shows_backtest

pytestmark = pytest.mark.browser


def test_a_report_on_a_run_of_ones_own(visitor: Visitor) -> None:
    visitor.run_backtest("symbol=IBM&fast=36&slow=99")
    page = visitor.page
    page.get_by_role("link", name="Report", exact=True).click()
    expect(page.get_by_role("heading", name="Predicted against actual")).to_be_visible(timeout=60_000)
    expect(page.get_by_label("Backtest", exact=True).locator("option:checked")).to_contain_text("36 / 99")
    page.get_by_role("link", name="Open and tune").click()
    shows_backtest(page, "IBM Simple 36 / 99")
    page.go_back()
    response = page.context.request.get(
        str(page.get_by_role("link", name="PDF").get_attribute("href")), timeout=120_000
    )
    pages = [text.extract_text() for text in PdfReader(BytesIO(response.body())).pages]
    assert "36 / 99" in "".join(pages)
