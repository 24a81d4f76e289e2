"""The key figures of a backtest in words: the same label, unit and explanation wherever one is shown."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from core.formatting import SPACE, count, days, money, percent, ratio, signed
from strategies.backtests.schemas import BacktestDocument


class Kind(StrEnum):
    """What a metric measures, and so how it is written."""

    MONEY = "money"
    PERCENT = "percent"
    RATIO = "ratio"
    COUNT = "count"
    DAYS = "days"


class Group(StrEnum):
    """The question that a metric helps to answer."""

    RETURN = "Return"
    RISK = "Risk"
    TRADES = "Trades"
    BENCHMARK = "Against the benchmark"


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A key figure of a backtest, in words.

    key: its name in the document's `metrics` and `benchmark`.
    explanation: one sentence for someone who meets the figure for the first time.
    """

    key: str
    label: str
    kind: Kind
    explanation: str
    group: Group

    def text(self, value: float | None, currency: str) -> str:
        """Return `value` as this metric is written; amounts are in `currency`."""
        match self.kind:
            case Kind.MONEY:
                return money(value, currency)
            case Kind.PERCENT:
                return percent(value)
            case Kind.RATIO:
                return ratio(value)
            case Kind.COUNT:
                return count(None if value is None else int(value))
            case Kind.DAYS:
                return days(None if value is None else int(value))

    def change(self, difference: float) -> str:
        """Return the difference of two values of this metric, with its sign; percentages differ by points."""
        match self.kind:
            case Kind.PERCENT:
                return f"{signed(100 * difference, 2)}{SPACE}pp"
            case Kind.COUNT:
                return signed(difference, 0)
            case Kind.DAYS:
                return f"{signed(difference, 0)}{SPACE}days"
            case Kind.MONEY | Kind.RATIO:
                return signed(difference, 2)


def _in_group(group: Group) -> Callable[[str, str, Kind, str], Metric]:
    def metric(key: str, label: str, kind: Kind, explanation: str) -> Metric:
        return Metric(key=key, label=label, kind=kind, explanation=explanation, group=group)

    return metric


_return = _in_group(Group.RETURN)
_risk = _in_group(Group.RISK)
_trades = _in_group(Group.TRADES)
_benchmark = _in_group(Group.BENCHMARK)

METRICS: tuple[Metric, ...] = (
    _return("final_equity", "Final equity", Kind.MONEY, "Cash and shares at the last close."),
    _return("total_return", "Total return", Kind.PERCENT, "Gain or loss over the whole period."),
    _return("cagr", "CAGR", Kind.PERCENT,
            "Compound annual growth rate: the steady growth that would lead to the same final equity."),
    _return("sharpe", "Sharpe ratio", Kind.RATIO,
            "Mean return above the risk-free rate for each unit of volatility, a year."),
    _return("sortino", "Sortino ratio", Kind.RATIO,
            "Like the Sharpe ratio, but only losses count as risk."),
    _return("calmar", "Calmar ratio", Kind.RATIO, "CAGR divided by the max drawdown."),
    _return("probabilistic_sharpe", "Probabilistic Sharpe ratio (PSR)", Kind.PERCENT,
            "How clear the Sharpe ratio is of zero, given the number of returns: above 95 % is clear."),
    _risk("annual_volatility", "Volatility (annualised)", Kind.PERCENT,
          "Standard deviation of daily returns, scaled to a year."),
    _risk("max_drawdown", "Max drawdown", Kind.PERCENT, "Deepest fall of the equity from an earlier peak."),
    _risk("max_drawdown_days", "Max drawdown duration", Kind.DAYS,
          "Longest wait, in calendar days, for a new peak of the equity."),
    _risk("ulcer_index", "Ulcer index", Kind.PERCENT,
          "Depth and length of all drawdowns in one figure: the root of their mean square."),
    _risk("value_at_risk_95", "Value at risk (VaR 95 %, 1 day)", Kind.PERCENT,
          "One day in twenty was worse than this."),
    _risk("expected_shortfall_95", "Expected shortfall (CVaR 95 %, 1 day)", Kind.PERCENT,
          "Mean return of that worst twentieth of the days."),
    _trades("trades", "Trades", Kind.COUNT, "Round trips, with a trade still open at the end."),
    _trades("open_trades", "Open trades", Kind.COUNT,
            "Trades that the last bar leaves open; they are valued at its close."),
    _trades("win_rate", "Win rate", Kind.PERCENT, "Share of the trades that made a profit."),
    _trades("profit_factor", "Profit factor", Kind.RATIO,
            "Money won by winning trades for each unit lost by losing ones."),
    _trades("expectancy", "Expectancy", Kind.MONEY, "Average profit of a trade, after costs."),
    _trades("sqn", "System quality number (SQN)", Kind.RATIO,
            "How steady profits are: mean over scatter of the trades, times the root of their number."),
    _trades("exposure", "Exposure", Kind.PERCENT,
            "Share of the days that ended with shares held: time in the market."),
    _trades("turnover", "Turnover (annualised)", Kind.RATIO,
            "How many times a year the whole equity is bought and sold."),
    _trades("total_costs", "Total costs", Kind.MONEY, "Commission and slippage paid on all orders."),
    _benchmark("alpha", "Alpha (annualised)", Kind.PERCENT,
               "Yearly return that the moves of buy and hold do not explain."),
    _benchmark("beta", "Beta", Kind.RATIO, "How strongly returns follow those of buy and hold; 1 is fully."),
)  # fmt: skip
"""Every metric of the document, in reading order. Pages and reports iterate over this table."""


@dataclass(frozen=True, kw_only=True)
class MetricRow:
    """One metric, written for the strategy, for buy and hold, and for a compared symbol if there is one.

    strategy_reason, benchmark_reason, compared_reason: why a figure is undefined; empty where it is defined.
    """

    metric: Metric
    strategy: str
    benchmark: str
    strategy_reason: str
    benchmark_reason: str
    compared: str = ""
    compared_reason: str = ""


def metric_rows(document: BacktestDocument) -> dict[Group, list[MetricRow]]:
    """Return the written metrics of `document` by group, in reading order."""
    rows: dict[Group, list[MetricRow]] = {group: [] for group in Group}
    currency, compared = document.data.currency, document.comparison
    for metric in METRICS:
        row = MetricRow(
            metric=metric,
            strategy=metric.text(getattr(document.metrics, metric.key), currency),
            benchmark=metric.text(getattr(document.benchmark, metric.key), currency),
            strategy_reason=document.undefined.metrics.get(metric.key, ""),
            benchmark_reason=document.undefined.benchmark.get(metric.key, ""),
            compared=metric.text(getattr(compared.metrics, metric.key), compared.data.currency)
            if compared
            else "",
            compared_reason=compared.undefined.get(metric.key, "") if compared else "",
        )
        rows[metric.group].append(row)
    return rows


METRICS_BY_KEY = {metric.key: metric for metric in METRICS}
