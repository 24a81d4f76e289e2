"""Daily returns of trades: marked to stored closes where there are some, else counted at the exits."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.errors import InvalidInput
from ingestion.bars import Bars
from strategies.engine.prices import FloatArray
from strategies.external.columns import Role

MARKED = (Role.ENTRY_PRICE, Role.SIZE)


@dataclass(frozen=True, kw_only=True, eq=False)
class DailyReturns:
    """Returns by day, and what limits them."""

    returns: "pd.Series[float]"
    notices: list[str]


def daily_returns(trades: pd.DataFrame, *, bars: Bars | None, cash: float) -> DailyReturns:
    """Return the returns of an account that began with `cash` and made these trades.

    Raises InvalidInput where the trades lose more than the cash.
    """
    first, last = trades[Role.ENTRY_DATE].min(), trades[Role.EXIT_DATE].max()
    days, closes = _days(bars, first, last)
    equity = cash + _realised(trades, days)
    notices: list[str] = []
    if closes is not None and set(MARKED) <= set(trades.columns):
        equity = equity + _unrealised(trades, days, closes)
    else:
        notices.append(
            "Profits count on the day of the exit, so movements while a trade is open are missing: true "
            "volatility and drawdown are higher. Name the stored symbol to mark trades to its closes."
        )
    if (equity <= 0).any():
        raise InvalidInput(
            "These trades lose more than the initial investment. Give the cash they were made with.",
            field="initial_investment",
        )
    curve = pd.Series(np.concatenate(([cash], equity)))
    returns = curve.pct_change().iloc[1:]
    returns.index = days
    return DailyReturns(returns=returns, notices=notices)


def _days(
    bars: Bars | None, first: pd.Timestamp, last: pd.Timestamp
) -> tuple[pd.DatetimeIndex, FloatArray | None]:
    """Return the days of the curve, with their closes where bars of all of them are stored."""
    if bars is not None:
        stored = pd.DatetimeIndex(bars.dates)
        inside = (stored >= first) & (stored <= last)
        if stored[0] <= first and stored[-1] >= last and inside.any():
            return stored[inside], bars.close[inside]
    weekdays = pd.bdate_range(first, last)
    return (weekdays if len(weekdays) else pd.DatetimeIndex([last])), None


def _realised(trades: pd.DataFrame, days: pd.DatetimeIndex) -> FloatArray:
    exits = trades.sort_values(Role.EXIT_DATE)
    sums = np.concatenate(([0.0], exits[Role.PNL].cumsum().to_numpy()))
    places = np.searchsorted(exits[Role.EXIT_DATE].to_numpy(), days.to_numpy(), side="right")
    # A weekend's exit counts on the next day of the curve; the last day takes what is left.
    places[-1] = len(exits)
    result: FloatArray = sums[places]
    return result


def _unrealised(trades: pd.DataFrame, days: pd.DatetimeIndex, closes: FloatArray) -> FloatArray:
    """Return the profit of open trades at each close, before the costs of their exit."""
    total = np.zeros(len(days))
    signs = np.where(trades["short"], -1.0, 1.0)
    columns = [trades[name].to_numpy() for name in (Role.ENTRY_DATE, Role.EXIT_DATE, *MARKED)]
    for sign, entry, exit_, price, size in zip(signs, *columns, strict=True):
        held = slice(
            int(np.searchsorted(days.to_numpy(), entry)), int(np.searchsorted(days.to_numpy(), exit_))
        )
        total[held] += sign * size * (closes[held] - price)
    return total
