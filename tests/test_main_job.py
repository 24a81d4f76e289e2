"""The main job in a real browser: backtest, forecast and report of AAPL, taken away as PDF and JSON."""

import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Download, Page, expect
from pypdf import PdfReader

from tests.browser import browser_complaints
from tests.site import RunningSite

pytestmark = pytest.mark.browser

RUN_ADDRESS = re.compile(r"/backtests/[0-9a-f]+/$")


@pytest.fixture
def page(browser: Browser, site: RunningSite) -> Iterator[Page]:
    """A page that fails the test when the browser reports an error or a blocked script."""
    context = browser.new_context(base_url=site.address, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    complaints = browser_complaints(page)
    yield page
    context.close()
    # A 422 answer to an invalid form is logged by the browser as a failed load; it is meant.
    assert [text for text in complaints if "422" not in text] == []


def _figure(page: Page, label: str) -> str:
    """The strategy's value in the row of the key figures that begins with `label`."""
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=label, exact=True))
    return row.get_by_role("cell").first.inner_text().replace("\N{NO-BREAK SPACE}", " ")


def _download(page: Page, name: str) -> Download:
    with page.expect_download() as download:
        page.get_by_role("link", name=name, exact=True).first.click()
    return download.value


def _pdf_text(path: Path) -> str:
    text = " ".join(sheet.extract_text() for sheet in PdfReader(BytesIO(path.read_bytes())).pages)
    return re.sub(r"\s+", " ", text)


def test_a_newcomer_backtests_aapl_and_takes_it_away(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="New backtest").click()
    page.get_by_role("combobox", name="Symbol").fill("AAPL")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="AAPL Simple 20 / 50")).to_be_visible()
    expect(page.get_by_text("historical sample prices, not current ones")).to_be_visible()
    expect(page.locator("#backtest-chart canvas").first).to_be_visible()

    # Tuning a field is enough; the address becomes the run's own.
    page.get_by_label("Slow window").fill("200")
    page.get_by_label("Fast window").fill("50")
    page.get_by_label("Fast window").blur()
    expect(page.get_by_role("heading", name="AAPL Simple 50 / 200")).to_be_visible()
    expect(page).to_have_url(RUN_ADDRESS)
    total_return = _figure(page, "Total return")

    document = json.loads(Path(_download(page, "JSON").path()).read_text())
    assert document["parameters"]["fast"] == 50
    assert f"{100 * document['metrics']['total_return']:,.2f} %" == total_return
    report = _pdf_text(Path(_download(page, "PDF").path()))
    assert total_return in report.replace("\N{NO-BREAK SPACE}", " ")
    assert document["id"] in report

    # The address holds the run: reload, go back, come forward.
    page.reload()
    assert _figure(page, "Total return") == total_return
    expect(page.get_by_label("Slow window")).to_have_value("200")


def test_back_and_forward_lead_through_the_runs(page: Page) -> None:
    page.goto("/backtests/?symbol=AAPL")
    expect(page.get_by_role("heading", name="AAPL Simple 20 / 50")).to_be_visible()
    page.get_by_role("button", name="50 / 200").click()
    expect(page.get_by_role("heading", name="AAPL Simple 50 / 200")).to_be_visible()
    page.get_by_role("combobox", name="Average").select_option(label="Exponential")
    expect(page.get_by_role("heading", name="AAPL Exponential 50 / 200")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="AAPL Simple 50 / 200")).to_be_visible()
    expect(page.locator("#backtest-chart canvas").first).to_be_visible()
    page.go_forward()
    expect(page.get_by_role("heading", name="AAPL Exponential 50 / 200")).to_be_visible()


