"""What a reader of the bar charts may rely on: every value stands where it belongs."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts.bars import BOTTOM, HEIGHT, TOP, distribution_bars, return_bins, yearly_bars
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.schemas import BacktestDocument, ReturnsByPeriod
from strategies.backtests.service import run_backtest


@pytest.fixture
def run(db: None) -> BacktestDocument:
    return run_backtest(BacktestParameters(symbol="AAPL"))


@given(returns=st.lists(st.floats(-0.99, 50), min_size=1, max_size=80))
def test_every_trade_is_counted_once_in_the_bin_that_holds_it(returns: list[float]) -> None:
    bins = return_bins(returns)
    assert sum(item.trades for item in bins) == len(returns)
    assert len(bins) <= 17
    for item in bins:
        inside = [value for value in returns if item.low - 1e-6 <= value < item.high + 1e-6]
        assert item.trades <= len(inside)
    assert all(one.high == pytest.approx(other.low) for one, other in pairwise(bins))
    assert any(abs(item.low) < 1e-9 for item in bins) or bins[0].low > 0 or bins[-1].high <= 1e-9


def test_without_trades_there_is_nothing_to_count() -> None:
    assert return_bins([]) == []


def test_the_bars_of_trades_carry_their_number_and_sign() -> None:
    chart = distribution_bars(return_bins([-0.02, 0.01, 0.012]))
    assert {bar.style for bar in chart.bars if bar.height} == {"gain", "loss"}
    assert max(bar.height for bar in chart.bars if bar.style == "gain") == HEIGHT - TOP - BOTTOM
    assert "2 trades" in " ".join(bar.title for bar in chart.bars).replace("\N{NO-BREAK SPACE}", " ")


def test_the_bars_of_years_stand_on_zero(run: BacktestDocument) -> None:
    yearly = run.calendar.yearly
    chart = yearly_bars(yearly)
    assert len(chart.bars) == 2 * len(yearly.periods)
    for bar, value in zip(chart.bars[::2], yearly.strategy, strict=True):
        assert bar.style == ("gain" if value >= 0 else "loss")
        foot = bar.y + bar.height if value >= 0 else bar.y
        assert foot == pytest.approx(chart.zero, abs=1.01)
    tallest = max(chart.bars[::2], key=lambda bar: bar.height)
    assert yearly.periods[chart.bars.index(tallest) // 2] in tallest.title
    assert all(bar.y >= 0 and bar.y + bar.height <= HEIGHT for bar in chart.bars)


def test_a_year_without_any_return_is_drawn() -> None:
    chart = yearly_bars(ReturnsByPeriod(periods=["2012"], strategy=[0.0], benchmark=[0.0]))
    assert [bar.height for bar in chart.bars] == [0.0, 0.0]
