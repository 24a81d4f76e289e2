"""Answers of Alpha Vantage that are odd, and what comes of them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import timezone

from ingestion.bars import Adjustment, load_bars
from ingestion.fetch.service import fetch_stock_data
from ingestion.models import CorporateAction, Instrument
from ingestion.tests.factories import sessions
from ingestion.tests.fake_provider import LoopbackProvider, daily, dividends, splits

pytestmark = pytest.mark.django_db

DAYS = sessions(date(2026, 11, 2), date(2026, 11, 27))


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 28, 1, tzinfo=UTC))


def answering(
    provider: LoopbackProvider, symbol: str, bars: dict[str, Any], *actions: tuple[str, str]
) -> None:
    provider.answer("TIME_SERIES_DAILY", bars)
    provider.answer("SPLITS", splits(symbol, *actions))
    provider.answer("DIVIDENDS", dividends(symbol))


def test_one_bad_bar_is_kept_aside(provider: LoopbackProvider) -> None:
    answering(provider, "QZER", daily("QZER", DAYS, low="0.0000"))
    result = fetch_stock_data("QZER")
    assert (result.inserted, result.quarantined) == (len(DAYS) - 1, 1)
    assert "the low 0.0000 is not a positive price" in result.notice


def test_another_spelling_of_a_class_is_the_same_share(provider: LoopbackProvider) -> None:
    answering(provider, "BRK-B", daily("BRK-B", DAYS))
    assert fetch_stock_data("BRK.B").inserted == len(DAYS)


def test_dividends_without_amount_or_date_are_left_out(provider: LoopbackProvider) -> None:
    answering(provider, "QDIV", daily("QDIV", DAYS))
    provider.answer(
        "DIVIDENDS",
        {
            "symbol": "QDIV",
            "data": [
                {"ex_dividend_date": "2026-12-10", "amount": "None"},
                {"ex_dividend_date": None, "amount": "0.25"},
                {"ex_dividend_date": "2026-08-10", "amount": "0.25"},
            ],
        },
    )
    assert fetch_stock_data("QDIV").dividends == 1


@pytest.mark.parametrize(
    "words",
    [
        "Full-length historical data is available with any premium plan.",
        "This output size is for subscribers.",
    ],
)
def test_any_refusal_of_the_full_history_falls_back_to_the_latest_bars(
    provider: LoopbackProvider, words: str
) -> None:
    provider.answer("TIME_SERIES_DAILY", {"Information": words}, daily("QNEW", DAYS))
    provider.answer("SPLITS", splits("QNEW"))
    provider.answer("DIVIDENDS", dividends("QNEW"))
    assert fetch_stock_data("QNEW").inserted == len(DAYS)
    assert provider.asked()[:2] == ["TIME_SERIES_DAILY full", "TIME_SERIES_DAILY compact"]


def test_bars_that_are_adjusted_already_are_not_adjusted_twice(provider: LoopbackProvider) -> None:
    answering(provider, "QADJ", daily("QADJ", DAYS), ("2026-11-10", "4.0000"))
    assert "adjusted for that day's split" in fetch_stock_data("QADJ").notice
    assert set(load_bars("QADJ").close.tolist()) == {102.75}
    assert load_bars("QADJ", adjustment=Adjustment.NONE).close[0] == 411.0


def test_a_step_without_a_split_is_told(provider: LoopbackProvider) -> None:
    bars = daily("QSTEP", DAYS)
    newest = next(iter(bars["Time Series (Daily)"].values()))
    newest.update({"1. open": "10.2", "2. high": "10.4", "3. low": "10.1", "4. close": "10.3"})
    answering(provider, "QSTEP", bars)
    assert "fell to a tenth on 2026-11-27 and no split is known" in fetch_stock_data("QSTEP").notice
    assert not CorporateAction.objects.filter(instrument__symbol="QSTEP").exists()
    assert Instrument.objects.filter(symbol="QSTEP").exists()
