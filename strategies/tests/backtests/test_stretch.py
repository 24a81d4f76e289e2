"""Figures of a part of a run."""

from datetime import date

import numpy as np
import pytest

from core.errors import InvalidInput
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.schemas import BacktestDocument
from strategies.backtests.service import run_backtest
from strategies.backtests.stretch import BEST_TRADES, measure_stretch

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> BacktestDocument:
    """A run of thirteen years."""
    return run_backtest(BacktestParameters(symbol="AAPL", fast=20, slow=50, risk_free_rate=0.02))


def test_the_whole_run_has_the_figures_of_its_document(run: BacktestDocument) -> None:
    whole = measure_stretch(run, start=run.period.start, end=run.period.end)
    for name in ("total_return", "cagr", "annual_volatility", "sharpe", "max_drawdown"):
        assert getattr(whole.strategy, name) == pytest.approx(getattr(run.metrics, name), rel=1e-5)
        assert getattr(whole.benchmark, name) == pytest.approx(getattr(run.benchmark, name), rel=1e-5)
    assert whole.bars == len(run.series.dates)
    assert whole.trades == run.trades


def test_a_part_counts_from_the_close_before_it(run: BacktestDocument) -> None:
    part = measure_stretch(run, start=date(2008, 1, 1), end=date(2008, 12, 31))
    dates = run.series.dates
    first, last = dates.index(part.start), dates.index(part.end)
    assert (part.start, part.end) == (date(2008, 1, 2), date(2008, 12, 31))
    equity = run.series.equity
    assert part.strategy.total_return == pytest.approx(equity[last] / equity[first - 1] - 1)
    in_2008 = dict(zip(run.calendar.yearly.periods, run.calendar.yearly.benchmark, strict=True))["2008"]
    assert part.benchmark.total_return == pytest.approx(in_2008, rel=1e-6)
    assert part.trades == [trade for trade in run.trades if trade.exit_date.year == 2008]


def test_without_its_best_year_or_trades_a_run_returns_what_the_rest_made(run: BacktestDocument) -> None:
    whole = measure_stretch(run, start=run.period.start, end=run.period.end)
    assert whole.without_best_year
    assert whole.without_best_trades
    yearly = dict(zip(run.calendar.yearly.periods, run.calendar.yearly.strategy, strict=True))
    best = max(yearly, key=yearly.__getitem__)
    others = np.prod([1 + value for year, value in yearly.items() if year != best])
    assert whole.without_best_year.left_out == int(best)
    assert whole.without_best_year.total_return == pytest.approx(others - 1, rel=1e-5)
    # All of the equity is in each trade, so the returns of the others multiply.
    ordered = sorted(trade.return_ for trade in run.trades)
    rest = np.prod([1 + value for value in ordered[:-BEST_TRADES]])
    assert whole.without_best_trades.total_return == pytest.approx(rest - 1, rel=1e-3)


def test_a_part_of_one_year_and_few_trades_leaves_nothing_out(run: BacktestDocument) -> None:
    part = measure_stretch(run, start=date(2009, 2, 2), end=date(2009, 6, 30))
    assert part.without_best_year is None
    assert part.without_best_trades is None


def test_too_short_a_part_says_what_there_is(run: BacktestDocument) -> None:
    with pytest.raises(InvalidInput, match="2000-03-01 and 2013-03-01"):
        measure_stretch(run, start=date(2009, 2, 7), end=date(2009, 2, 8))
    with pytest.raises(InvalidInput):
        measure_stretch(run, start=date(2009, 6, 1), end=date(2009, 2, 1))
