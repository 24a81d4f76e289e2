"""Returns by calendar month and year. It needs pandas, so it is imported where it is used."""

from enum import StrEnum

import numpy as np
import pandas as pd

from strategies.documents import CalendarReturns, ReturnsByPeriod
from strategies.engine.backtest import Result
from strategies.engine.curve import Curve
from strategies.rounding import published_column


class Calendar(StrEnum):
    """How long a period is, as pandas calls it."""

    MONTH = "M"
    YEAR = "Y"


def calendar_returns(result: Result) -> CalendarReturns:
    """Return the returns of the strategy and of buy and hold, by month and by year."""
    return CalendarReturns(monthly=_both_by(Calendar.MONTH, result), yearly=_both_by(Calendar.YEAR, result))


def returns_by(calendar: Calendar, curve: Curve) -> "pd.Series[float]":
    """Return the return of each period that holds a bar, oldest first; the index names the period.

    A period is measured from the last close of the one before, the first from the initial cash, so the
    product of all 1 + r is one plus the total return. With everything lost there is nothing left to
    gain or to lose: the return is zero.
    """
    days = pd.DatetimeIndex(curve.dates)
    ends = pd.Series(curve.equity).groupby(days.to_period(calendar)).last()
    before = ends.shift(fill_value=curve.initial_cash)
    return (ends / before.where(before > 0) - 1).fillna(0.0)


def _both_by(calendar: Calendar, result: Result) -> ReturnsByPeriod:
    strategy, held = (
        returns_by(calendar, performance.curve) for performance in (result.strategy, result.benchmark)
    )
    return ReturnsByPeriod(
        periods=strategy.index.astype(str).tolist(),
        strategy=published_column(np.asarray(strategy, dtype=np.float64)),
        benchmark=published_column(np.asarray(held, dtype=np.float64)),
    )
