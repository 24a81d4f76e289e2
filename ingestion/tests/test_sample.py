"""The sample as it is stored, against the adjusted close that its own source computed."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from bokeh_sampledata import stocks

from ingestion.bars import Adjustment, load_bars
from ingestion.models import CorporateAction, DailyBar, Instrument
from ingestion.sample import SAMPLE, load_sample

pytestmark = pytest.mark.django_db

SPLITS = [("AAPL", date(2000, 6, 21)), ("AAPL", date(2005, 2, 28)), ("MSFT", date(2003, 2, 18))]


@pytest.mark.parametrize(("symbol", "day"), SPLITS)
def test_returns_across_a_split_equal_those_of_the_adjusted_close(symbol: str, day: date) -> None:
    bars = load_bars(symbol, adjustment=Adjustment.SPLITS)
    index = int(np.searchsorted(bars.dates, np.datetime64(day)))
    adjusted = getattr(stocks, symbol)["adj_close"]
    ours = bars.close[index] / bars.close[index - 1] - 1
    raw = load_bars(symbol, adjustment=Adjustment.NONE).close

    assert ours == pytest.approx(adjusted[index] / adjusted[index - 1] - 1, abs=0.0005)
    assert raw[index] / raw[index - 1] - 1 == pytest.approx(-0.5, abs=0.05)


@pytest.mark.parametrize("symbol", SAMPLE)
def test_returns_with_dividends_follow_the_adjusted_close(symbol: str) -> None:
    ours = load_bars(symbol, adjustment=Adjustment.SPLITS_AND_DIVIDENDS).close
    theirs = np.array(getattr(stocks, symbol)["adj_close"])
    difference = np.abs(ours[1:] / ours[:-1] - theirs[1:] / theirs[:-1])
    # The source adds the dividend to the close of the ex-date; the proportional method takes it from the
    # close before. The two differ by the dividend's yield times that day's price move, which is most for
    # the 10 % special dividend of MSFT in 2004 and next to nothing on other days.
    assert difference.max() < 0.002
    assert np.quantile(difference, 0.999) < 0.0006


def test_recovered_dividends_are_those_that_were_paid() -> None:
    paid = CorporateAction.objects.filter(kind="dividend").values_list("value", flat=True)
    microsoft = paid.filter(instrument__symbol="MSFT")
    assert microsoft.get(date=date(2004, 11, 15)) == Decimal("3.08")  # 3 special and 0.08 ordinary
    assert list(paid.filter(instrument__symbol="AAPL")) == [Decimal("2.65")] * 3
    assert paid.filter(instrument__symbol="IBM").count() == 52  # four a year for thirteen years
    assert not paid.filter(instrument__symbol__in=["FB", "GOOG"]).exists()


def test_the_sample_has_every_session_of_its_exchange() -> None:
    for symbol in SAMPLE:
        assert load_bars(symbol).missing_sessions == ()


def test_stored_prices_are_exactly_those_of_the_file() -> None:
    bars = load_bars("IBM", adjustment=Adjustment.NONE)
    assert bars.open.tolist() == stocks.IBM["open"]
    assert bars.high.tolist() == stocks.IBM["high"]
    assert bars.low.tolist() == stocks.IBM["low"]
    assert bars.close.tolist() == stocks.IBM["close"]
    assert bars.volume.tolist() == stocks.IBM["volume"]


def test_loading_again_writes_nothing() -> None:
    before = list(DailyBar.objects.filter(instrument__symbol="AAPL").order_by("date").values())
    fetched_at = Instrument.objects.get(symbol="AAPL").fetched_at
    result = load_sample("AAPL")
    assert (result.inserted, result.changed, result.unchanged) == (0, 0, 3270)
    assert not result.wrote
    assert list(DailyBar.objects.filter(instrument__symbol="AAPL").order_by("date").values()) == before
    assert Instrument.objects.get(symbol="AAPL").fetched_at == fetched_at


def test_loading_repairs_what_was_damaged() -> None:
    apple = Instrument.objects.get(symbol="AAPL")
    apple.bars.filter(date=date(2013, 3, 1)).delete()
    apple.bars.filter(date=date(2013, 2, 28)).update(volume=1)
    apple.actions.filter(kind="split").delete()
    result = load_sample("AAPL")
    assert (result.inserted, result.changed, result.actions_changed) == (1, 1, 2)
