"""What charts show, in words and in tables: for readers who do not see them."""

from collections.abc import Sequence
from statistics import median

from core.formatting import count, counted, day, money, percent, price, ratio, signed_percent
from dashboard.charts.comparison import ComparedRun
from dashboard.charts.forecast import is_inside_80
from dashboard.labels import choice
from forecasting.schemas import ForecastDocument, PastForecast
from strategies.backtests.schemas import BacktestDocument, ReturnsByPeriod, Trade
from strategies.engine import rolling


def describe_backtest(document: BacktestDocument) -> str:
    """Return what the chart of a backtest shows."""
    series, currency = document.series, document.data.currency
    return (
        f"The close of {document.data.symbol} went from {money(series.close[0], currency)} on "
        f"{day(series.dates[0])} to {money(series.close[-1], currency)} on {day(series.dates[-1])}. "
        f"The rule, {choice(document.parameters.rule)}, made "
        f"{count(document.metrics.trades)} {'trade' if document.metrics.trades == 1 else 'trades'}. "
        f"The equity ended at {money(document.metrics.final_equity, currency)}, buy and hold at "
        f"{money(document.benchmark.final_equity, currency)}; their worst drawdowns were "
        f"{percent(document.metrics.max_drawdown)} and {percent(document.benchmark.max_drawdown)}."
        f"{_rolling_in_words(document)}"
    )


def _rolling_in_words(document: BacktestDocument) -> str:
    """Return how far the rolling figures went; nothing for a run that is too short for them."""
    sharpe = [value for value in document.series.rolling_sharpe if value is not None]
    beta = [value for value in document.series.rolling_beta if value is not None]
    if not sharpe or not beta:
        return ""
    return (
        f" Over {rolling.WINDOW} bars at a time the Sharpe ratio lay between {ratio(min(sharpe))} and "
        f"{ratio(max(sharpe))}, the beta to buy and hold between {ratio(min(beta))} and {ratio(max(beta))}."
    )


def describe_years(yearly: ReturnsByPeriod) -> str:
    """Return what the bars of the years show."""
    by_year = dict(zip(yearly.periods, yearly.strategy, strict=True))
    ahead = sum(one > other for one, other in zip(yearly.strategy, yearly.benchmark, strict=True))
    best, worst = max(by_year, key=by_year.__getitem__), min(by_year, key=by_year.__getitem__)
    return (
        f"The strategy was ahead of buy and hold in {count(ahead)} of {counted(len(by_year), 'year')}. Its "
        f"best year was {best} with {signed_percent(by_year[best])}, its worst {worst} with "
        f"{signed_percent(by_year[worst])}. The first and the last year may be partial."
    )


def describe_trades(trades: Sequence[Trade]) -> str:
    """Return what the distribution of returns shows; `trades` is not empty."""
    returns = sorted(trade.return_ for trade in trades)
    won = sum(value > 0 for value in returns)
    return (
        f"{counted(len(returns), 'trade')}, {count(won)} with a profit. The median return is "
        f"{signed_percent(median(returns))}, the best {signed_percent(returns[-1])}, the worst "
        f"{signed_percent(returns[0])}."
    )


def describe_comparison(runs: Sequence[ComparedRun]) -> str:
    """Return what the chart of several runs shows."""
    periods = [run.document.period for run in runs]
    ends = [f"{run.title} at {signed_percent(run.document.metrics.total_return)}" for run in runs]
    deepest = min(runs, key=lambda run: run.document.metrics.max_drawdown)
    return (
        f"Equity as change from the initial investment, from {day(min(period.start for period in periods))} "
        f"to {day(max(period.end for period in periods))}. It ended for {', '.join(ends)}. "
        f"{deepest.title} fell deepest: {percent(deepest.document.metrics.max_drawdown)} from its peak."
    )


def describe_forecast(document: ForecastDocument) -> str:
    """Return what the fan of a forecast shows."""
    currency, last = document.data.currency, document.points[-1]
    came = [point for point in document.points if point.actual is not None]
    text = (
        f"After closes up to {money(document.last_close, currency)} on {day(document.issued_on)} the bands "
        f"widen with every session. On {day(last.date)} the median is {money(last.median, currency)}, the "
        f"80 % band runs from {price(last.low_80)} to {money(last.high_80, currency)}, the 95 % band from "
        f"{price(last.low_95)} to {money(last.high_95, currency)}."
    )
    if came:
        text += f" The close that came on {day(came[-1].date)} was {money(came[-1].actual, currency)}."
    return text


def describe_accuracy(past: Sequence[PastForecast]) -> str:
    """Return what the chart of past forecasts shows; `past` is not empty."""
    inside = sum(is_inside_80(item) for item in past)
    return (
        f"{count(len(past))} past forecasts, each at its target day, {past[0].horizon} sessions after its "
        f"issue, from {day(past[0].date)} to {day(past[-1].date)}: {count(inside)} of the closes that came "
        f"lay inside the 80 % band, {count(len(past) - inside)} outside."
    )
