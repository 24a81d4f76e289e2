"""Returns by calendar month and year."""

from enum import StrEnum
from typing import NamedTuple

import numpy as np

from strategies.backtests.schemas import CalendarReturns, ReturnsByPeriod
from strategies.engine.backtest import Result
from strategies.engine.equity_curve import Curve
from strategies.engine.prices import FloatArray
from strategies.rounding import published_column


class Calendar(StrEnum):
    """How long a period is, as NumPy calls it."""

    MONTH = "M"
    YEAR = "Y"


class PeriodReturns(NamedTuple):
    """Returns of the periods that hold a bar, oldest first; periods as 2000-03 or 2000."""

    periods: list[str]
    returns: FloatArray


def calendar_returns(result: Result) -> CalendarReturns:
    """Return the returns of the strategy and of buy and hold, by month and by year."""
    return CalendarReturns(monthly=_both_by(Calendar.MONTH, result), yearly=_both_by(Calendar.YEAR, result))


def returns_by(calendar: Calendar, curve: Curve) -> PeriodReturns:
    """Return the return of each period that holds a bar.

    A period is measured from the last close of the one before, the first from the initial cash, so the
    product of all 1 + r is one plus the total return. With everything lost there is nothing left to
    gain or to lose: the return is zero.
    """
    periods = curve.dates.astype(f"datetime64[{calendar}]")
    last_bars = np.append(np.flatnonzero(periods[1:] != periods[:-1]), len(periods) - 1)
    ends = curve.equity[last_bars]
    before = np.concatenate(([curve.initial_cash], ends[:-1]))
    returns = np.divide(ends - before, before, out=np.zeros_like(ends), where=before > 0)
    return PeriodReturns(periods=periods[last_bars].astype(str).tolist(), returns=returns)


def _both_by(calendar: Calendar, result: Result) -> ReturnsByPeriod:
    strategy, held = (
        returns_by(calendar, performance.curve) for performance in (result.strategy, result.benchmark)
    )
    return ReturnsByPeriod(
        periods=strategy.periods,
        strategy=published_column(strategy.returns),
        benchmark=published_column(held.returns),
    )
