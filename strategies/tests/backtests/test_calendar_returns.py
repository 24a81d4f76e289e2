"""Returns by month and year: counted by hand, and adding up for any run."""

from datetime import date
from math import prod

import numpy as np
import pytest
from hypothesis import given

from strategies.backtests.calendar_returns import Calendar, calendar_returns, returns_by
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.schemas import ReturnsByPeriod
from strategies.backtests.service import run_backtest
from strategies.engine.equity_curve import Curve
from strategies.tests.engine.generators import Question, many, questions


def curve(equity: dict[str, float]) -> Curve:
    values = np.array(list(equity.values()))
    return Curve(
        initial_cash=100.0,
        dates=np.array(list(equity), dtype="datetime64[D]"),
        equity=values,
        returns=np.zeros_like(values),
        drawdown=np.zeros_like(values),
    )


EQUITY = {
    "2001-11-29": 105.0,
    "2001-11-30": 110.0,
    "2001-12-03": 120.0,
    "2001-12-31": 99.0,
    # No bar in January.
    "2002-02-28": 198.0,
    "2002-03-01": 0.0,
    "2003-05-05": 0.0,
}


def test_a_month_is_measured_from_the_close_before_it_and_the_first_from_the_cash() -> None:
    months = returns_by(Calendar.MONTH, curve(EQUITY))
    assert months.periods == ["2001-11", "2001-12", "2002-02", "2002-03", "2003-05"]
    assert months.returns == pytest.approx([0.1, -0.1, 1.0, -1.0, 0.0])


def test_a_year_runs_from_close_to_close_and_nothing_is_gained_from_nothing() -> None:
    years = returns_by(Calendar.YEAR, curve(EQUITY))
    assert years.periods == ["2001", "2002", "2003"]
    assert years.returns == pytest.approx([-0.01, -1.0, 0.0])


@many
@given(questions())
def test_the_periods_multiply_to_the_total_return(question: Question) -> None:
    result = question.answer()
    found = calendar_returns(result)
    for performance, name in ((result.strategy, "strategy"), (result.benchmark, "benchmark")):
        total = 1 + performance.metrics.total_return
        for columns in (found.monthly, found.yearly):
            assert prod(1 + value for value in getattr(columns, name)) == pytest.approx(
                total, rel=1e-8, abs=1e-9
            )


@pytest.mark.django_db
def test_the_document_holds_every_month_and_year_of_the_period() -> None:
    document = run_backtest(
        BacktestParameters(symbol="AAPL", start=date(2004, 11, 15), end=date(2006, 2, 10))
    )
    assert document.calendar.yearly.periods == ["2004", "2005", "2006"]
    months = document.calendar.monthly
    assert (months.periods[0], months.periods[-1], len(months.periods)) == ("2004-11", "2006-02", 16)
    closes = dict(zip(document.series.dates, document.series.benchmark_equity, strict=True))
    december, november = (
        max((day, value) for day, value in closes.items() if str(day)[:7] == month)[1]
        for month in ("2005-12", "2005-11")
    )
    assert _of(months, "2005-12") == pytest.approx(december / november - 1)


def _of(columns: ReturnsByPeriod, period: str) -> float:
    return columns.benchmark[columns.periods.index(period)]
