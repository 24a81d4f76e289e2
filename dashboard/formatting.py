"""Figures as people read them: the same words and digits on every page and in every report.

Money carries its ISO 4217 code, shares of a whole are percentages, dates are ISO 8601. The minus
sign is the ASCII one, so that a figure copied into a spreadsheet stays a number; no-break spaces
keep a figure and its unit on one line. An undefined figure is an em dash.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from strategies.documents import BacktestDocument

UNDEFINED = "\N{EM DASH}"
SPACE = "\N{NO-BREAK SPACE}"

SMALL_PRICE = 1.0
"""Prices below this are given to four decimals, in the instrument's currency."""


def _number(value: float, decimals: int) -> str:
    """Return `value` with thousands separated; what rounds to zero carries no sign."""
    return f"{round(value, decimals) + 0.0:,.{decimals}f}"


def money(value: float | None, currency: str) -> str:
    """Return an amount to the hundredth, such as 10,000.00 USD."""
    return UNDEFINED if value is None else f"{_number(value, 2)}{SPACE}{currency}"


def percent(value: float | None, decimals: int = 2) -> str:
    """Return a fraction as a percentage: 0.1234 is 12.34 %."""
    return UNDEFINED if value is None else f"{_number(100 * value, decimals)}{SPACE}%"


def signed_percent(value: float | None, decimals: int = 2) -> str:
    """Return a change as a percentage with its sign: 0.1234 is +12.34 %."""
    if value is None:
        return UNDEFINED
    sign = "+" if round(100 * value, decimals) > 0 else ""
    return f"{sign}{percent(value, decimals)}"


def ratio(value: float | None) -> str:
    """Return a figure without a unit, to the hundredth."""
    return UNDEFINED if value is None else _number(value, 2)


def count(value: int | None) -> str:
    """Return a whole number with thousands separated."""
    return UNDEFINED if value is None else f"{value:,d}"


def counted(value: int, noun: str) -> str:
    """Return a number of things, such as 1 bar or 3,270 bars; `noun` takes an s."""
    return f"{count(value)}{SPACE}{noun}{'' if value == 1 else 's'}"


def days(value: int | None) -> str:
    """Return a number of calendar days."""
    return UNDEFINED if value is None else counted(value, "day")


def price(value: float | None) -> str:
    """Return a price without its currency, to the hundredth; below one, to the ten-thousandth."""
    if value is None:
        return UNDEFINED
    return _number(value, 2 if abs(value) >= SMALL_PRICE else 4)


def shares(value: float | None) -> str:
    """Return a number of shares; parts of a share are given to four decimals."""
    if value is None:
        return UNDEFINED
    return _number(value, 0 if float(value).is_integer() else 4)


def day(value: date | None) -> str:
    """Return a date as 2013-03-01."""
    return UNDEFINED if value is None else f"{value:%Y-%m-%d}"


def moment(value: datetime | None) -> str:
    """Return a time as 2013-03-01 17:30 UTC."""
    return UNDEFINED if value is None else f"{value:%Y-%m-%d %H:%M}{SPACE}UTC"


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
    _return("cagr", "Growth a year (CAGR)", Kind.PERCENT,
            "The steady yearly growth that would lead to the same final equity."),
    _return("sharpe", "Sharpe ratio", Kind.RATIO,
            "Mean return above the risk-free rate for each unit of volatility, a year."),
    _return("sortino", "Sortino ratio", Kind.RATIO,
            "Like the Sharpe ratio, but only losses count as risk."),
    _return("calmar", "Calmar ratio", Kind.RATIO, "Growth a year for each unit of the worst drawdown."),
    _return("probabilistic_sharpe", "Probability of skill (PSR)", Kind.PERCENT,
            "Probability that the true Sharpe ratio is above zero, given how few returns were seen."),
    _risk("annual_volatility", "Volatility a year", Kind.PERCENT,
          "How far returns scatter around their mean."),
    _risk("max_drawdown", "Worst drawdown", Kind.PERCENT, "Deepest fall of the equity from a former peak."),
    _risk("max_drawdown_days", "Longest time under water", Kind.DAYS,
          "Longest wait, in calendar days, for a new peak of the equity."),
    _risk("ulcer_index", "Ulcer index", Kind.PERCENT,
          "Depth and length of all drawdowns in one figure: the root of their mean square."),
    _risk("value_at_risk_95", "Value at risk, 95 %, one day", Kind.PERCENT,
          "One day in twenty was worse than this."),
    _risk("expected_shortfall_95", "Expected shortfall, 95 %, one day", Kind.PERCENT,
          "Mean return of that worst twentieth of the days."),
    _trades("trades", "Trades", Kind.COUNT, "Round trips, with a trade still open at the end."),
    _trades("open_trades", "Open at the end", Kind.COUNT,
            "Trades not closed by the last bar; they are valued at its close."),
    _trades("win_rate", "Winning trades", Kind.PERCENT, "Share of the trades that made a profit."),
    _trades("profit_factor", "Profit factor", Kind.RATIO,
            "Money won by winning trades for each unit lost by losing ones."),
    _trades("expectancy", "Mean profit of a trade", Kind.MONEY, "What a trade made on average, after costs."),
    _trades("sqn", "System quality number", Kind.RATIO,
            "How steady profits are: mean over scatter of the trades, times the root of their number."),
    _trades("exposure", "Time in the market", Kind.PERCENT, "Share of the days that ended with shares held."),
    _trades("turnover", "Turnover a year", Kind.RATIO,
            "How many times a year the whole equity is bought and sold."),
    _trades("total_costs", "Costs", Kind.MONEY, "Commission and slippage paid on all orders."),
    _benchmark("alpha", "Alpha a year", Kind.PERCENT,
               "Yearly return that moves of buy and hold do not explain."),
    _benchmark("beta", "Beta", Kind.RATIO, "How strongly returns follow those of buy and hold; 1 is fully."),
)  # fmt: skip
"""Every metric of the document, in reading order. Pages and reports iterate over this table."""


@dataclass(frozen=True, kw_only=True)
class MetricRow:
    """One metric, written for the strategy and for buy and hold.

    strategy_reason, benchmark_reason: why the figure is undefined; empty where it is defined.
    """

    metric: Metric
    strategy: str
    benchmark: str
    strategy_reason: str
    benchmark_reason: str


def metric_rows(document: BacktestDocument) -> dict[Group, list[MetricRow]]:
    """Return the written metrics of `document` by group, in reading order."""
    rows: dict[Group, list[MetricRow]] = {group: [] for group in Group}
    currency = document.data.currency
    for metric in METRICS:
        row = MetricRow(
            metric=metric,
            strategy=metric.text(getattr(document.metrics, metric.key), currency),
            benchmark=metric.text(getattr(document.benchmark, metric.key), currency),
            strategy_reason=document.undefined.metrics.get(metric.key, ""),
            benchmark_reason=document.undefined.benchmark.get(metric.key, ""),
        )
        rows[metric.group].append(row)
    return rows
