"""Measure, reconcile and judge a result that another tool computed. Nothing is stored."""

from math import sqrt
from typing import Literal

import numpy as np
import pandas as pd

from core.errors import InvalidInput
from strategies.engine.equity_curve import Curve
from strategies.engine.metrics import (
    BARS_IN_A_YEAR,
    Undefined,
    bar_rate,
    calmar_ratio,
    compound_annual_growth,
    sortino_ratio,
    tail_95,
)
from strategies.engine.prices import FloatArray
from strategies.engine.statistics.sharpe import deviation_of, yearly_sharpe
from strategies.external.columns import Role
from strategies.external.daily import daily_returns
from strategies.external.reading import ExternalCurves, ExternalTrades, read_external
from strategies.external.reconciliation import reconcile
from strategies.external.schemas import (
    ExternalDocument,
    ExternalMetrics,
    ExternalParameters,
    Reconciliation,
    TradeMetrics,
)
from strategies.external.verdict import defined, judge

LEAST_DAYS = 20
DECLARED = (
    "The verdict knows the number of trials that was declared, so tests against the same exposure and for "
    "overfitting cannot be made. A sweep here makes them."
)
NO_FILLS = "This table has no fills, so there is nothing to compare with the stored bars of the symbol."


def judge_external(content: bytes, parameters: ExternalParameters) -> ExternalDocument:
    """Return figures, reconciliation and verdict of another tool's table.

    content: a CSV file. Raises InvalidInput for one that cannot be read, and for too few days.
    """
    read = read_external(content, values=parameters.values)
    if isinstance(read, ExternalTrades):
        return _of_trades(read, parameters)
    return _of_curves(read, parameters)


def _of_trades(read: ExternalTrades, parameters: ExternalParameters) -> ExternalDocument:
    reconciliation, bars = reconcile(parameters.symbol, read.table) if parameters.symbol else (None, None)
    daily = daily_returns(read.table, bars=bars, cash=parameters.initial_investment)
    return _document(
        daily.returns,
        parameters,
        tool=read.tool,
        holds="trades",
        notices=daily.notices,
        reconciliation=reconciliation,
        trade_metrics=_trade_metrics(read.table),
    )


def _of_curves(read: ExternalCurves, parameters: ExternalParameters) -> ExternalDocument:
    rate = parameters.risk_free_rate
    table = read.returns
    if len(table) < 2 or not (table > -1).all(axis=None):  # noqa: PLR2004 - a deviation needs two
        raise InvalidInput("These are no daily returns: there must be two days, and none below -100 %.")
    sharpes = np.array([yearly_sharpe(table[name].to_numpy(), risk_free_rate=rate) for name in table])
    if np.isnan(sharpes).all():
        raise InvalidInput("Every day has the same return, so there is nothing to judge.")
    best = int(np.nanargmax(sharpes))
    many = len(sharpes) > 1
    return _document(
        table.iloc[:, best],
        parameters,
        tool=read.tool,
        holds=read.holds,
        notices=[NO_FILLS] if parameters.symbol else [],
        best=str(table.columns[best]) if many else None,
        columns=len(sharpes),
        deviation=deviation_of(sharpes) / sqrt(BARS_IN_A_YEAR) if many else None,
    )


def _document(
    returns: "pd.Series[float]",
    parameters: ExternalParameters,
    *,
    tool: str,
    holds: Literal["trades", "equity", "returns"],
    notices: list[str],
    best: str | None = None,
    columns: int = 1,
    deviation: float | None = None,
    reconciliation: Reconciliation | None = None,
    trade_metrics: TradeMetrics | None = None,
) -> ExternalDocument:
    values: FloatArray = returns.to_numpy(dtype="float64").astype(np.float64)
    days = pd.DatetimeIndex(returns.index)
    if len(values) < LEAST_DAYS:
        raise InvalidInput(f"{len(values)} days are too few to judge. Bring at least {LEAST_DAYS}.")
    rate, trials = parameters.risk_free_rate, max(parameters.trials, columns)
    verdict = judge(values, trials=trials, deviation=deviation, risk_free_rate=rate)
    if isinstance(verdict, Undefined):
        raise InvalidInput(f"There is nothing to judge. {verdict.reason}")
    return ExternalDocument(
        parameters=parameters,
        tool=tool,
        holds=holds,
        start=days[0].date(),
        end=days[-1].date(),
        days=len(values),
        best=best,
        metrics=_metrics(values, days, rate),
        trade_metrics=trade_metrics,
        reconciliation=reconciliation,
        verdict=verdict,
        notices=[*notices, DECLARED],
    )


def _metrics(values: FloatArray, days: pd.DatetimeIndex, rate: float) -> ExternalMetrics:
    equity = np.cumprod(1 + values)
    drawdown = equity / np.maximum(np.maximum.accumulate(equity), 1.0) - 1
    dates = days.to_numpy().astype("datetime64[D]")
    curve = Curve(initial_cash=1.0, dates=dates, equity=equity, returns=values, drawdown=drawdown)
    worst, growth = min(float(drawdown.min()), 0.0), compound_annual_growth(curve)
    return ExternalMetrics(
        total_return=float(equity[-1]) - 1,
        cagr=defined(growth),
        annual_volatility=float(values.std(ddof=1)) * sqrt(BARS_IN_A_YEAR),
        sharpe=defined(yearly_sharpe(values, risk_free_rate=rate)),
        sortino=defined(sortino_ratio(values - bar_rate(rate))),
        calmar=defined(calmar_ratio(growth, worst)),
        max_drawdown=worst,
        value_at_risk_95=defined(tail_95(values)[0]),
    )


def _trade_metrics(trades: pd.DataFrame) -> TradeMetrics:
    profits = trades[Role.PNL]
    losses = float(profits[profits < 0].sum())
    return TradeMetrics(
        trades=len(trades),
        win_rate=float((profits > 0).mean()),
        profit_factor=float(profits[profits > 0].sum()) / -losses if losses else None,
        total_profit=float(profits.sum()),
    )
