"""The published document of a backtest: page, PDF, JSON and API all render this."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from ingestion.documents import DataDocument
from ingestion.publishing import PublishedDocument
from strategies.engine.choices import ExitReason
from strategies.engine.indicators import Panel
from strategies.parameters import BacktestParameters

SCHEMA = "hindcast.backtest"
SCHEMA_VERSION = 2

Figure = float | None
"""A figure; null where it is undefined, with the reason in `undefined`."""


class Metrics(PublishedDocument):
    """The key figures of an equity curve and its trades. Fractions are fractions: 0.1 is 10 %."""

    final_equity: Annotated[float, Field(description="Equity at the last close, in currency.")]
    total_return: Annotated[float, Field(description="Final over initial equity, minus one.")]
    cagr: Annotated[Figure, Field(description="Compound annual growth rate, 252 bars a year.")]
    annual_volatility: Annotated[Figure, Field(description="Standard deviation of bar returns, a year.")]
    sharpe: Annotated[Figure, Field(description="Mean excess return over its deviation, a year.")]
    sortino: Annotated[Figure, Field(description="Mean excess return over downside deviation, a year.")]
    calmar: Annotated[Figure, Field(description="CAGR over the worst drawdown.")]
    max_drawdown: Annotated[float, Field(description="Worst fall from a peak; zero or negative.")]
    max_drawdown_days: Annotated[int, Field(description="Longest time under water, in calendar days.")]
    ulcer_index: Annotated[float, Field(description="Root mean square of the drawdown.")]
    value_at_risk_95: Annotated[Figure, Field(description="5 % quantile of bar returns.")]
    expected_shortfall_95: Annotated[Figure, Field(description="Mean of the bar returns at or below it.")]
    trades: Annotated[int, Field(description="Trades, an open one included.")]
    open_trades: Annotated[int, Field(description="Trades still open at the last close.")]
    win_rate: Annotated[Figure, Field(description="Share of trades with a profit.")]
    profit_factor: Annotated[Figure, Field(description="Sum of profits over sum of losses.")]
    expectancy: Annotated[Figure, Field(description="Mean profit of a trade, in currency.")]
    sqn: Annotated[Figure, Field(description="System quality number, from the trades' profits.")]
    exposure: Annotated[float, Field(description="Share of bars with a position at the close.")]
    turnover: Annotated[Figure, Field(description="Traded notional over mean equity, a year.")]
    total_costs: Annotated[float, Field(description="Commission and slippage paid, in currency.")]
    alpha: Annotated[Figure, Field(description="Yearly return not explained by the benchmark.")]
    beta: Annotated[Figure, Field(description="Slope of the returns on the benchmark's.")]
    probabilistic_sharpe: Annotated[
        Figure, Field(description="Probability that the true Sharpe ratio is above zero.")
    ]


class TradeDirection(StrEnum):
    """Whether a trade gains from rising or from falling prices."""

    LONG = "long"
    SHORT = "short"


class Trade(PublishedDocument):
    """One round trip, or an open trade marked to the last close."""

    entry_date: date
    exit_date: Annotated[date, Field(description="Date of the exit; of the last bar when open.")]
    direction: TradeDirection
    shares: Annotated[float, Field(description="Bought, or sold short; positive.")]
    entry_price: Annotated[float, Field(description="Fill price, slippage included.")]
    exit_price: Annotated[float, Field(description="Fill price, or the last close when open.")]
    costs: Annotated[float, Field(description="Commission of both sides and slippage, in currency.")]
    pnl: Annotated[float, Field(description="Profit after costs, in currency.")]
    return_: Annotated[
        float, Field(alias="return", description="Profit over notional and commission of the entry.")
    ]
    bars: Annotated[int, Field(description="Bars held at their close.")]
    max_adverse_excursion: Annotated[
        float, Field(description="Gain over the entry price at the worst price while held; zero or negative.")
    ]
    max_favourable_excursion: Annotated[
        float, Field(description="Gain over the entry price at the best price while held; zero or positive.")
    ]
    exit_reason: ExitReason
    open: bool


class IndicatorLine(PublishedDocument):
    """A line that the rule decides by, one value for each bar of the traded period."""

    key: Annotated[str, Field(description="What it is for the rule: fast, slow, upper, macd, ...")]
    label: Annotated[str, Field(description="Its name in a legend.")]
    panel: Annotated[Panel, Field(description="Over the price, or in a panel of its own around zero.")]
    values: list[Figure]


class Series(PublishedDocument):
    """Columns of equal length, one value for each bar of the traded period."""

    dates: list[date]
    open: list[float]
    high: list[float]
    low: list[float]
    close: list[float]
    volume: list[int]
    indicators: Annotated[list[IndicatorLine], Field(description="What the rule decides by.")]
    equity: Annotated[list[float], Field(description="At the close, in currency.")]
    benchmark_equity: Annotated[list[float], Field(description="Of buy and hold.")]
    drawdown: Annotated[list[float], Field(description="Fall from the peak; zero or negative.")]
    benchmark_drawdown: list[float]
    position: Annotated[list[float], Field(description="Shares held at the close; negative when short.")]
    rolling_sharpe: Annotated[
        list[Figure], Field(description="Sharpe ratio of the last 126 returns; null while undefined.")
    ]
    rolling_beta: Annotated[
        list[Figure], Field(description="Beta of the last 126 returns; null while undefined.")
    ]
    comparison_equity: Annotated[
        list[float] | None, Field(description="Of the compared symbol, bought and held; null without one.")
    ]


class ReturnsByPeriod(PublishedDocument):
    """Returns of calendar periods as columns of equal length, oldest first; fractions: 0.1 is 10 %.

    The first and the last period may be partial; a period without a bar is left out.
    """

    periods: Annotated[list[str], Field(description="Months as 2000-03, years as 2000.")]
    strategy: Annotated[
        list[float], Field(description="From the last close of the period before; at first, from the cash.")
    ]
    benchmark: Annotated[list[float], Field(description="Of buy and hold.")]


class CalendarReturns(PublishedDocument):
    """Returns by the calendar. The product of all 1 + r in a column is one plus the total return."""

    monthly: ReturnsByPeriod
    yearly: ReturnsByPeriod


class DrawdownSpell(PublishedDocument):
    """A time under water, from a peak of the equity to its recovery."""

    peak: Annotated[date, Field(description="Last day at the peak; the first day for the initial cash.")]
    trough: Annotated[date, Field(description="Day of the deepest fall.")]
    recovery: Annotated[date | None, Field(description="First day back at the peak; null: not yet.")]
    depth: Annotated[float, Field(description="Deepest fall from the peak; negative.")]
    days: Annotated[int, Field(description="Calendar days from the peak to the recovery, or to the end.")]


class Comparison(PublishedDocument):
    """Another share, bought and held over the same days with the same costs."""

    symbol: str
    metrics: Annotated[Metrics, Field(description="Alpha and beta against buy and hold, as everywhere.")]
    undefined: Annotated[dict[str, str], Field(description="Why figures are null, by metric.")]
    data: DataDocument


class Period(PublishedDocument):
    """The traded days: what was asked for, cut to what is stored."""

    start: date
    end: date
    bars: int


class Versions(PublishedDocument):
    """What computed the document."""

    engine: str
    numpy: str
    pandas: str


class Undefined(PublishedDocument):
    """Why figures are null, by metric, for the strategy and for buy and hold."""

    metrics: dict[str, str]
    benchmark: dict[str, str]


class Links(PublishedDocument):
    """Addresses of the same run in other forms, relative to the site."""

    page: str
    json_: Annotated[str, Field(alias="json")]
    pdf: str
    trades_csv: str


class BacktestDocument(PublishedDocument):
    """A backtest: the question, the data, the answer, and what the answer is worth."""

    schema_: Annotated[str, Field(alias="schema")] = SCHEMA
    schema_version: int = SCHEMA_VERSION
    id: Annotated[str, Field(description="Hash of parameters, stated data, engine and schema version.")]
    generated_at: datetime
    parameters: BacktestParameters
    period: Period
    data: DataDocument
    unadjusted_splits: Annotated[
        list[date],
        Field(description="Traded days on which a split makes the price jump; none in adjusted prices."),
    ]
    summary: Annotated[str, Field(description="The result in a sentence, beside buy and hold.")]
    notices: Annotated[
        list[str], Field(description="What a reader must know: clamped dates, few trades, gaps.")
    ]
    metrics: Metrics
    benchmark: Annotated[Metrics, Field(description="Buy and hold, with the same costs.")]
    undefined: Undefined
    trades: list[Trade]
    drawdowns: Annotated[
        list[DrawdownSpell], Field(description="The ten worst of the strategy, deepest first.")
    ]
    comparison: Annotated[Comparison | None, Field(description="Null unless a symbol was given to compare.")]
    series: Series
    calendar: Annotated[CalendarReturns, Field(description="Returns by month and by year.")]
    versions: Versions
    disclosure: str
    links: Links
