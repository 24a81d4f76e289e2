"""Journeys that lead back to what was made: finding, comparing, reporting."""

from io import BytesIO

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.journeys.visitor import HEATMAP, Visitor, shows_backtest

pytestmark = pytest.mark.browser


def test_a_run_is_found_named_and_deleted(visitor: Visitor) -> None:
    run = visitor.run_backtest("symbol=GOOG&fast=33&slow=77&stop_loss_percent=7")
    page = visitor.open("/history/?kind=backtest&symbol=GOOG")
    row = page.get_by_role("row").filter(has_text="33 / 77").first
    expect(row).to_contain_text("Stop loss 7")
    row.get_by_role("button", name="Name, note or delete").click()
    form = page.get_by_role("form", name="GOOG Simple 33 / 77")
    expect(form.get_by_role("button", name="Delete")).to_be_in_viewport()
    form.get_by_label("Name", exact=True).fill("The one of June")
    form.get_by_role("button", name="Save name and note").click()
    expect(page.get_by_role("link", name="The one of June")).to_be_visible()
    page.get_by_label("Order", exact=True).select_option("sharpe")
    page.get_by_label("Search the history").fill("june")
    expect(page.get_by_text("1 result that matches “june”")).to_be_visible()
    visitor.is_left_well()
    page.get_by_role("button", name="Name, note or delete").click()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("form", name="GOOG Simple 33 / 77").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    visitor.expected.append("404")
    page.goto(f"/backtests/{run}/")
    expect(page.get_by_text("There is no backtest with this id", exact=False)).to_be_visible()


def test_runs_are_collected_and_compared(visitor: Visitor) -> None:
    page = visitor.page
    for fast in (34, 35):
        visitor.run_backtest(f"symbol=AAPL&fast={fast}&slow=88")
        page.get_by_role("button", name="Add to the comparison").click()
        expect(page.locator("#compare-basket .count")).to_have_text(str(fast - 33))
    visitor.open("/sweeps/?symbol=AAPL&fast=10,20&slow=50,100")
    page.locator(HEATMAP).first.wait_for()
    page.get_by_role("button", name="Add to the comparison").click()
    expect(page.locator("#compare-basket .count")).to_have_text("3")
    visitor.is_left_well()
    page.locator("#compare-basket").click()
    page.locator("#comparison-chart:not([aria-busy]) canvas").first.wait_for()
    page.get_by_role("button", name="Leave out AAPL Simple 34 / 88").click()
    expect(page.locator("#compare-basket .count")).to_have_text("2")
    expect(page.get_by_role("link", name="AAPL Simple 35 / 88").first).to_be_visible()


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
