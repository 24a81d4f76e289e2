from datetime import date

import numpy as np
import pytest

from core.errors import InvalidInput
from forecasting.forecasts.notices import LONGEST_HALT
from forecasting.forecasts.service import issue_forecast
from forecasting.inputs import prices_of, traded_bars, untraded_at_end
from forecasting.model.prediction import predict_prices
from forecasting.parameters import ForecastParameters
from forecasting.tests.factories import fitted_through, random_closes, store_closes
from ingestion.bars import load_bars
from ingestion.models import DailyBar

pytestmark = pytest.mark.django_db

ISSUE = date(2013, 2, 1)


def _halt(symbol: str, positions: list[int]) -> None:
    """Let nothing be traded on some of the newest days, counted back from the last."""
    bars = DailyBar.objects.filter(instrument__symbol=symbol).order_by("-date")
    dates = list(bars.values_list("date", flat=True))
    DailyBar.objects.filter(instrument__symbol=symbol, date__in=[dates[each] for each in positions]).update(
        volume=0
    )


def test_days_without_a_trade_are_left_out_but_the_last_one_stays() -> None:
    store_closes("HALT", random_closes(300), last=ISSUE)
    _halt("HALT", [0, 1, 40])
    bars = load_bars("HALT")
    traded = traded_bars(bars)
    assert len(traded) == 298
    assert traded.dates[-1] == bars.dates[-1]
    assert (traded.volume[:-1] > 0).all()
    assert untraded_at_end(bars) == 2


def test_bars_that_know_no_volume_are_used_as_they_are() -> None:
    store_closes("INDEX", random_closes(300), last=ISSUE, volume=0)
    bars = load_bars("INDEX")
    assert traded_bars(bars) is bars
    assert untraded_at_end(bars) == 0
    assert len(issue_forecast(ForecastParameters(symbol="INDEX")).points) == 30


def test_days_without_a_trade_widen_the_bands() -> None:
    closes = random_closes(400)
    carried = closes.copy()
    quiet = [position for position in range(2, 200) if position % 3]
    for position in sorted(quiet, reverse=True):
        carried[-1 - position] = carried[-2 - position]
    store_closes("CALM", carried, last=ISSUE)
    store_closes("QUIET", carried, last=ISSUE)
    _halt("QUIET", quiet)
    width = {symbol: float(np.subtract(*_band(symbol))) for symbol in ("CALM", "QUIET")}
    assert width["QUIET"] > 1.2 * width["CALM"]


def _band(symbol: str) -> tuple[float, float]:
    prices = prices_of(traded_bars(load_bars(symbol)))
    path = predict_prices(fitted_through(2004), prices, horizon=10)
    return path.high_80[-1], path.low_80[-1]


def test_a_share_that_is_not_traded_is_refused_with_the_reason() -> None:
    store_closes("STOP", random_closes(300), last=ISSUE)
    _halt("STOP", list(range(LONGEST_HALT - 1)))
    notices = issue_forecast(ForecastParameters(symbol="STOP")).notices
    assert any("nothing was traded" in notice for notice in notices)
    _halt("STOP", [LONGEST_HALT - 1])
    with pytest.raises(InvalidInput, match="not traded in the 20 sessions") as refusal:
        issue_forecast(ForecastParameters(symbol="STOP"))
    assert refusal.value.field == "symbol"