def test_a_wrong_field_is_told_at_the_field_and_nothing_is_lost(page: Page) -> None:
    page.goto("/backtests/?symbol=AAPL")
    page.get_by_label("Initial investment").fill("2500")
    page.get_by_label("Slow window").fill("10")
    page.get_by_role("button", name="Run backtest").click()
    message = "The slow window must be longer than the fast one, 20 bars."
    summary = page.get_by_role("form", name="Backtest").get_by_role("alert")
    expect(summary).to_contain_text(message)
    expect(summary).to_be_focused()
    slow = page.get_by_label("Slow window")
    expect(slow).to_have_attribute("aria-invalid", "true")
    expect(slow).to_have_value("10")
    expect(page.get_by_label("Initial investment")).to_have_value("2500")
    slow.fill("60")
    page.get_by_role("button", name="Run backtest").click()
    expect(page.get_by_role("heading", name="AAPL Simple 20 / 60")).to_be_visible()
    expect(summary).to_have_count(0)


def test_an_equity_that_is_lost_to_costs_is_drawn_too(page: Page) -> None:
    page.goto("/backtests/?symbol=AAPL&fast=2&slow=5&commission_fixed=6000")
    expect(page.locator("#backtest-chart canvas").first).to_be_visible()
    expect(page.locator("#backtest-chart [data-chart-failure]")).to_be_hidden()
    expect(page.locator("#backtest-chart")).not_to_have_attribute("aria-busy", "true")
    page.get_by_role("button", name="50 / 200").click()  # the page still answers
    expect(page.get_by_role("heading", name="AAPL Simple 50 / 200")).to_be_visible()


def test_a_newcomer_sees_a_forecast_and_takes_it_away(page: Page) -> None:
    page.goto("/forecasts/")
    expect(page.get_by_role("heading", name="AAPL next 30 sessions")).to_be_visible()
    expect(page.locator("canvas").first).to_be_visible()
    document = json.loads(Path(_download(page, "JSON").path()).read_text())
    assert len(document["points"]) == 30
    last = document["points"][-1]
    expect(page.get_by_text(f"{last['low_80']:,.2f} to {last['high_80']:,.2f}").first).to_be_visible()
    report = _pdf_text(Path(_download(page, "PDF").path()))
    assert f"{last['median']:,.2f}" in report


def test_the_report_stands_on_a_page_in_a_pdf_and_in_json(page: Page) -> None:
    page.goto("/reports/AAPL/")
    expect(page.get_by_role("heading", name="Predicted against actual")).to_be_visible()
    document = json.loads(Path(_download(page, "JSON").path()).read_text())
    assert {"backtest", "forecast", "look_back"} <= set(document)
    assert all(point["actual"] is not None for point in document["look_back"]["points"])
    report = _pdf_text(Path(_download(page, "PDF").path()))
    assert "Predicted against actual" in report


def test_fetching_is_a_job_whose_card_follows_it_to_its_end(page: Page) -> None:
    page.goto("/data/")
    page.get_by_role("textbox", name="Fetch a symbol").fill("ibm")
    page.get_by_role("button", name="Fetch", exact=True).click()
    card = page.get_by_role("article").filter(has_text="IBM")
    expect(card).to_contain_text("3,270 bars from the sample", timeout=30_000)
    expect(card.get_by_role("button", name="Cancel")).to_have_count(0)


def test_fetching_what_the_sample_lacks_says_which_variable_to_set(page: Page) -> None:
    page.goto("/data/")
    page.get_by_role("textbox", name="Fetch a symbol").fill("NVDA")
    page.get_by_role("button", name="Fetch", exact=True).click()
    expect(page.get_by_text("set ALPHA_VANTAGE_API_KEY").first).to_be_visible()


def test_without_javascript_the_form_leads_to_the_run(browser: Browser, site: RunningSite) -> None:
    context = browser.new_context(base_url=site.address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/backtests/?symbol=AAPL")
    page.get_by_label("Fast window").fill("30")
    page.get_by_role("button", name="Run backtest").click()
    expect(page).to_have_url(RUN_ADDRESS)
    expect(page.get_by_role("heading", name="AAPL Simple 30 / 50")).to_be_visible()
    context.close()
