"""The published document of a backtest: page, PDF, JSON and API all render this."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from core.documents import KIND, Document, DocumentLinks, SchemaVersion
from core.pagination import NEXT_IN_WORDS
from ingestion.schemas import DataDocument, ResultDocument
from strategies.backtests.parameters import BacktestParameters
from strategies.engine.enums import ExitReason
from strategies.engine.indicators import Panel
from strategies.models import Backtest

SCHEMA: Literal["hindcast.backtest"] = "hindcast.backtest"
SCHEMA_VERSION = 2

type JsonObject = dict[str, Any]

Figure = float | None
"""A figure; null where it is undefined, with the reason in `undefined`."""


class Metrics(Document):
    """The key figures of an equity curve and its trades. Fractions are fractions: 0.1 is 10 %."""

    final_equity: Annotated[float, Field(description="Equity at the last close, in currency.")]
    total_return: Annotated[float, Field(description="Final over initial equity, minus one.")]
    cagr: Annotated[Figure, Field(description="Compound annual growth rate, 252 bars a year.")]
    annual_volatility: Annotated[Figure, Field(description="Standard deviation of bar returns, annualised.")]
    sharpe: Annotated[Figure, Field(description="Mean excess return over its deviation, annualised.")]
    sortino: Annotated[Figure, Field(description="Mean excess return over downside deviation, annualised.")]
    calmar: Annotated[Figure, Field(description="CAGR over the max drawdown.")]
    max_drawdown: Annotated[float, Field(description="Deepest fall from a peak; zero or negative.")]
    max_drawdown_days: Annotated[
        int, Field(description="Max drawdown duration: longest wait for a new peak, in calendar days.")
    ]
    ulcer_index: Annotated[float, Field(description="Root mean square of the drawdown.")]
    value_at_risk_95: Annotated[Figure, Field(description="5 % quantile of bar returns.")]
    expected_shortfall_95: Annotated[Figure, Field(description="Mean of the bar returns at or below it.")]
    trades: Annotated[int, Field(description="Trades, an open one included.")]
    open_trades: Annotated[int, Field(description="Trades still open at the last close.")]
    win_rate: Annotated[Figure, Field(description="Share of trades with a profit.")]
    profit_factor: Annotated[Figure, Field(description="Sum of profits over sum of losses.")]
    expectancy: Annotated[Figure, Field(description="Average profit of a trade, in currency.")]
    sqn: Annotated[Figure, Field(description="System quality number, from the trades' profits.")]
    exposure: Annotated[float, Field(description="Share of bars with a position at the close.")]
    turnover: Annotated[Figure, Field(description="Traded notional over mean equity, annualised.")]
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


class Trade(Document):
    """One round trip, or an open trade marked to the last close."""

    entry_date: Annotated[date, Field(description="Date of the entry's fill.")]
    exit_date: Annotated[date, Field(description="Date of the exit; of the last bar when open.")]
    direction: Annotated[
        TradeDirection, Field(description="long gains from rising prices, short from falling ones.")
    ]
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
    exit_reason: Annotated[ExitReason, Field(description="What ended the trade.")]
    exit_clause: Annotated[
        str | None, Field(description="Of a custom rule: the condition that ended the trade, if one did.")
    ] = None
    open: Annotated[bool, Field(description="Whether it is still open at the last close.")]


class IndicatorLine(Document):
    """A line that the rule decides by, one value for each bar of the traded period."""

    key: Annotated[str, Field(description="What it is for the rule: fast, slow, upper, macd, ...")]
    label: Annotated[str, Field(description="Its name in a legend.")]
    panel: Annotated[Panel, Field(description="Over the price, or in a panel of its own around zero.")]
    values: Annotated[list[Figure], Field(description="At each close; null before the windows are full.")]


class Series(Document):
    """Columns of equal length, one value for each bar of the traded period."""

    dates: Annotated[list[date], Field(description="Days with a bar, oldest first.")]
    open: Annotated[list[float], Field(description="First price of the day, adjusted, in currency.")]
    high: Annotated[list[float], Field(description="Highest price of the day, adjusted, in currency.")]
    low: Annotated[list[float], Field(description="Lowest price of the day, adjusted, in currency.")]
    close: Annotated[list[float], Field(description="Last price of the day, adjusted, in currency.")]
    volume: Annotated[list[int], Field(description="Shares traded, adjusted for splits where prices are.")]
    indicators: Annotated[list[IndicatorLine], Field(description="What the rule decides by.")]
    equity: Annotated[list[float], Field(description="At the close, in currency.")]
    benchmark_equity: Annotated[list[float], Field(description="Of buy and hold.")]
    drawdown: Annotated[list[float], Field(description="Fall from the peak; zero or negative.")]
    benchmark_drawdown: Annotated[list[float], Field(description="The same of buy and hold.")]
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


class ReturnsByPeriod(Document):
    """Returns of calendar periods as columns of equal length, oldest first; fractions: 0.1 is 10 %.

    The first and the last period may be partial; a period without a bar is left out.
    """

    periods: Annotated[list[str], Field(description="Months as 2000-03, years as 2000.")]
    strategy: Annotated[
        list[float], Field(description="From the last close of the period before; at first, from the cash.")
    ]
    benchmark: Annotated[list[float], Field(description="Of buy and hold.")]


class CalendarReturns(Document):
    """Returns by the calendar. The product of all 1 + r in a column is one plus the total return."""

    monthly: Annotated[ReturnsByPeriod, Field(description="By month.")]
    yearly: Annotated[ReturnsByPeriod, Field(description="By year.")]


class DrawdownPeriod(Document):
    """A time under water, from a peak of the equity to its recovery."""

    peak: Annotated[date, Field(description="Last day at the peak; the first day for the initial cash.")]
    trough: Annotated[date, Field(description="Day of the deepest fall.")]
    recovery: Annotated[date | None, Field(description="First day back at the peak; null: not yet.")]
    depth: Annotated[float, Field(description="Deepest fall from the peak; negative.")]
    days: Annotated[int, Field(description="Calendar days from the peak to the recovery, or to the end.")]


class Comparison(Document):
    """Another share, bought and held over the same days with the same costs."""

    symbol: Annotated[str, Field(description="Ticker symbol of the other share.")]
    metrics: Annotated[Metrics, Field(description="Alpha and beta against buy and hold, as everywhere.")]
    undefined: Annotated[dict[str, str], Field(description="Why figures are null, by metric.")]
    data: Annotated[DataDocument, Field(description="Where its bars come from.")]


class Period(Document):
    """The traded days: what was asked for, cut to what is stored."""

    start: Annotated[date, Field(description="First traded day.")]
    end: Annotated[date, Field(description="Last traded day.")]
    bars: Annotated[int, Field(description="Bars from the first to the last, both included.")]


class CustomRuleDocument(Document):
    """A custom rule: as text, as a tree, and in words."""

    language_version: Annotated[int, Field(description="Of the language that the text is written in.")]
    text: Annotated[str, Field(description="The clauses with names for parameters, a line each.")]
    bound_text: Annotated[str, Field(description="The same with the values of its parameters.")]
    tree: Annotated[dict[str, JsonObject], Field(description="By clause, the condition taken apart.")]
    reading: Annotated[str, Field(description="What the rule does, in a sentence.")]


class BacktestVersions(Document):
    """What computed the document."""

    engine: Annotated[str, Field(description="Of Hindcast's backtest engine.")]
    numpy: Annotated[str, Field(description="Of NumPy.")]


class Undefined(Document):
    """Why figures are null, by metric, for the strategy and for buy and hold."""

    metrics: Annotated[dict[str, str], Field(description="Reason by metric, for the strategy.")]
    benchmark: Annotated[dict[str, str], Field(description="Reason by metric, for buy and hold.")]


class BacktestLinks(DocumentLinks):
    """Addresses of the same run in other forms, relative to the site."""

    trades_csv: Annotated[str, Field(description="The trades as a table.")]


def links_of(backtest_id: str) -> BacktestLinks:
    """Return the URLs of a backtest."""
    url = f"/backtests/{backtest_id}"
    return BacktestLinks.at(url, trades_csv=f"{url}.csv")


class BacktestDocument(ResultDocument[BacktestParameters]):
    """A backtest: the question, the data, the answer, and what the answer is worth."""

    schema_: Annotated[Literal["hindcast.backtest"], KIND] = SCHEMA
    schema_version: SchemaVersion = SCHEMA_VERSION
    custom: Annotated[
        CustomRuleDocument | None, Field(description="The custom rule; null for a built-in one.")
    ] = None
    period: Annotated[Period, Field(description="The traded days.")]
    unadjusted_splits: Annotated[
        list[date],
        Field(description="Traded days on which a split makes the price jump; none in adjusted prices."),
    ]
    metrics: Annotated[Metrics, Field(description="Of the strategy, after costs.")]
    benchmark: Annotated[Metrics, Field(description="Buy and hold, with the same costs.")]
    undefined: Annotated[Undefined, Field(description="Why figures are null.")]
    trades: Annotated[list[Trade], Field(description="Oldest first; an open one at the end.")]
    drawdowns: Annotated[
        list[DrawdownPeriod], Field(description="The ten worst of the strategy, deepest first.")
    ]
    comparison: Annotated[Comparison | None, Field(description="Null unless a symbol was given to compare.")]
    series: Annotated[Series, Field(description="What charts draw, as columns.")]
    calendar: Annotated[CalendarReturns, Field(description="Returns by month and by year.")]
    versions: Annotated[BacktestVersions, Field(description="Of what computed the document.")]
    links: Annotated[BacktestLinks, Field(description="The same run in other forms.")]


class BacktestListing(Document):
    """A stored backtest as lists show it."""

    id: Annotated[str, Field(description="Names the run in URLs.")]
    symbol: Annotated[str, Field(description="Ticker symbol of the share.")]
    created_at: Annotated[datetime, Field(description="When it was first computed, UTC.")]
    parameters: Annotated[BacktestParameters, Field(description="The question, with every default.")]
    summary: Annotated[str, Field(description="The result in a sentence, beside buy and hold.")]
    total_return: Annotated[float, Field(description="Final over initial equity, minus one: 0.1 is 10 %.")]
    benchmark_total_return: Annotated[float, Field(description="The same of buy and hold.")]
    links: Annotated[BacktestLinks, Field(description="The run in its forms.")]

    @classmethod
    def of(cls, record: Backtest) -> Self:
        """Return the listing of a stored run."""
        return cls(
            id=record.pk,
            symbol=record.symbol,
            created_at=record.created_at,
            parameters=BacktestParameters.model_validate(record.parameters),
            summary=record.summary,
            total_return=record.total_return,
            benchmark_total_return=record.benchmark_total_return,
            links=links_of(record.pk),
        )


class BacktestPage(Document):
    """A page of stored backtests, newest first."""

    items: Annotated[list[BacktestListing], Field(description="The runs of this page.")]
    next: Annotated[str | None, Field(description=NEXT_IN_WORDS)]
