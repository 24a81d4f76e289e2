"""Journeys that begin with a file or with the watch list."""

from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ingestion.exchange_calendar import sessions_between
from tests.journeys.visitor import Visitor, shows_backtest

pytestmark = pytest.mark.browser


def csv_of(bars: int) -> str:
    """Return a file of daily bars in New York whose closes rise and fall."""
    sessions = sessions_between("XNYS", date(2007, 2, 20), date(2013, 3, 1))[:bars]
    closes = [40 + number % 97 / 12 + number / 100 for number in range(bars)]
    rows = [
        f"{day},{close:.2f},{close + 0.5:.2f},{close - 0.5:.2f},{close:.2f},{100000 + number}"
        for number, (day, close) in enumerate(zip(sessions.tolist(), closes, strict=True))
    ]
    return "\n".join(["date,open,high,low,close,volume", *rows, ""])


def send(page: Page, file: Path, *, symbol: str) -> None:
    """Import a file from the Data page."""
    page.get_by_text("Import files of daily bars").click()
    form = page.get_by_role("form", name="Import files of daily bars")
    form.get_by_label("Symbol").fill(symbol)
    form.get_by_label("Files").set_input_files(file)
    form.get_by_role("button", name="Import").click()


def test_a_file_becomes_a_backtest_a_forecast_and_a_model(visitor: Visitor, tmp_path: Path) -> None:
    file = tmp_path / "zztop.csv"
    file.write_text(csv_of(700))
    page = visitor.open("/data/")
    send(page, file, symbol="ZZT")
    expect(page.get_by_role("status").filter(has_text="700")).to_be_visible()
    visitor.is_left_well()
    page.get_by_role("link", name="Backtest ZZT").first.click()
    shows_backtest(page, "ZZT")
    page.goto("/forecasts/?symbol=ZZT")
    expect(page.get_by_role("heading", name="ZZT next 30 sessions")).to_be_visible()
    page.get_by_role("button", name="Train for this symbol").click()
    expect(page.locator("#training")).to_contain_text("Done", timeout=60_000)
    visitor.is_left_well()
    page.goto("/scorecards/ZZT/?model=symbol")
    expect(page.get_by_role("heading", name="Model versions")).to_be_visible()
    page.goto("/history/?kind=import")
    expect(page.get_by_role("row").filter(has_text="ZZT").first).to_be_visible()


def test_a_file_that_is_refused(visitor: Visitor, tmp_path: Path) -> None:
    visitor.expected.append("422")
    file = tmp_path / "wrong.csv"
    file.write_text("date,open,high,low,close,volume\n2007-02-20,1,2,3,4,5\n")
    page = visitor.open("/data/")
    send(page, file, symbol="ZZU")
    expect(page.get_by_text("Line 2", exact=False).first).to_be_visible()


def test_the_watch_list(visitor: Visitor) -> None:
    page = visitor.open("/")
    star = page.get_by_role("button", name="Watch MSFT")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    visitor.is_left_well()
    first = page.get_by_role("table").first.get_by_role("rowheader").first
    expect(first).to_contain_text("MSFT")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "false")
