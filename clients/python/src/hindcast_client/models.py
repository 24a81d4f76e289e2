"""Models of the API; written by `make client-models`."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, RootModel
from datetime import date as date_aliased
from uuid import UUID


class BarsDocument(BaseModel):
    """
    Daily bars as columns of equal length, oldest first.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    symbol: Annotated[str, Field(description="Ticker symbol.")]
    adjustment: Annotated[
        Literal["none", "splits", "splits_and_dividends"],
        Field(description="Corporate actions taken out of the prices."),
    ]
    dates: Annotated[list[date_aliased], Field(description="Days with a bar, oldest first.")]
    open: Annotated[list[float], Field(description="First price of the day, in currency.")]
    high: Annotated[list[float], Field(description="Highest price of the day, in currency.")]
    low: Annotated[list[float], Field(description="Lowest price of the day, in currency.")]
    close: Annotated[list[float], Field(description="Last price of the day, in currency.")]
    volume: Annotated[
        list[int] | list[float],
        Field(description="Shares or coins traded; adjusted for splits where prices are."),
    ]


class GapDocument(BaseModel):
    """
    A run of consecutive sessions without bars.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    first: Annotated[date_aliased, Field(description="First session without a bar.")]
    last: Annotated[date_aliased, Field(description="Last session without a bar.")]
    sessions: Annotated[int, Field(description="Sessions in the run.")]


class QuarantinedDocument(BaseModel):
    """
    A bar that is kept out of the prices.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    date: Annotated[date_aliased, Field(description="Day of the bar.")]
    reason: Annotated[str, Field(description="What is wrong with it.")]


class SplitRequest(BaseModel):
    """
    A split to record by hand.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    date: Annotated[date_aliased, Field(description="First day on which prices are those after the split.")]
    value: Annotated[float, Field(description="New shares for one old share: 2, or 0.1.", gt=0.0)]


class ImportQuery(BaseModel):
    """
    What a request says about a file; null: the file tells it.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    prices: Annotated[
        Literal["as_traded", "split_adjusted"] | None,
        Field(description="What the prices are; null: told by the steps at known splits."),
    ] = None
    exchange: Annotated[
        str | None, Field(description="ISO 10383 code; null: the stored one, or by the symbol's suffix.")
    ] = None
    currency: Annotated[
        str | None, Field(description="ISO 4217 code, or GBX, ZAC, ILA; null: by suffix or exchange.")
    ] = None
    decimal: Annotated[
        str | None, Field(description="point or comma; null: told by all numbers of the file.")
    ] = None
    dates: Annotated[
        str | None,
        Field(description="day_first, month_first or year_first; null: told by all dates of the file."),
    ] = None
    columns: Annotated[
        str | None,
        Field(description="Columns by name or number, such as date:Day,close:Value; null: by their names."),
    ] = None
    mapping: Annotated[
        str | None, Field(description="Name of saved settings for what the request leaves open.")
    ] = None
    replace: Annotated[
        bool | None, Field(description="Whether bars of the historical sample may be replaced by the file's.")
    ] = False


class FormatDocument(BaseModel):
    """
    How a file is written, as it was recognised.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    name: Annotated[str, Field(description="The source whose files look so, such as Yahoo or Nasdaq.")]
    encoding: Annotated[str, Field(description="How its characters are encoded.")]
    delimiter: Annotated[str, Field(description="What stands between its columns.")]
    decimal_mark: Annotated[str, Field(description="What stands before decimals: a point or a comma.")]
    date_order: Annotated[
        str, Field(description="year_first, month_first, day_first, month_named, unix or excel_serial.")
    ]
    columns: Annotated[
        dict[str, str],
        Field(description="Which column holds what: its name, or its number where it has none."),
    ]
    exchange: Annotated[str, Field(description="ISO 10383 code of the exchange whose sessions count.")]
    currency: Annotated[str, Field(description="Code of the prices' currency; XXX: unknown.")]


class SetAsideDocument(BaseModel):
    """
    A row that is no bar and was left out.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    line: Annotated[int, Field(description="Its line, as an editor counts.")]
    date: Annotated[date_aliased | None, Field(description="Its day; null where it has none.")]
    reason: Annotated[str, Field(description="What is wrong with it.")]


class QuotaStatus(BaseModel):
    """
    Whether there is an API key, and what is left of its requests; without one nothing is left.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    requests_left: Annotated[
        int | None, Field(description="Requests left today, by Hindcast's count; null: no daily limit.")
    ]
    requests_per_day: Annotated[int | None, Field(description="The plan's daily limit; null: none.")]
    exhausted_until: Annotated[
        AwareDatetime | None,
        Field(description="The provider said that the day is used up, and is asked again after this."),
    ]
    resets_at: Annotated[
        AwareDatetime | None, Field(description="When the next day of requests begins; null: no daily limit.")
    ]
    reset_is_known: Annotated[
        bool, Field(description="Whether that was learned from the provider; else midnight UTC is assumed.")
    ]
    full_history: Annotated[
        bool | None,
        Field(description="Whether the plan has more than the latest 100 bars; null: not tried yet."),
    ]
    fetches_waiting: Annotated[int, Field(description="Fetches that wait for a worker or a new day.")]
    requests_needed: Annotated[int, Field(description="Requests that those will send, about.")]
    done_about: Annotated[
        AwareDatetime | None, Field(description="About when the last of them is done; null: none waits.")
    ]
    has_key: Annotated[bool, Field(description="Whether ALPHA_VANTAGE_API_KEY is set.")]


class BacktestLinks(BaseModel):
    """
    Addresses of the same run in other forms, relative to the site.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    page: Annotated[str, Field(description="The page for people.")]
    json_: Annotated[str, Field(alias="json", description="The document as a file.")]
    pdf: Annotated[str, Field(description="The printed report.")]
    trades_csv: Annotated[str, Field(description="The trades as a table.")]


class StopLoss(RootModel[float]):
    root: Annotated[
        float,
        Field(
            description="Loss at which a trade is closed, as a fraction of its entry price.", gt=0.0, le=1.0
        ),
    ]


class TakeProfit(RootModel[float]):
    root: Annotated[
        float,
        Field(
            description="Gain at which a trade is closed, as a fraction of its entry price.", gt=0.0, le=100.0
        ),
    ]


class TrailingStop(RootModel[float]):
    root: Annotated[
        float, Field(description="Fall from the best price of a trade at which it is closed.", gt=0.0, le=1.0)
    ]


class CompareWith(RootModel[str]):
    root: Annotated[
        str,
        Field(
            description="Another stored symbol to buy and hold beside the strategy; null: none.",
            pattern="^(\\^[A-Za-z0-9][A-Za-z0-9.\\-]{0,13}|[A-Za-z0-9][A-Za-z0-9.\\-=&]{0,14})$",
        ),
    ]


class BacktestVersions(BaseModel):
    """
    What computed the document.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    engine: Annotated[str, Field(description="Of Hindcast's backtest engine.")]
    numpy: Annotated[str, Field(description="Of NumPy.")]


class DataDocument(BaseModel):
    """
    Where the bars behind a result come from. Part of every result's document.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    symbol: Annotated[str, Field(description="Ticker symbol.")]
    name: Annotated[str, Field(description="Name of the company or fund.")]
    exchange: Annotated[str, Field(description="ISO 10383 code of the exchange, for its calendar.")]
    currency: Annotated[str, Field(description="ISO 4217 code of the prices' currency.")]
    source: Annotated[str, Field(description="sample, alpha_vantage, tiingo or file.")]
    source_description: Annotated[str, Field(description="The source in words, for people.")]
    adjustment: Annotated[
        Literal["none", "splits", "splits_and_dividends"],
        Field(description="Corporate actions taken out of the prices."),
    ]
    first: Annotated[date_aliased, Field(description="Date of the first bar used.")]
    last: Annotated[date_aliased, Field(description="Date of the last bar used.")]
    bars: Annotated[int, Field(description="Number of bars used, warm-up included.")]
    missing_sessions: Annotated[
        list[date_aliased], Field(description="Sessions of the exchange in the range that have no bar.")
    ]
    provisional: Annotated[
        bool, Field(description="Whether the last bar was fetched before its session closed.")
    ]
    fetched_at: Annotated[AwareDatetime, Field(description="When the newest of the bars was fetched.")]
    actions_fetched_at: Annotated[
        AwareDatetime | None,
        Field(description="When the source was last asked for splits and dividends; null: never."),
    ]
    sha256: Annotated[str, Field(description="Fingerprint of the bars used.")]


class DrawdownPeriod(BaseModel):
    """
    A time under water, from a peak of the equity to its recovery.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    peak: Annotated[
        date_aliased, Field(description="Last day at the peak; the first day for the initial cash.")
    ]
    trough: Annotated[date_aliased, Field(description="Day of the deepest fall.")]
    recovery: Annotated[date_aliased | None, Field(description="First day back at the peak; null: not yet.")]
    depth: Annotated[float, Field(description="Deepest fall from the peak; negative.")]
    days: Annotated[int, Field(description="Calendar days from the peak to the recovery, or to the end.")]


class JsonObject(BaseModel):
    model_config = ConfigDict(
        extra="ignore",
    )


class Metrics(BaseModel):
    """
    The key figures of an equity curve and its trades. Fractions are fractions: 0.1 is 10 %.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    final_equity: Annotated[float, Field(description="Equity at the last close, in currency.")]
    total_return: Annotated[float, Field(description="Final over initial equity, minus one.")]
    cagr: Annotated[float | None, Field(description="Compound annual growth rate, 252 bars a year.")]
    annual_volatility: Annotated[
        float | None, Field(description="Standard deviation of bar returns, annualised.")
    ]
    sharpe: Annotated[float | None, Field(description="Mean excess return over its deviation, annualised.")]
    sortino: Annotated[
        float | None, Field(description="Mean excess return over downside deviation, annualised.")
    ]
    calmar: Annotated[float | None, Field(description="CAGR over the max drawdown.")]
    max_drawdown: Annotated[float, Field(description="Deepest fall from a peak; zero or negative.")]
    max_drawdown_days: Annotated[
        int, Field(description="Max drawdown duration: longest wait for a new peak, in calendar days.")
    ]
    ulcer_index: Annotated[float, Field(description="Root mean square of the drawdown.")]
    value_at_risk_95: Annotated[float | None, Field(description="5 % quantile of bar returns.")]
    expected_shortfall_95: Annotated[
        float | None, Field(description="Mean of the bar returns at or below it.")
    ]
    trades: Annotated[int, Field(description="Trades, an open one included.")]
    open_trades: Annotated[int, Field(description="Trades still open at the last close.")]
    win_rate: Annotated[float | None, Field(description="Share of trades with a profit.")]
    profit_factor: Annotated[float | None, Field(description="Sum of profits over sum of losses.")]
    expectancy: Annotated[float | None, Field(description="Average profit of a trade, in currency.")]
    sqn: Annotated[float | None, Field(description="System quality number, from the trades' profits.")]
    exposure: Annotated[float, Field(description="Share of bars with a position at the close.")]
    turnover: Annotated[float | None, Field(description="Traded notional over mean equity, annualised.")]
    total_costs: Annotated[float, Field(description="Commission and slippage paid, in currency.")]
    alpha: Annotated[float | None, Field(description="Yearly return not explained by the benchmark.")]
    beta: Annotated[float | None, Field(description="Slope of the returns on the benchmark's.")]
    probabilistic_sharpe: Annotated[
        float | None, Field(description="Probability that the true Sharpe ratio is above zero.")
    ]


class Period(BaseModel):
    """
    The traded days: what was asked for, cut to what is stored.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    start: Annotated[date_aliased, Field(description="First traded day.")]
    end: Annotated[date_aliased, Field(description="Last traded day.")]
    bars: Annotated[int, Field(description="Bars from the first to the last, both included.")]


class ReturnsByPeriod(BaseModel):
    """
    Returns of calendar periods as columns of equal length, oldest first; fractions: 0.1 is 10 %.

    The first and the last period may be partial; a period without a bar is left out.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    periods: Annotated[list[str], Field(description="Months as 2000-03, years as 2000.")]
    strategy: Annotated[
        list[float], Field(description="From the last close of the period before; at first, from the cash.")
    ]
    benchmark: Annotated[list[float], Field(description="Of buy and hold.")]


class Undefined(BaseModel):
    """
    Why figures are null, by metric, for the strategy and for buy and hold.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    metrics: Annotated[dict[str, str], Field(description="Reason by metric, for the strategy.")]
    benchmark: Annotated[dict[str, str], Field(description="Reason by metric, for buy and hold.")]


class SteppedRange(BaseModel):
    """
    Values from `start` in equal steps; `stop` is one of them where a step lands on it.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    start: Annotated[float, Field(description="The first value.")]
    stop: Annotated[float, Field(description="The last value, where a step lands on it.")]
    step: Annotated[float | None, Field(description="Distance of neighbours.", gt=0.0)] = 1


class SweepLinks(BaseModel):
    """
    Addresses of the same sweep in other forms, relative to the site.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    page: Annotated[str, Field(description="The page for people.")]
    json_: Annotated[str, Field(alias="json", description="The document as a file.")]
    pdf: Annotated[str, Field(description="The printed report.")]
    csv: Annotated[str, Field(description="Every combination as CSV.")]


class WalkForwardPlan(BaseModel):
    """
    How walk-forward cuts the bars: chosen by the training bars, traded in the bars after them.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    scheme: Annotated[
        Literal["rolling", "anchored"] | None,
        Field(description="Train on the last bars alone, or on all bars so far."),
    ] = "rolling"
    train_bars: Annotated[
        int | None, Field(description="Bars that a choice looks back on.", ge=50, le=10000)
    ] = 756
    test_bars: Annotated[
        int | None, Field(description="Bars that a choice is traded for.", ge=20, le=2520)
    ] = 252


class BandSeries(BaseModel):
    """
    Quantiles of the equity over the draws, in currency, as columns of equal length.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    dates: Annotated[list[date_aliased], Field(description="Days of the closes.")]
    low_90: Annotated[list[float], Field(description="5 % of the draws lie below.")]
    low_50: Annotated[list[float], Field(description="25 % of the draws lie below.")]
    median: Annotated[list[float], Field(description="Half of the draws lie below.")]
    high_50: Annotated[list[float], Field(description="25 % of the draws lie above.")]
    high_90: Annotated[list[float], Field(description="5 % of the draws lie above.")]
    equity: Annotated[list[float], Field(description="Of the best combination, as it came.")]


class ParameterStability(BaseModel):
    """
    How steady the chosen values of one parameter were.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    parameter: Annotated[str, Field(description="Name of the parameter.")]
    lowest: Annotated[float, Field(description="Least value chosen.")]
    highest: Annotated[float, Field(description="Greatest value chosen.")]
    mean: Annotated[float, Field(description="Mean of the values chosen.")]
    deviation: Annotated[float, Field(description="Standard deviation over the choices.")]


class VerdictTestDocument(BaseModel):
    """
    One test: what was tested, the figure, and what it means.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    name: Annotated[str, Field(description="What was tested.")]
    figure: Annotated[str, Field(description="The figure, as written.")]
    meaning: Annotated[str, Field(description="What it means, in a sentence.")]


class WalkForwardSeries(BaseModel):
    """
    Equity at the close, in currency, as columns of equal length.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    dates: Annotated[list[date_aliased], Field(description="Days of the closes.")]
    equity: Annotated[list[float], Field(description="Of the choices, traded as one strategy.")]
    hindsight_equity: Annotated[
        list[float] | None, Field(description="Of the combination that was best over the whole period.")
    ]
    benchmark_equity: Annotated[list[float], Field(description="Of buy and hold.")]


class WalkForwardStretch(BaseModel):
    """
    A choice by the bars before, and what came of it; its parameters are null where there was none.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    train_start: Annotated[date_aliased, Field(description="First training bar.")]
    start: Annotated[date_aliased, Field(description="First bar that the choice is traded.")]
    end: Annotated[date_aliased, Field(description="Last bar that the choice is traded.")]
    fast: Annotated[int | None, Field(description="Bars in the fast average; null for a rule that has none.")]
    middle: Annotated[
        int | None, Field(description="Bars in the middle average; null for a rule that has none.")
    ]
    slow: Annotated[int | None, Field(description="Bars in the slow average; null for a rule that has none.")]
    signal: Annotated[
        int | None, Field(description="Bars in the signal line; null for a rule that has none.")
    ]
    band: Annotated[float | None, Field(description="Distance of the bands; null for a rule that has none.")]
    values: Annotated[
        dict[str, float] | None,
        Field(description="Of a custom rule's parameters, by name; null for any other."),
    ] = None
    chosen_by: Annotated[float | None, Field(description="Its objective in the training bars.")]
    in_sample_return: Annotated[float | None, Field(description="Total return in the training bars.")]
    in_sample_sharpe: Annotated[float | None, Field(description="Sharpe ratio in the training bars.")]
    total_return: Annotated[float, Field(description="In the bars after the choice.")]
    sharpe: Annotated[float | None, Field(description="Mean excess return over its deviation, a year.")]


class Symbol(RootModel[str]):
    root: Annotated[
        str, Field(pattern="^(\\^[A-Za-z0-9][A-Za-z0-9.\\-]{0,13}|[A-Za-z0-9][A-Za-z0-9.\\-=&]{0,14})$")
    ]


class Symbols(RootModel[list[Symbol]]):
    root: Annotated[
        list[Symbol], Field(description="Stored symbols; null: all of them.", max_length=5000, min_length=1)
    ]


class UniverseParameters(BaseModel):
    """
    One question to many symbols: the same ranges are swept for each of them.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    start: Annotated[date_aliased | None, Field(description="First day to trade; null: the first bar.")] = (
        None
    )
    end: Annotated[date_aliased | None, Field(description="Last day to trade; null: the last bar.")] = None
    initial_investment: Annotated[
        float | None,
        Field(description="Cash at the start, in the instrument's currency.", ge=0.01, le=1000000000000.0),
    ] = 10000
    rule: Annotated[
        Literal["ma_crossover", "price_crossover", "triple_ma", "macd", "ma_envelope", "custom"] | None,
        Field(description="When to buy and when to sell."),
    ] = "ma_crossover"
    buy: Annotated[
        str | None, Field(description="Condition to buy, of a custom rule: sma(20) crosses above sma(50).")
    ] = None
    sell: Annotated[str | None, Field(description="Condition to sell what was bought, of a custom rule.")] = (
        None
    )
    short: Annotated[str | None, Field(description="Condition to sell short, of a custom rule.")] = None
    cover: Annotated[
        str | None, Field(description="Condition to buy back what was sold short, of a custom rule.")
    ] = None
    average: Annotated[
        Literal["simple", "exponential", "weighted", "hull"] | None,
        Field(description="Kind of moving average."),
    ] = "simple"
    entry: Annotated[
        Literal["on_cross", "on_state"] | None, Field(description="Enter on a fresh cross, or on the state.")
    ] = "on_cross"
    direction: Annotated[
        Literal["long_only", "long_short", "short_only"] | None,
        Field(description="Sides of the market taken."),
    ] = "long_only"
    fill: Annotated[
        Literal["next_open", "same_close"] | None,
        Field(description="Price of a fill; same_close is optimistic."),
    ] = "next_open"
    stop_loss: Annotated[
        StopLoss | None,
        Field(description="Loss at which a trade is closed, as a fraction of its entry price."),
    ] = None
    take_profit: Annotated[
        TakeProfit | None,
        Field(description="Gain at which a trade is closed, as a fraction of its entry price."),
    ] = None
    trailing_stop: Annotated[
        TrailingStop | None, Field(description="Fall from the best price of a trade at which it is closed.")
    ] = None
    commission_rate: Annotated[
        float | None,
        Field(description="Share of the notional, on each side: 0.001 is 0.1 %.", ge=0.0, le=0.2),
    ] = 0.001
    commission_fixed: Annotated[
        float | None,
        Field(description="Amount for each order, in the instrument's currency.", ge=0.0, le=1000000.0),
    ] = 0
    slippage_bps: Annotated[
        float | None, Field(description="Worse fill price, in hundredths of a percent.", ge=0.0, le=1000.0)
    ] = 0
    position_size: Annotated[
        float | None, Field(description="Share of the equity put into a trade.", gt=0.0, le=1.0)
    ] = 1.0
    fractional_shares: Annotated[
        bool | None, Field(description="Whether parts of a share can be bought.")
    ] = True
    risk_free_rate: Annotated[
        float | None,
        Field(description="Yearly rate subtracted in Sharpe, Sortino and alpha.", ge=-0.1, le=1.0),
    ] = 0
    adjustment: Annotated[
        Literal["none", "splits", "splits_and_dividends"] | None,
        Field(description="Corporate actions taken out of the prices."),
    ] = "splits"
    values: Annotated[
        dict[str, SteppedRange | list[float] | float] | None,
        Field(
            description="Values of a custom rule's parameters, by name: ranges, lists or single ones.",
            max_length=12,
        ),
    ] = None
    fast: Annotated[
        SteppedRange | list[float] | float | None, Field(description="Bars in the fast average.")
    ] = None
    middle: Annotated[
        SteppedRange | list[float] | float | None,
        Field(description="Bars in the middle average, of a rule with three.", validate_default=True),
    ] = 30
    slow: Annotated[
        SteppedRange | list[float] | float | None, Field(description="Bars in the slow average.")
    ] = None
    signal: Annotated[
        SteppedRange | list[float] | float | None,
        Field(description="Bars in the signal line, the average of the MACD line.", validate_default=True),
    ] = 9
    band: Annotated[
        SteppedRange | list[float] | float | None,
        Field(description="Distance of the bands from their average: 0.025 is 2.5 %.", validate_default=True),
    ] = 0.025
    objective: Annotated[
        Literal[
            "total_return",
            "cagr",
            "sharpe",
            "sortino",
            "calmar",
            "max_drawdown",
            "trades",
            "exposure",
            "win_rate",
        ]
        | None,
        Field(description="Figure that the best combination has most of."),
    ] = "sharpe"
    minimum_trades: Annotated[
        int | None, Field(description="Combinations with fewer trades cannot be the best.", ge=0, le=10000)
    ] = 1
    walk_forward: Annotated[
        WalkForwardPlan | None, Field(description="How the bars are cut to choose by the past alone.")
    ] = None
    symbols: Annotated[Symbols | None, Field(description="Stored symbols; null: all of them.")] = None


class Distribution(BaseModel):
    """
    Quantiles over all symbols: the best combination's total return less that of buy and hold.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    lowest: Annotated[float, Field(description="Of the symbol that did worst.")]
    low: Annotated[float, Field(description="A quarter lies below.")]
    median: Annotated[float, Field(description="Half of the symbols lie below.")]
    high: Annotated[float, Field(description="A quarter lies above.")]
    highest: Annotated[float, Field(description="Of the symbol that did best.")]
    ahead: Annotated[float, Field(description="Share of symbols whose best was ahead of buy and hold.")]


class UniverseFailure(BaseModel):
    """
    A symbol that could not be swept.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    symbol: Annotated[str, Field(description="Ticker symbol of the share.")]
    error: Annotated[str, Field(description="Why, and what to do.")]


class UniverseRow(BaseModel):
    """
    The best combination of one symbol, and what it is worth.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    symbol: Annotated[str, Field(description="Ticker symbol of the share.")]
    sweep: Annotated[str, Field(description="The `id` of its sweep.")]
    fast: Annotated[int | None, Field(description="Bars in the fast average; null for a rule that has none.")]
    middle: Annotated[
        int | None, Field(description="Bars in the middle average; null for a rule that has none.")
    ]
    slow: Annotated[int | None, Field(description="Bars in the slow average; null for a rule that has none.")]
    signal: Annotated[
        int | None, Field(description="Bars in the signal line; null for a rule that has none.")
    ]
    band: Annotated[float | None, Field(description="Distance of the bands; null for a rule that has none.")]
    values: Annotated[
        dict[str, float] | None,
        Field(description="Of a custom rule's parameters, by name; null for any other."),
    ] = None
    bars: Annotated[int, Field(description="Traded bars.")]
    objective: Annotated[float | None, Field(description="The best combination's objective.")]
    total_return: Annotated[float | None, Field(description="Of the best combination, as a fraction.")]
    benchmark_total_return: Annotated[float, Field(description="Of buy and hold, as a fraction.")]
    sharpe: Annotated[float | None, Field(description="Of the best combination, a year.")]
    skewness: Annotated[float | None, Field(description="Of the best combination's returns.")]
    kurtosis: Annotated[float | None, Field(description="Of the best combination's returns.")]
    probability_of_overfitting: Annotated[float | None, Field(description="By cross-validation.")]
    deflated_sharpe: Annotated[float | None, Field(description="Counting the trials of this symbol alone.")]
    spa_p_value: Annotated[float | None, Field(description="Against buy and hold, of this symbol alone.")]
    spa_p_value_exposure_matched: Annotated[
        float | None,
        Field(description="Against each combination's own exposure to the market, of this symbol alone."),
    ] = None
    adjusted_p_value: Annotated[
        float | None, Field(description="The same among all symbols, by StepM; null until all are done.")
    ]


class UniverseVerdict(BaseModel):
    """
    What is left when all trials on all symbols are counted.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    trials: Annotated[int, Field(description="Combinations of all symbols together.")]
    significant: Annotated[
        int, Field(description="Symbols with a combination ahead of its own exposure at 5 %, by StepM.")
    ]
    deflated_sharpe: Annotated[
        float | None,
        Field(description="Of the highest Sharpe ratio of all, counting the trials of all symbols."),
    ]
    sentence: Annotated[str, Field(description="The verdict in words.")]


class RecordBand(BaseModel):
    """
    The forecast of the record's present year, from the returns before the freeze, in currency.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    levels: Annotated[list[float], Field(description="Probabilities of the lines of the fan.")]
    begins_after: Annotated[int, Field(description="Sessions of the record before the present year.")]
    fan: Annotated[list[list[float]], Field(description="Equity by level and session of the year.")]
    limit: Annotated[list[float], Field(description="Equity below which the band is left, by session.")]


class RecordEntry(BaseModel):
    """
    One session, as it was recorded; never changed.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    date: Annotated[date_aliased, Field(description="The session.")]
    recorded_at: Annotated[AwareDatetime, Field(description="When it was recorded, UTC.")]
    close: Annotated[float, Field(description="The last price, as of that evening, in currency.")]
    equity: Annotated[float, Field(description="At the close, in currency.")]
    benchmark_equity: Annotated[float, Field(description="Of buy and hold.")]
    position: Annotated[float, Field(description="Shares as of that evening; negative when short.")]
    order: Annotated[
        Literal["buy", "sell", "short", "cover"] | None,
        Field(description="What was ordered for the next open."),
    ]
    hindsight: Annotated[bool, Field(description="Whether the session had closed before the freeze.")]
    bars_sha256: Annotated[str, Field(description="Of all bars that were decided on.")]


class RecordOrder(BaseModel):
    """
    The order for the next open, in the shares and prices of the last evening.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    action: Annotated[Literal["buy", "sell", "short", "cover"], Field(description="What it does.")]
    closes: Annotated[float, Field(description="Shares of the present position that it closes.")]
    opens: Annotated[float, Field(description="Shares that it opens, estimated at the last close.")]
    in_words: Annotated[str, Field(description="The order as a sentence.")]


class RecordPosition(BaseModel):
    """
    What is held at the last close.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    shares: Annotated[float, Field(description="Of the last evening's shares; negative when short.")]
    value: Annotated[float, Field(description="At the last close, in currency.")]
    cash: Annotated[float, Field(description="Beside it, in currency.")]


class RecordSince(BaseModel):
    """
    How the record has done since the freeze.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    sessions: Annotated[int, Field(description="Sessions since the freeze.")]
    first: Annotated[date_aliased | None, Field(description="The first of them; null: none yet.")]
    last: Annotated[date_aliased | None, Field(description="The last of them; null: none yet.")]
    equity: Annotated[float, Field(description="At the last close, in currency.")]
    total_return: Annotated[float, Field(description="Equity over the capital, minus one.")]
    benchmark_return: Annotated[float, Field(description="The same of buy and hold.")]
    expected_return: Annotated[
        float | None, Field(description="The middle of the fan at the same session of its first year.")
    ]


class RecordTrigger(BaseModel):
    """
    Closes of the next session that would give an order.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    action: Annotated[Literal["buy", "sell", "short", "cover"], Field(description="What the order would do.")]
    above: Annotated[float | None, Field(description="The close must lie above; null: no limit.")]
    below: Annotated[float | None, Field(description="The close must lie below; null: no limit.")]
    in_words: Annotated[str, Field(description="The trigger as a sentence.")]


class NewRecord(BaseModel):
    """
    What a live record is made of.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    backtest: Annotated[str, Field(description="The id of the backtest to freeze.", max_length=64)]
    name: Annotated[
        str,
        Field(
            description="What the record is called.",
            max_length=200,
            min_length=1,
            pattern="^[^\\x00-\\x1f\\x7f]*$",
        ),
    ]


class TrainedModelDocument(BaseModel):
    """
    A trained model in the registry.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    kind: Annotated[str, Field(description="pooled: all symbols together; symbol: calibrated for one.")]
    symbol: Annotated[str, Field(description="Empty for a pooled model.")]
    version: Annotated[str, Field(description="Identifies the artefact; new training, new version.")]
    model_version: Annotated[str, Field(description="Of the code that trained it; others are not used.")]
    trained_from: Annotated[date_aliased, Field(description="First day of the data used in training.")]
    trained_through: Annotated[
        date_aliased, Field(description="No data after this day was used in training.")
    ]
    trained_at: Annotated[AwareDatetime, Field(description="When it was trained, UTC.")]
    withdrawn_at: Annotated[
        AwareDatetime | None,
        Field(description="Since when an older version is used in its place; else null."),
    ]
    training_symbols: Annotated[list[str], Field(description="Symbols whose bars were used in training.")]
    features: Annotated[list[str], Field(description="What the model looks at, by name.")]
    library_versions: Annotated[dict[str, str], Field(description="Of the libraries that trained it.")]
    metrics: Annotated[
        dict[str, float | None],
        Field(description="Figures on data that training had not seen; null where there was too little."),
    ]
    sha256: Annotated[str, Field(description="Fingerprint of the artefact.")]


class ForecastLinks(BaseModel):
    """
    Addresses of the same forecast in other forms, relative to the site.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    page: Annotated[str, Field(description="The page for people.")]
    json_: Annotated[str, Field(alias="json", description="The document as a file.")]
    pdf: Annotated[str, Field(description="The printed report.")]


class Calibration(BaseModel):
    """
    What a band promised, and what it held, at the longest horizon.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    nominal: Annotated[float, Field(description="Share of closes that the band should hold.")]
    coverage: Annotated[float, Field(description="Share that it held.")]


class ForecastVersions(BaseModel):
    """
    What computed the document.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    model: Annotated[str, Field(description="Of Hindcast's model code.")]
    numpy: Annotated[str, Field(description="Of NumPy.")]
    scikit_learn: Annotated[str, Field(description="Of scikit-learn.")]


class History(BaseModel):
    """
    Closes before the issue date, for the chart.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    dates: Annotated[list[date_aliased], Field(description="Days with a bar, oldest first.")]
    close: Annotated[list[float], Field(description="Their closes, in currency.")]


class HorizonScore(BaseModel):
    """
    How forecasts of one symbol did at one distance, over past issue dates.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    horizon: Annotated[int, Field(description="Sessions ahead.")]
    forecasts: Annotated[int, Field(description="Number of forecasts behind the figures.")]
    mean_absolute_error: Annotated[float, Field(description="Of the median, as a fraction of the price.")]
    random_walk_error: Annotated[float, Field(description="The same for the last close carried on.")]
    drift_error: Annotated[
        float | None,
        Field(
            description="The same for the last close moved on by the share's own past drift; null in documents of version 1."
        ),
    ] = None
    coverage_80: Annotated[float, Field(description="Share of closes inside the 80 % band.")]
    coverage_95: Annotated[float, Field(description="Share of closes inside the 95 % band.")]
    crps_ratio: Annotated[
        float | None,
        Field(description="CRPS over that of a random walk with Gaussian bands; below 1 is better."),
    ]
    drift_crps_ratio: Annotated[
        float | None,
        Field(description="The same with the share's own drift of 1,000 days; below 1 is better."),
    ] = None


class ModelDocument(BaseModel):
    """
    The trained model behind a forecast.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    kind: Annotated[str, Field(description="pooled: all symbols together; symbol: calibrated for one.")]
    version: Annotated[str, Field(description="Identifies the artefact; new training, new version.")]
    trained_from: Annotated[date_aliased, Field(description="First day of the data used in training.")]
    trained_through: Annotated[
        date_aliased, Field(description="No data after this day was used in training.")
    ]
    training_symbols: Annotated[list[str], Field(description="Symbols whose bars were used in training.")]
    features: Annotated[list[str], Field(description="What the model looks at, by name.")]
    sha256: Annotated[str, Field(description="Fingerprint of the artefact.")]
    description: Annotated[str, Field(description="What the model does, in plain words.")]
    average_drift: Annotated[
        bool | None,
        Field(description="Whether the median holds the average drift of shares; not for currencies."),
    ] = True
    market: Annotated[
        list[str] | None,
        Field(description="Stored shares whose moves it saw beside the symbol's own; empty: none."),
    ] = []


class PastForecast(BaseModel):
    """
    A look back: what was forecast at one distance, and what came.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    issued_on: Annotated[date_aliased, Field(description="Date of the last bar that it used.")]
    date: Annotated[date_aliased, Field(description="Session whose close was forecast.")]
    horizon: Annotated[int, Field(description="Sessions ahead.")]
    median: Annotated[float, Field(description="Forecast median, in currency.")]
    low_80: Annotated[float, Field(description="Lower edge of the 80 % band, in currency.")]
    high_80: Annotated[float, Field(description="Upper edge of the 80 % band, in currency.")]
    low_95: Annotated[float, Field(description="Lower edge of the 95 % band, in currency.")]
    high_95: Annotated[float, Field(description="Upper edge of the 95 % band, in currency.")]
    actual: Annotated[float, Field(description="The close that came, in currency.")]


class Point(BaseModel):
    """
    The forecast of one session's close, in the instrument's currency.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    date: Annotated[date_aliased, Field(description="Session whose close is forecast.")]
    median: Annotated[float, Field(description="The close is as likely above as below it, in currency.")]
    low_80: Annotated[float, Field(description="Lower edge of the 80 % band, in currency.")]
    high_80: Annotated[float, Field(description="Upper edge of the 80 % band, in currency.")]
    low_95: Annotated[float, Field(description="Lower edge of the 95 % band, in currency.")]
    high_95: Annotated[float, Field(description="Upper edge of the 95 % band, in currency.")]
    probability_above_last_close: Annotated[
        float, Field(description="That this close lies above the last one known.", ge=0.0, le=1.0)
    ]
    actual: Annotated[float | None, Field(description="The close that came, where it is known.")]


class Reliability(BaseModel):
    """
    How often closes came above the last one where such a probability was given, at all distances.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    probability_from: Annotated[float, Field(description="Least probability of the group.")]
    probability_to: Annotated[float, Field(description="The probabilities of the group lie below this.")]
    forecasts: Annotated[int, Field(description="Forecasts of a close in the group; neighbours overlap.")]
    mean_probability: Annotated[float, Field(description="Mean of the probabilities that were given.")]
    frequency: Annotated[float, Field(description="Share of the closes that came above the last one.")]


class Scorecard(BaseModel):
    """
    How this model would have done on this symbol, from past issue dates only.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    forecasts: Annotated[int, Field(description="Number of past forecasts at the longest horizon.")]
    first_issued_on: Annotated[
        date_aliased | None, Field(description="Issue date of the first one; null: there is none.")
    ]
    last_issued_on: Annotated[
        date_aliased | None, Field(description="Issue date of the last one; null: there is none.")
    ]
    horizons: Annotated[list[HorizonScore], Field(description="How they did, by distance.")]
    calibration: Annotated[
        list[Calibration] | None,
        Field(
            description="Central bands of 10 to 95 % at the longest horizon; empty in documents of version 1.",
            validate_default=True,
        ),
    ] = []
    reliability: Annotated[
        list[Reliability] | None,
        Field(
            description="Of the probability of a higher close, by tenths; empty in older documents.",
            validate_default=True,
        ),
    ] = []
    past: Annotated[list[PastForecast], Field(description="Predicted against actual, longest horizon.")]
    trained_through: Annotated[
        date_aliased | None, Field(description="No data after this day was used by the model that is scored.")
    ]
    sentence: Annotated[str, Field(description="What the figures mean, in words.")]


class Advantage(BaseModel):
    """
    Whether a difference to a simpler forecast is more than chance (Diebold and Mariano 1995).
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    against: Annotated[str, Field(description="random_walk or drift.")]
    score: Annotated[str, Field(description="crps, or absolute_error of the median.")]
    ratio: Annotated[float | None, Field(description="Over the simpler forecast's; below 1 is better.")]
    p_value: Annotated[float | None, Field(description="Two-sided; null where the losses do not vary.")]


class EvaluationParameters(BaseModel):
    """
    One rolling evaluation's question: how would this model have done on this symbol?
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    symbol: Annotated[
        str,
        Field(
            description="Ticker symbol of a stored instrument.",
            pattern="^(\\^[A-Za-z0-9][A-Za-z0-9.\\-]{0,13}|[A-Za-z0-9][A-Za-z0-9.\\-=&]{0,14})$",
        ),
    ]
    model: Annotated[Literal["pooled", "symbol"] | None, Field(description="Which model is evaluated.")] = (
        "pooled"
    )
    horizon: Annotated[
        int | None, Field(description="Longest distance that is scored, in sessions.", ge=1, le=60)
    ] = 30
    years: Annotated[
        int | None,
        Field(description="Calendar years of issue dates, counted back from the last bar.", ge=1, le=25),
    ] = 10


class LiveRecord(BaseModel):
    """
    How the forecasts that were issued here did, as far as their sessions have come.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    symbol: Annotated[str, Field(description="Whose forecasts.")]
    model: Annotated[Literal["pooled", "symbol"], Field(description="Which model made them.")]
    forecasts: Annotated[int, Field(description="Issued forecasts, of which an issue date counts once.")]
    look_backs: Annotated[
        int, Field(description="Of these, the ones that were computed after their first session had come.")
    ]
    resolved: Annotated[int, Field(description="Forecast closes that have come.")]
    horizons: Annotated[list[HorizonScore], Field(description="One row for each distance that has come.")]
    sentence: Annotated[str, Field(description="What the figures mean, in words.")]


class CombinedLinks(BaseModel):
    """
    Addresses of the report and its parts, relative to the site.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    page: Annotated[str, Field(description="The page for people.")]
    json_: Annotated[str, Field(alias="json", description="The document as a file.")]
    pdf: Annotated[str, Field(description="The printed report.")]
    backtest: Annotated[str, Field(description="Page of the backtest.")]
    forecast: Annotated[str, Field(description="Page of the forecast.")]
    look_back: Annotated[str | None, Field(description="Page of the backcast; null without one.")]


class LookBackResult(BaseModel):
    """
    The backcast against the actual closes.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    sessions: Annotated[int, Field(description="Forecast sessions whose close is known.")]
    inside_80: Annotated[int, Field(description="Closes inside the 80 % band.")]
    inside_95: Annotated[int, Field(description="Closes inside the 95 % band.")]
    mean_absolute_error: Annotated[
        float, Field(description="Mean distance of the closes from the median, over the close at issue.")
    ]
    random_walk_error: Annotated[
        float, Field(description="The same for the close at issue carried on unchanged.")
    ]
    sentence: Annotated[str, Field(description="What the figures mean, in words.")]


class SchemaListing(BaseModel):
    """
    A published JSON Schema.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    name: Annotated[str, Field(description="What it describes.")]
    version: Annotated[int, Field(description="The `schema_version` of documents that it describes.")]
    address: Annotated[str, Field(description="Where this version is, relative to the site.")]


class ProblemError(BaseModel):
    """
    One thing wrong with one field of a request.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    pointer: Annotated[
        str, Field(description="JSON pointer (RFC 6901) into the body; empty: the body as a whole.")
    ]
    field: Annotated[str, Field(description="Name of the field, or of the parameter of the URL.")]
    detail: Annotated[str, Field(description="What is wrong with it, and what is possible.")]
    line: Annotated[int | None, Field(description="Line of a text, from 1, where it is wrong.")] = None
    column: Annotated[int | None, Field(description="Column of that line, from 1.")] = None


class Problem(BaseModel):
    """
    An error as RFC 9457 describes it: what went wrong, in words for people, and where.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    type: Annotated[str, Field(description="about:blank: the status says what kind of problem it is.")]
    title: Annotated[str, Field(description="The phrase of the status.")]
    status: Annotated[int, Field(description="The HTTP status.")]
    detail: Annotated[str, Field(description="The cause, and what to do next.")]
    errors: Annotated[
        list[ProblemError] | None, Field(description="Each wrong field, where the problem is about fields.")
    ] = None


class ActionDocument(BaseModel):
    """
    A split or dividend, effective before the open of its day.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    date: Annotated[date_aliased, Field(description="Day from whose open on it holds.")]
    kind: Annotated[Literal["split", "dividend"], Field(description="A split, or a cash dividend.")]
    value: Annotated[
        float, Field(description="New shares for one old share, or the dividend a share in currency.")
    ]


class InstrumentDocument(BaseModel):
    """
    What is stored about one instrument. Prices are raw, as traded.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    symbol: Annotated[str, Field(description="Ticker symbol.")]
    name: Annotated[str, Field(description="Name of the company or fund.")]
    exchange: Annotated[str, Field(description="ISO 10383 code of the exchange, for its calendar.")]
    currency: Annotated[str, Field(description="Code of the prices' currency; GBX is pence.")]
    source: Annotated[
        Literal["sample", "alpha_vantage", "tiingo", "file"], Field(description="Where the bars come from.")
    ]
    source_description: Annotated[str, Field(description="The source in words, for people.")]
    is_sample: Annotated[bool, Field(description="Whether these are the historical bars of the sample.")]
    bars: Annotated[int, Field(description="Number of daily bars stored.")]
    first: Annotated[date_aliased | None, Field(description="Date of the first bar.")]
    last: Annotated[date_aliased | None, Field(description="Date of the last bar.")]
    last_close: Annotated[float | None, Field(description="Close of the last bar.")]
    previous_close: Annotated[float | None, Field(description="Close of the bar before it.")]
    provisional: Annotated[bool, Field(description="Whether the last bar came before its session closed.")]
    fetched_at: Annotated[AwareDatetime, Field(description="When the source was last asked for bars.")]
    actions: Annotated[list[ActionDocument], Field(description="Splits and dividends, oldest first.")]


class CoverageDocument(BaseModel):
    """
    How complete an instrument's bars are. Null where its exchange has no calendar to tell by.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    symbol: Annotated[str, Field(description="Ticker symbol.")]
    bars: Annotated[int, Field(description="Number of daily bars stored, of any time.")]
    expected_from: Annotated[
        date_aliased | None, Field(description="First day of the time that should be complete.")
    ]
    expected_to: Annotated[date_aliased | None, Field(description="Last day of that time.")]
    sessions_held: Annotated[int | None, Field(description="Sessions of the expected ones that have a bar.")]
    sessions_expected: Annotated[
        int | None,
        Field(
            description="Sessions that should have one: of HISTORY_YEARS up to the last closed session, or those that the sample spans."
        ),
    ]
    sessions_missing: Annotated[
        int | None, Field(description="Of the expected ones after the first bar, those without a bar.")
    ]
    gaps: Annotated[
        list[GapDocument], Field(description="Runs of expected sessions without a bar, oldest first.")
    ]
    stale_sessions: Annotated[int | None, Field(description="Closed sessions since the last bar.")]
    provisional_on: Annotated[
        date_aliased | None, Field(description="Day of the bar that came before its session closed.")
    ]
    quarantined: Annotated[
        list[QuarantinedDocument],
        Field(description="Bars that the source sent and that are kept out of the prices, oldest first."),
    ]
    last_error: Annotated[str | None, Field(description="Why the latest fetch failed; null: it did not.")]
    next_attempt_at: Annotated[
        AwareDatetime | None,
        Field(description="When the symbol is fetched next, by a waiting job or the schedule; null: never."),
    ]
    complete_on: Annotated[
        date_aliased | None, Field(description="About when a free key has gathered every expected session.")
    ]
    sentence: Annotated[str, Field(description="How complete the bars are, in words.")]


class ImportDocument(BaseModel):
    """
    What an import from a file brought.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    symbols: Annotated[list[str], Field(description="The symbols that the rows are of.")]
    rows: Annotated[int, Field(description="Rows of the file that are bars and were taken in.")]
    inserted: Annotated[int, Field(description="Bars of days that had none.")]
    changed: Annotated[int, Field(description="Bars that differ from the stored ones and replaced them.")]
    unchanged: Annotated[int, Field(description="Bars that were stored as they are.")]
    kept: Annotated[
        int, Field(description="Bars that differ from the provider's of the same days, which stay.")
    ]
    revisions: Annotated[int, Field(description="Values that changed; old and new ones are kept.")]
    removed: Annotated[int, Field(description="Bars of the historical sample that were replaced.")]
    set_aside: Annotated[
        list[SetAsideDocument], Field(description="Rows that are no bars, by line; up to 1,000.")
    ]
    notices: Annotated[list[str], Field(description="What the user must know about these bars.")]
    format: Annotated[FormatDocument, Field(description="What was recognised.")]
    sentence: Annotated[str, Field(description="The same in words.")]


class JobDocument(BaseModel):
    """
    How far a piece of background work has come.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    id: Annotated[UUID, Field(description="Names the job in URLs.")]
    kind: Annotated[str, Field(description="What the job does, for example fetch_bars.")]
    subject: Annotated[str, Field(description="What it is about, mostly a symbol.")]
    state: Annotated[
        Literal["queued", "running", "succeeded", "failed", "cancelled"],
        Field(description="queued and running are active; the other three are final."),
    ]
    progress: Annotated[float, Field(description="Fraction done.", ge=0.0, le=1.0)]
    step: Annotated[str, Field(description="What is being done now.")]
    error: Annotated[str | None, Field(description="Why it failed, and what to do.")]
    result: Annotated[
        dict[str, Any] | None,
        Field(
            description="What the work made, by kind, such as a sweep's id; `url` is where the API has it, `page` the page that shows it. Null until it succeeded."
        ),
    ]
    next_attempt_at: Annotated[
        AwareDatetime | None,
        Field(description="A queued job with this is parked until then; its step says why. Else null."),
    ]
    created_at: Annotated[AwareDatetime, Field(description="When it was asked for, UTC.")]
    started_at: Annotated[
        AwareDatetime | None, Field(description="When the last attempt began, UTC; null: not yet.")
    ]
    finished_at: Annotated[AwareDatetime | None, Field(description="When it ended, UTC; null: not yet.")]


class BacktestParameters(BaseModel):
    """
    One backtest's question. Equal parameters on equal data are the same run.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    symbol: Annotated[
        str,
        Field(
            description="Ticker symbol of a stored instrument.",
            pattern="^(\\^[A-Za-z0-9][A-Za-z0-9.\\-]{0,13}|[A-Za-z0-9][A-Za-z0-9.\\-=&]{0,14})$",
        ),
    ]
    start: Annotated[date_aliased | None, Field(description="First day to trade; null: the first bar.")] = (
        None
    )
    end: Annotated[date_aliased | None, Field(description="Last day to trade; null: the last bar.")] = None
    initial_investment: Annotated[
        float | None,
        Field(description="Cash at the start, in the instrument's currency.", ge=0.01, le=1000000000000.0),
    ] = 10000
    rule: Annotated[
        Literal["ma_crossover", "price_crossover", "triple_ma", "macd", "ma_envelope", "custom"] | None,
        Field(description="When to buy and when to sell."),
    ] = "ma_crossover"
    buy: Annotated[
        str | None, Field(description="Condition to buy, of a custom rule: sma(20) crosses above sma(50).")
    ] = None
    sell: Annotated[str | None, Field(description="Condition to sell what was bought, of a custom rule.")] = (
        None
    )
    short: Annotated[str | None, Field(description="Condition to sell short, of a custom rule.")] = None
    cover: Annotated[
        str | None, Field(description="Condition to buy back what was sold short, of a custom rule.")
    ] = None
    average: Annotated[
        Literal["simple", "exponential", "weighted", "hull"] | None,
        Field(description="Kind of moving average."),
    ] = "simple"
    entry: Annotated[
        Literal["on_cross", "on_state"] | None, Field(description="Enter on a fresh cross, or on the state.")
    ] = "on_cross"
    direction: Annotated[
        Literal["long_only", "long_short", "short_only"] | None,
        Field(description="Sides of the market taken."),
    ] = "long_only"
    fill: Annotated[
        Literal["next_open", "same_close"] | None,
        Field(description="Price of a fill; same_close is optimistic."),
    ] = "next_open"
    stop_loss: Annotated[
        StopLoss | None,
        Field(description="Loss at which a trade is closed, as a fraction of its entry price."),
    ] = None
    take_profit: Annotated[
        TakeProfit | None,
        Field(description="Gain at which a trade is closed, as a fraction of its entry price."),
    ] = None
    trailing_stop: Annotated[
        TrailingStop | None, Field(description="Fall from the best price of a trade at which it is closed.")
    ] = None
    commission_rate: Annotated[
        float | None,
        Field(description="Share of the notional, on each side: 0.001 is 0.1 %.", ge=0.0, le=0.2),
    ] = 0.001
    commission_fixed: Annotated[
        float | None,
        Field(description="Amount for each order, in the instrument's currency.", ge=0.0, le=1000000.0),
    ] = 0
    slippage_bps: Annotated[
        float | None, Field(description="Worse fill price, in hundredths of a percent.", ge=0.0, le=1000.0)
    ] = 0
    position_size: Annotated[
        float | None, Field(description="Share of the equity put into a trade.", gt=0.0, le=1.0)
    ] = 1.0
    fractional_shares: Annotated[
        bool | None, Field(description="Whether parts of a share can be bought.")
    ] = True
    risk_free_rate: Annotated[
        float | None,
        Field(description="Yearly rate subtracted in Sharpe, Sortino and alpha.", ge=-0.1, le=1.0),
    ] = 0
    adjustment: Annotated[
        Literal["none", "splits", "splits_and_dividends"] | None,
        Field(description="Corporate actions taken out of the prices."),
    ] = "splits"
    values: Annotated[
        dict[str, float] | None,
        Field(
            description="Values of a custom rule's parameters, by name; those left out have defaults.",
            max_length=12,
        ),
    ] = None
    fast: Annotated[int | None, Field(description="Bars in the fast average.", ge=1, le=1000)] = 20
    middle: Annotated[
        int | None, Field(description="Bars in the middle average, of a rule with three.", ge=2, le=1500)
    ] = 30
    slow: Annotated[int | None, Field(description="Bars in the slow average.", ge=2, le=2000)] = 50
    signal: Annotated[
        int | None, Field(description="Bars in the signal line, the average of the MACD line.", ge=2, le=1000)
    ] = 9
    band: Annotated[
        float | None,
        Field(description="Distance of the bands from their average: 0.025 is 2.5 %.", ge=0.0, le=0.5),
    ] = 0.025
    compare_with: Annotated[
        CompareWith | None,
        Field(description="Another stored symbol to buy and hold beside the strategy; null: none."),
    ] = None


class CalendarReturns(BaseModel):
    """
    Returns by the calendar. The product of all 1 + r in a column is one plus the total return.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    monthly: Annotated[ReturnsByPeriod, Field(description="By month.")]
    yearly: Annotated[ReturnsByPeriod, Field(description="By year.")]


class Comparison(BaseModel):
    """
    Another share, bought and held over the same days with the same costs.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    symbol: Annotated[str, Field(description="Ticker symbol of the other share.")]
    metrics: Annotated[Metrics, Field(description="Alpha and beta against buy and hold, as everywhere.")]
    undefined: Annotated[dict[str, str], Field(description="Why figures are null, by metric.")]
    data: Annotated[DataDocument, Field(description="Where its bars come from.")]


class CustomRuleDocument(BaseModel):
    """
    A custom rule: as text, as a tree, and in words.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    language_version: Annotated[int, Field(description="Of the language that the text is written in.")]
    text: Annotated[str, Field(description="The clauses with names for parameters, a line each.")]
    bound_text: Annotated[str, Field(description="The same with the values of its parameters.")]
    tree: Annotated[dict[str, JsonObject], Field(description="By clause, the condition taken apart.")]
    reading: Annotated[str, Field(description="What the rule does, in a sentence.")]


class IndicatorLine(BaseModel):
    """
    A line that the rule decides by, one value for each bar of the traded period.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    key: Annotated[str, Field(description="What it is for the rule: fast, slow, upper, macd, ...")]
    label: Annotated[str, Field(description="Its name in a legend.")]
    panel: Annotated[
        Literal["price", "oscillator", "nowhere"],
        Field(description="Over the price, or in a panel of its own around zero."),
    ]
    values: Annotated[
        list[float | None], Field(description="At each close; null before the windows are full.")
    ]


class Series(BaseModel):
    """
    Columns of equal length, one value for each bar of the traded period.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    dates: Annotated[list[date_aliased], Field(description="Days with a bar, oldest first.")]
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
        list[float | None], Field(description="Sharpe ratio of the last 126 returns; null while undefined.")
    ]
    rolling_beta: Annotated[
        list[float | None], Field(description="Beta of the last 126 returns; null while undefined.")
    ]
    comparison_equity: Annotated[
        list[float] | None, Field(description="Of the compared symbol, bought and held; null without one.")
    ]


class Trade(BaseModel):
    """
    One round trip, or an open trade marked to the last close.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    entry_date: Annotated[date_aliased, Field(description="Date of the entry's fill.")]
    exit_date: Annotated[date_aliased, Field(description="Date of the exit; of the last bar when open.")]
    direction: Annotated[
        Literal["long", "short"], Field(description="long gains from rising prices, short from falling ones.")
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
    exit_reason: Annotated[
        Literal["signal", "stop_loss", "take_profit", "trailing_stop", "margin_call", "end_of_data"],
        Field(description="What ended the trade."),
    ]
    exit_clause: Annotated[
        str | None, Field(description="Of a custom rule: the condition that ended the trade, if one did.")
    ] = None
    open: Annotated[bool, Field(description="Whether it is still open at the last close.")]


class SweepParameters(BaseModel):
    """
    One sweep's question: every combination of the values of the rule's parameters is backtested.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    symbol: Annotated[
        str,
        Field(
            description="Ticker symbol of a stored instrument.",
            pattern="^(\\^[A-Za-z0-9][A-Za-z0-9.\\-]{0,13}|[A-Za-z0-9][A-Za-z0-9.\\-=&]{0,14})$",
        ),
    ]
    start: Annotated[date_aliased | None, Field(description="First day to trade; null: the first bar.")] = (
        None
    )
    end: Annotated[date_aliased | None, Field(description="Last day to trade; null: the last bar.")] = None
    initial_investment: Annotated[
        float | None,
        Field(description="Cash at the start, in the instrument's currency.", ge=0.01, le=1000000000000.0),
    ] = 10000
    rule: Annotated[
        Literal["ma_crossover", "price_crossover", "triple_ma", "macd", "ma_envelope", "custom"] | None,
        Field(description="When to buy and when to sell."),
    ] = "ma_crossover"
    buy: Annotated[
        str | None, Field(description="Condition to buy, of a custom rule: sma(20) crosses above sma(50).")
    ] = None
    sell: Annotated[str | None, Field(description="Condition to sell what was bought, of a custom rule.")] = (
        None
    )
    short: Annotated[str | None, Field(description="Condition to sell short, of a custom rule.")] = None
    cover: Annotated[
        str | None, Field(description="Condition to buy back what was sold short, of a custom rule.")
    ] = None
    average: Annotated[
        Literal["simple", "exponential", "weighted", "hull"] | None,
        Field(description="Kind of moving average."),
    ] = "simple"
    entry: Annotated[
        Literal["on_cross", "on_state"] | None, Field(description="Enter on a fresh cross, or on the state.")
    ] = "on_cross"
    direction: Annotated[
        Literal["long_only", "long_short", "short_only"] | None,
        Field(description="Sides of the market taken."),
    ] = "long_only"
    fill: Annotated[
        Literal["next_open", "same_close"] | None,
        Field(description="Price of a fill; same_close is optimistic."),
    ] = "next_open"
    stop_loss: Annotated[
        StopLoss | None,
        Field(description="Loss at which a trade is closed, as a fraction of its entry price."),
    ] = None
    take_profit: Annotated[
        TakeProfit | None,
        Field(description="Gain at which a trade is closed, as a fraction of its entry price."),
    ] = None
    trailing_stop: Annotated[
        TrailingStop | None, Field(description="Fall from the best price of a trade at which it is closed.")
    ] = None
    commission_rate: Annotated[
        float | None,
        Field(description="Share of the notional, on each side: 0.001 is 0.1 %.", ge=0.0, le=0.2),
    ] = 0.001
    commission_fixed: Annotated[
        float | None,
        Field(description="Amount for each order, in the instrument's currency.", ge=0.0, le=1000000.0),
    ] = 0
    slippage_bps: Annotated[
        float | None, Field(description="Worse fill price, in hundredths of a percent.", ge=0.0, le=1000.0)
    ] = 0
    position_size: Annotated[
        float | None, Field(description="Share of the equity put into a trade.", gt=0.0, le=1.0)
    ] = 1.0
    fractional_shares: Annotated[
        bool | None, Field(description="Whether parts of a share can be bought.")
    ] = True
    risk_free_rate: Annotated[
        float | None,
        Field(description="Yearly rate subtracted in Sharpe, Sortino and alpha.", ge=-0.1, le=1.0),
    ] = 0
    adjustment: Annotated[
        Literal["none", "splits", "splits_and_dividends"] | None,
        Field(description="Corporate actions taken out of the prices."),
    ] = "splits"
    values: Annotated[
        dict[str, SteppedRange | list[float] | float] | None,
        Field(
            description="Values of a custom rule's parameters, by name: ranges, lists or single ones.",
            max_length=12,
        ),
    ] = None
    fast: Annotated[
        SteppedRange | list[float] | float | None, Field(description="Bars in the fast average.")
    ] = None
    middle: Annotated[
        SteppedRange | list[float] | float | None,
        Field(description="Bars in the middle average, of a rule with three.", validate_default=True),
    ] = 30
    slow: Annotated[
        SteppedRange | list[float] | float | None, Field(description="Bars in the slow average.")
    ] = None
    signal: Annotated[
        SteppedRange | list[float] | float | None,
        Field(description="Bars in the signal line, the average of the MACD line.", validate_default=True),
    ] = 9
    band: Annotated[
        SteppedRange | list[float] | float | None,
        Field(description="Distance of the bands from their average: 0.025 is 2.5 %.", validate_default=True),
    ] = 0.025
    objective: Annotated[
        Literal[
            "total_return",
            "cagr",
            "sharpe",
            "sortino",
            "calmar",
            "max_drawdown",
            "trades",
            "exposure",
            "win_rate",
        ]
        | None,
        Field(description="Figure that the best combination has most of."),
    ] = "sharpe"
    minimum_trades: Annotated[
        int | None, Field(description="Combinations with fewer trades cannot be the best.", ge=0, le=10000)
    ] = 1
    walk_forward: Annotated[
        WalkForwardPlan | None, Field(description="How the bars are cut to choose by the past alone.")
    ] = None


class Band(BaseModel):
    """
    Quantiles of one figure over the draws, and the figure as it came.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    low_90: Annotated[float, Field(description="5 % of the draws lie below.")]
    low_50: Annotated[float, Field(description="25 % of the draws lie below.")]
    median: Annotated[float, Field(description="Half of the draws lie below.")]
    high_50: Annotated[float, Field(description="25 % of the draws lie above.")]
    high_90: Annotated[float, Field(description="5 % of the draws lie above.")]
    observed: Annotated[float | None, Field(description="As it came; null where undefined.")]


class BootstrapDocument(BaseModel):
    """
    How else the returns of the best combination could have come out.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    draws: Annotated[int, Field(description="Number of draws.")]
    block_length: Annotated[int, Field(description="Mean length of a block, in bars.")]
    final_equity: Annotated[Band, Field(description="Equity at the last close, in currency.")]
    max_drawdown: Annotated[Band, Field(description="Worst fall from a peak; zero or negative.")]
    sharpe: Annotated[Band, Field(description="Mean excess return over its deviation, a year.")]
    probability_of_loss: Annotated[float, Field(description="Share of draws that end below the start.")]
    series: Annotated[BandSeries, Field(description="What charts draw, as columns.")]


class Cell(BaseModel):
    """
    One combination with its figures, as `Cells` has them.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    index: Annotated[int, Field(description="Its place in the columns of `cells`.")]
    fast: Annotated[int | None, Field(description="Bars in the fast average; null for a rule that has none.")]
    middle: Annotated[
        int | None, Field(description="Bars in the middle average; null for a rule that has none.")
    ]
    slow: Annotated[int | None, Field(description="Bars in the slow average; null for a rule that has none.")]
    signal: Annotated[
        int | None, Field(description="Bars in the signal line; null for a rule that has none.")
    ]
    band: Annotated[float | None, Field(description="Distance of the bands; null for a rule that has none.")]
    values: Annotated[
        dict[str, float] | None,
        Field(description="Of a custom rule's parameters, by name; null for any other."),
    ] = None
    total_return: Annotated[float | None, Field(description="Final over initial equity, minus one.")]
    cagr: Annotated[float | None, Field(description="Compound annual growth rate, 252 bars a year.")]
    sharpe: Annotated[float | None, Field(description="Mean excess return over its deviation, a year.")]
    sortino: Annotated[float | None, Field(description="Mean excess return over downside deviation, a year.")]
    calmar: Annotated[float | None, Field(description="CAGR over the max drawdown.")]
    max_drawdown: Annotated[float | None, Field(description="Worst fall from a peak; zero or negative.")]
    trades: Annotated[int, Field(description="Trades, an open one included.")]
    exposure: Annotated[float | None, Field(description="Share of bars with a position at the close.")]
    win_rate: Annotated[float | None, Field(description="Share of trades with a profit.")]
    neighbourhood: Annotated[
        float | None, Field(description="Mean of the objective over it and those next to it on every axis.")
    ]


class Cells(BaseModel):
    """
    Every combination as columns of equal length. Fractions are fractions: 0.1 is 10 %.

    Each figure is exactly that of the single backtest with these parameters.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    fast: Annotated[
        list[int] | None, Field(description="Bars in the fast average; null for a rule that has none.")
    ]
    middle: Annotated[
        list[int] | None, Field(description="Bars in the middle average; null for a rule that has none.")
    ]
    slow: Annotated[
        list[int] | None, Field(description="Bars in the slow average; null for a rule that has none.")
    ]
    signal: Annotated[
        list[int] | None, Field(description="Bars in the signal line; null for a rule that has none.")
    ]
    band: Annotated[
        list[float] | None, Field(description="Distance of the bands; null for a rule that has none.")
    ]
    values: Annotated[
        dict[str, list[float]] | None,
        Field(description="Of a custom rule's parameters, by name; null for any other."),
    ] = None
    total_return: Annotated[list[float | None], Field(description="Final over initial equity, minus one.")]
    cagr: Annotated[list[float | None], Field(description="Compound annual growth rate, 252 bars a year.")]
    sharpe: Annotated[list[float | None], Field(description="Mean excess return over its deviation, a year.")]
    sortino: Annotated[
        list[float | None], Field(description="Mean excess return over downside deviation, a year.")
    ]
    calmar: Annotated[list[float | None], Field(description="CAGR over the max drawdown.")]
    max_drawdown: Annotated[
        list[float | None], Field(description="Worst fall from a peak; zero or negative.")
    ]
    trades: Annotated[list[int], Field(description="Trades, an open one included.")]
    exposure: Annotated[list[float | None], Field(description="Share of bars with a position at the close.")]
    win_rate: Annotated[list[float | None], Field(description="Share of trades with a profit.")]
    neighbourhood: Annotated[
        list[float | None],
        Field(description="Mean of the objective over the combination and those next to it on every axis."),
    ]


class Verdict(BaseModel):
    """
    Whether the best combination means anything. Probabilities are fractions.

    Fields with defaults are missing in documents of earlier versions.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    trials: Annotated[int, Field(description="Combinations of this sweep.")]
    trials_ever: Annotated[
        int,
        Field(
            description="Different combinations ever tried on this symbol, by any sweep or backtest and on any version of its data; those with equal returns count once."
        ),
    ]
    independent_trials: Annotated[
        int | None, Field(description="Clusters of correlated returns among them.")
    ] = None
    skewness: Annotated[float | None, Field(description="Of the best one's returns.")]
    kurtosis: Annotated[
        float | None, Field(description="Of the best one's returns; 3 for a normal distribution.")
    ]
    probabilistic_sharpe: Annotated[
        float | None,
        Field(description="Probabilistic Sharpe ratio (PSR) of the best one: above 0.95 is clear of zero."),
    ]
    deflated_sharpe: Annotated[
        float | None,
        Field(description="The same, above what the best of this sweep's combinations reaches by chance."),
    ]
    deflated_sharpe_ever: Annotated[
        float | None, Field(description="The same, counting all trials ever made on this symbol.")
    ]
    deflated_sharpe_independent: Annotated[
        float | None, Field(description="The same, counting independent trials instead.")
    ] = None
    chance_sharpe: Annotated[
        float | None,
        Field(description="Sharpe ratio, a year, that the best of all trials ever reaches by chance."),
    ] = None
    autocorrelation: Annotated[
        float | None, Field(description="Of the best one's returns, from bar to bar.")
    ] = None
    minimum_track_record_years: Annotated[
        float | None,
        Field(description="Years that the best one's Sharpe ratio needs to exceed chance at 95 %."),
    ] = None
    probability_of_overfitting: Annotated[
        float | None,
        Field(description="Share of splits in which the best of one half is below the other's median."),
    ]
    probability_of_loss: Annotated[
        float | None, Field(description="Share of splits in which the best of one half loses in the other.")
    ]
    overfitting_by_chance: Annotated[
        float | None,
        Field(description="Median of the probability of overfitting on series without a pattern."),
    ] = None
    overfitting_p_value: Annotated[
        float | None,
        Field(description="Share of such series on which choosing failed as rarely, or more rarely."),
    ] = None
    splits: Annotated[int, Field(description="Splits of the bars that were looked at.")]
    spa_p_value: Annotated[
        float | None,
        Field(description="Probability of so large a lead over buy and hold if no combination were better."),
    ]
    spa_p_value_exposure_matched: Annotated[
        float | None,
        Field(
            description="The same against each combination's own exposure: its share of days in the market times buy and hold, the rest in cash."
        ),
    ] = None
    best_p_value_exposure_matched: Annotated[
        float | None, Field(description="Of the best one in that test, adjusted for all trials by StepM.")
    ] = None
    survivors: Annotated[
        list[int] | None,
        Field(description="Places in `cells` of the combinations that pass that test at 5 %, by StepM."),
    ] = []
    draws: Annotated[int, Field(description="Draws of the bootstrap behind it.")]
    block_length: Annotated[
        int | None, Field(description="Mean length of the bootstrap's blocks, in bars.")
    ] = None
    headline: Annotated[
        Literal["none", "weak", "strong"] | None,
        Field(description="Evidence of skill: none, weak or strong, by the table of rules in the methods."),
    ] = None
    tests: Annotated[
        list[VerdictTestDocument] | None,
        Field(description="Each test in words, the decisive one first.", validate_default=True),
    ] = []
    sentence: Annotated[str, Field(description="The verdict in words.")]
    caveats: Annotated[list[str], Field(description="What limits these figures.")]


class WalkForwardDocument(BaseModel):
    """
    Choosing by the past alone, stretch after stretch, traded as one strategy.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    scheme: Annotated[Literal["rolling", "anchored"], Field(description="Which bars a choice looks back on.")]
    train_bars: Annotated[int, Field(description="Bars that a choice looks back on.")]
    test_bars: Annotated[int, Field(description="Bars that a choice is traded for.")]
    stretches: Annotated[list[WalkForwardStretch], Field(description="The choices, oldest first.")]
    metrics: Annotated[Metrics, Field(description="Out of sample, all stretches together.")]
    hindsight: Annotated[
        Metrics | None, Field(description="Of the combination that was best over the whole period.")
    ]
    benchmark: Annotated[Metrics, Field(description="Buy and hold over the same bars.")]
    efficiency: Annotated[
        float | None, Field(description="Mean Sharpe ratio after the choices over the mean before them.")
    ]
    choices: Annotated[int, Field(description="Different combinations chosen.")]
    stability: Annotated[list[ParameterStability], Field(description="How steady the chosen values were.")]
    sentence: Annotated[str, Field(description="The outcome in words.")]
    series: Annotated[WalkForwardSeries, Field(description="What charts draw, as columns.")]


class UniverseListing(BaseModel):
    """
    A sweep over many symbols without its rows.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    id: Annotated[str, Field(description="Hash of parameters, symbols, their bars and the engine.")]
    created_at: Annotated[AwareDatetime, Field(description="When it was asked for first, UTC.")]
    parameters: Annotated[UniverseParameters, Field(description="The question, with every default.")]
    symbols: Annotated[int, Field(description="Symbols asked for.")]
    page: Annotated[str, Field(description="Its page, relative to the site.")]


class UniversePage(BaseModel):
    """
    A page of the list of sweeps over many symbols.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    items: Annotated[list[UniverseListing], Field(description="Newest first.")]
    next: Annotated[str | None, Field(description="The cursor of the next page; null: this is the last one.")]


class UniverseDocument(BaseModel):
    """
    A sweep over many symbols, as far as it has come.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    schema_: Annotated[
        Literal["hindcast.universe"], Field(alias="schema", description="What kind of document this is.")
    ] = "hindcast.universe"
    schema_version: Annotated[int | None, Field(description="Version of that kind.")] = 2
    id: Annotated[str, Field(description="Hash of parameters, symbols, their bars and the engine.")]
    created_at: Annotated[AwareDatetime, Field(description="When it was asked for, UTC.")]
    parameters: Annotated[UniverseParameters, Field(description="The question, with every default.")]
    symbols: Annotated[int, Field(description="Symbols asked for.")]
    done: Annotated[int, Field(description="Symbols computed, or found impossible.")]
    is_complete: Annotated[bool, Field(description="Whether every symbol is done.")]
    rows: Annotated[list[UniverseRow], Field(description="Symbols by their best objective, best first.")]
    failures: Annotated[list[UniverseFailure], Field(description="Symbols that could not be swept.")]
    distribution: Annotated[Distribution | None, Field(description="Null while nothing is done.")]
    verdict: Annotated[UniverseVerdict | None, Field(description="Null until every symbol is done.")]
    page: Annotated[str, Field(description="Its page, relative to the site.")]


class RecordListing(BaseModel):
    """
    A live record as lists show it.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    id: Annotated[UUID, Field(description="Names the record in URLs.")]
    name: Annotated[str, Field(description="What it is called.")]
    symbol: Annotated[str, Field(description="Ticker symbol of the share.")]
    state: Annotated[Literal["active", "paused", "ended"], Field(description="Whether it goes on.")]
    backtest: Annotated[str, Field(description="The id of the backtest that was frozen.")]
    created_at: Annotated[AwareDatetime, Field(description="When it was frozen, UTC.")]
    frozen_on: Annotated[date_aliased, Field(description="The last session that was known then.")]


class RecordPage(BaseModel):
    """
    A page of live records, newest first.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    items: Annotated[list[RecordListing], Field(description="The records of this page.")]
    next: Annotated[str | None, Field(description="The cursor of the next page; null: this is the last one.")]
    deleted: Annotated[int, Field(description="Records that you deleted.")]
    deleted_behind: Annotated[int, Field(description="Those of them that were behind buy and hold.")]


class RecordVerdict(BaseModel):
    """
    Whether the record keeps the band, by a test that may be looked at every day.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    state: Annotated[
        Literal["too_early", "inside", "left", "no_band"],
        Field(description="left: it fell below the limit of the test."),
    ]
    sentence: Annotated[str, Field(description="The verdict in words, with its error.")]
    sessions_below: Annotated[
        int, Field(description="Sessions in a row, up to the last, below the lowest line of the fan.")
    ]
    left_on: Annotated[date_aliased | None, Field(description="The first day below the limit of the test.")]
    earliest_session: Annotated[int, Field(description="Session of each year at which it can be told first.")]
    error: Annotated[float, Field(description="Chance a year that a record as good as its backtest leaves.")]


class ForecastParameters(BaseModel):
    """
    One forecast's question.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    symbol: Annotated[
        str,
        Field(
            description="Ticker symbol of a stored instrument.",
            pattern="^(\\^[A-Za-z0-9][A-Za-z0-9.\\-]{0,13}|[A-Za-z0-9][A-Za-z0-9.\\-=&]{0,14})$",
        ),
    ]
    horizon: Annotated[int | None, Field(description="Sessions to look ahead.", ge=1, le=60)] = 30
    as_of: Annotated[
        date_aliased | None,
        Field(description="Issue date, for a backcast; nothing later is used. Null: the last bar."),
    ] = None
    model: Annotated[
        Literal["pooled", "symbol"] | None,
        Field(description="pooled: one model for all symbols; symbol: calibrated by train_ml_model."),
    ] = "pooled"


class ForecastDocument(BaseModel):
    """
    A forecast: the question, the data, the answer, and what the answer is worth.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    id: Annotated[
        str, Field(description="Hash of parameters, stated data, engine or model, and schema version.")
    ]
    generated_at: Annotated[AwareDatetime, Field(description="When it was computed, UTC.")]
    parameters: Annotated[ForecastParameters, Field(description="The request, with every default.")]
    data: Annotated[DataDocument, Field(description="Where the bars come from, and what is wrong with them.")]
    summary: Annotated[str, Field(description="The result in a sentence.")]
    notices: Annotated[list[str], Field(description="What a reader must know, the most important first.")]
    disclosure: Annotated[
        str, Field(description="What such a result leaves out or cannot know, in sentences.")
    ]
    schema_: Annotated[
        Literal["hindcast.forecast"], Field(alias="schema", description="What kind of document this is.")
    ] = "hindcast.forecast"
    schema_version: Annotated[
        int | None,
        Field(description="Version of that kind; a field is removed or changed in a new one only."),
    ] = 2
    issued_on: Annotated[date_aliased, Field(description="Date of the last bar used.")]
    last_close: Annotated[float, Field(description="Close of that bar, in the instrument's currency.")]
    model: Annotated[ModelDocument, Field(description="The model that forecast.")]
    points: Annotated[list[Point], Field(description="The forecast, a point for each session.")]
    history: Annotated[History, Field(description="Closes up to the issue date.")]
    scorecard: Annotated[Scorecard, Field(description="What such forecasts were worth in the past.")]
    versions: Annotated[ForecastVersions, Field(description="Of what computed the document.")]
    links: Annotated[ForecastLinks, Field(description="The same forecast in other forms.")]


class EvaluationDocument(BaseModel):
    """
    A rolling evaluation: the forecasts that a model would have made, and what came.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    schema_: Annotated[
        Literal["hindcast.evaluation"], Field(alias="schema", description="What kind of document this is.")
    ] = "hindcast.evaluation"
    schema_version: Annotated[
        int | None,
        Field(description="Version of that kind; a field is removed or changed in a new one only."),
    ] = 1
    id: Annotated[str, Field(description="Hash of parameters, stated data and model.")]
    generated_at: Annotated[AwareDatetime, Field(description="When it was computed, UTC.")]
    parameters: Annotated[EvaluationParameters, Field(description="The question, with every default.")]
    data: Annotated[DataDocument, Field(description="Where the bars come from, and what is wrong with them.")]
    model_version: Annotated[str, Field(description="The model before any calibration to the symbol.")]
    trained_through: Annotated[
        date_aliased, Field(description="No data after this day was used in training it.")
    ]
    forecasts: Annotated[int, Field(description="Issue dates, five sessions apart.")]
    first_issued_on: Annotated[date_aliased, Field(description="First issue date.")]
    last_issued_on: Annotated[date_aliased, Field(description="Last issue date.")]
    horizons: Annotated[list[HorizonScore], Field(description="One row for each distance.")]
    periods: Annotated[
        list[Period], Field(description="The third of the years that moved most, and the rest.")
    ]
    advantages: Annotated[list[Advantage], Field(description="Tests against simpler forecasts.")]
    calibration: Annotated[
        list[Calibration], Field(description="Central bands of 10 to 95 % at the longest distance.")
    ]
    reliability: Annotated[
        list[Reliability] | None,
        Field(
            description="Of the probability of a higher close, by tenths; empty in older documents.",
            validate_default=True,
        ),
    ] = []
    past: Annotated[list[PastForecast], Field(description="Predicted against actual, longest horizon.")]
    sentence: Annotated[str, Field(description="What the figures mean, in words.")]


class ScorecardDocument(BaseModel):
    """
    All that is known of how one symbol's forecasts do.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    symbol: Annotated[str, Field(description="Whose forecasts.")]
    model: Annotated[Literal["pooled", "symbol"], Field(description="Which model made them.")]
    issued: Annotated[LiveRecord, Field(description="What became of the forecasts that were issued.")]
    evaluation: Annotated[
        EvaluationDocument | None, Field(description="The newest rolling evaluation; null before the first.")
    ]


class JobPage(BaseModel):
    """
    A page of jobs, newest first.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    items: Annotated[list[JobDocument], Field(description="The jobs of this page.")]
    next: Annotated[str | None, Field(description="The cursor of the next page; null: this is the last one.")]


class BacktestListing(BaseModel):
    """
    A stored backtest as lists show it.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    id: Annotated[str, Field(description="Names the run in URLs.")]
    symbol: Annotated[str, Field(description="Ticker symbol of the share.")]
    created_at: Annotated[AwareDatetime, Field(description="When it was first computed, UTC.")]
    parameters: Annotated[BacktestParameters, Field(description="The question, with every default.")]
    summary: Annotated[str, Field(description="The result in a sentence, beside buy and hold.")]
    total_return: Annotated[float, Field(description="Final over initial equity, minus one: 0.1 is 10 %.")]
    benchmark_total_return: Annotated[float, Field(description="The same of buy and hold.")]
    links: Annotated[BacktestLinks, Field(description="The run in its forms.")]


class BacktestPage(BaseModel):
    """
    A page of stored backtests, newest first.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    items: Annotated[list[BacktestListing], Field(description="The runs of this page.")]
    next: Annotated[str | None, Field(description="The cursor of the next page; null: this is the last one.")]


class BacktestDocument(BaseModel):
    """
    A backtest: the question, the data, the answer, and what the answer is worth.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    id: Annotated[
        str, Field(description="Hash of parameters, stated data, engine or model, and schema version.")
    ]
    generated_at: Annotated[AwareDatetime, Field(description="When it was computed, UTC.")]
    parameters: Annotated[BacktestParameters, Field(description="The request, with every default.")]
    data: Annotated[DataDocument, Field(description="Where the bars come from, and what is wrong with them.")]
    summary: Annotated[str, Field(description="The result in a sentence.")]
    notices: Annotated[list[str], Field(description="What a reader must know, the most important first.")]
    disclosure: Annotated[
        str, Field(description="What such a result leaves out or cannot know, in sentences.")
    ]
    schema_: Annotated[
        Literal["hindcast.backtest"], Field(alias="schema", description="What kind of document this is.")
    ] = "hindcast.backtest"
    schema_version: Annotated[
        int | None,
        Field(description="Version of that kind; a field is removed or changed in a new one only."),
    ] = 2
    custom: Annotated[
        CustomRuleDocument | None, Field(description="The custom rule; null for a built-in one.")
    ] = None
    period: Annotated[Period, Field(description="The traded days.")]
    unadjusted_splits: Annotated[
        list[date_aliased],
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


class SweepListing(BaseModel):
    """
    A stored sweep as lists show it.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    id: Annotated[str, Field(description="Names the sweep in URLs.")]
    symbol: Annotated[str, Field(description="Ticker symbol of the share.")]
    created_at: Annotated[AwareDatetime, Field(description="When it was first computed, UTC.")]
    parameters: Annotated[SweepParameters, Field(description="The question, with every default.")]
    summary: Annotated[str, Field(description="The result in a sentence.")]
    trials: Annotated[int, Field(description="Combinations that were backtested.")]
    links: Annotated[SweepLinks, Field(description="The sweep in its forms.")]


class SweepPage(BaseModel):
    """
    A page of stored sweeps, newest first.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    items: Annotated[list[SweepListing], Field(description="The sweeps of this page.")]
    next: Annotated[str | None, Field(description="The cursor of the next page; null: this is the last one.")]


class SweepDocument(BaseModel):
    """
    A sweep: the question, the data, every combination, and what the best of them is worth.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    id: Annotated[
        str, Field(description="Hash of parameters, stated data, engine or model, and schema version.")
    ]
    generated_at: Annotated[AwareDatetime, Field(description="When it was computed, UTC.")]
    parameters: Annotated[SweepParameters, Field(description="The request, with every default.")]
    data: Annotated[DataDocument, Field(description="Where the bars come from, and what is wrong with them.")]
    summary: Annotated[str, Field(description="The result in a sentence.")]
    notices: Annotated[list[str], Field(description="What a reader must know, the most important first.")]
    disclosure: Annotated[
        str, Field(description="What such a result leaves out or cannot know, in sentences.")
    ]
    schema_: Annotated[
        Literal["hindcast.sweep"], Field(alias="schema", description="What kind of document this is.")
    ] = "hindcast.sweep"
    schema_version: Annotated[
        int | None,
        Field(description="Version of that kind; a field is removed or changed in a new one only."),
    ] = 3
    period: Annotated[Period, Field(description="The traded days.")]
    varied: Annotated[list[str], Field(description="The rule's parameters, in reading order.")]
    skipped: Annotated[int, Field(description="Combinations left out because their windows do not increase.")]
    cells: Annotated[Cells, Field(description="Every combination, as columns.")]
    best: Annotated[Cell | None, Field(description="Null where no combination qualifies.")]
    top: Annotated[list[Cell], Field(description="The best combinations, best first.")]
    benchmark: Annotated[Metrics, Field(description="Buy and hold, with the same costs.")]
    verdict: Annotated[Verdict, Field(description="Whether the best combination means anything.")]
    walk_forward: Annotated[
        WalkForwardDocument | None, Field(description="Choosing by the past alone; null for short periods.")
    ]
    bootstrap: Annotated[
        BootstrapDocument | None,
        Field(description="Bands of the best combination; null where there is none."),
    ]
    undefined: Annotated[
        dict[str, str], Field(description="Why figures of the verdict, or whole parts, are null, by name.")
    ]
    versions: Annotated[BacktestVersions, Field(description="Of what computed the document.")]
    links: Annotated[SweepLinks, Field(description="The same sweep in other forms.")]


class RecordDocument(BaseModel):
    """
    A live record: the frozen rule, what became of it, and the next order.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    id: Annotated[UUID, Field(description="Names the record in URLs.")]
    name: Annotated[str, Field(description="What it is called.")]
    symbol: Annotated[str, Field(description="Ticker symbol of the share.")]
    state: Annotated[Literal["active", "paused", "ended"], Field(description="Whether it goes on.")]
    backtest: Annotated[str, Field(description="The id of the backtest that was frozen.")]
    created_at: Annotated[AwareDatetime, Field(description="When it was frozen, UTC.")]
    frozen_on: Annotated[date_aliased, Field(description="The last session that was known then.")]
    engine_version: Annotated[str, Field(description="Of the engine at the freeze.")]
    parameters: Annotated[BacktestParameters, Field(description="What is traded; never changed.")]
    since: Annotated[RecordSince, Field(description="How it has done.")]
    position: Annotated[RecordPosition, Field(description="What is held.")]
    next_order: Annotated[RecordOrder | None, Field(description="For the next open; null: nothing to do.")]
    triggers: Annotated[list[RecordTrigger], Field(description="Closes that would give an order after it.")]
    band: Annotated[RecordBand | None, Field(description="The forecast; null: see the verdict for why.")]
    verdict: Annotated[RecordVerdict, Field(description="Whether it does as its backtest let expect.")]
    entries: Annotated[list[RecordEntry], Field(description="Oldest first.")]
    notices: Annotated[list[str], Field(description="What to know about its data.")]


class ForecastListing(BaseModel):
    """
    A stored forecast as lists show it; prices are in the instrument's currency.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    id: Annotated[str, Field(description="Names the forecast in URLs.")]
    symbol: Annotated[str, Field(description="Ticker symbol of the share.")]
    created_at: Annotated[AwareDatetime, Field(description="When it was issued, UTC.")]
    parameters: Annotated[ForecastParameters, Field(description="The question, with every default.")]
    issued_on: Annotated[date_aliased, Field(description="Date of the last bar used.")]
    currency: Annotated[str, Field(description="ISO 4217 code of the prices' currency.")]
    last_session: Annotated[date_aliased, Field(description="The farthest session forecast.")]
    median: Annotated[float, Field(description="Of that session's close.")]
    low_80: Annotated[float, Field(description="Lower edge of its 80 % band.")]
    high_80: Annotated[float, Field(description="Upper edge of its 80 % band.")]
    links: Annotated[ForecastLinks, Field(description="The forecast in its forms.")]


class ForecastPage(BaseModel):
    """
    A page of stored forecasts, newest first.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    items: Annotated[list[ForecastListing], Field(description="The forecasts of this page.")]
    next: Annotated[str | None, Field(description="The cursor of the next page; null: this is the last one.")]


class CombinedDocument(BaseModel):
    """
    What can be said about one share: three results and what they are worth.
    """

    model_config = ConfigDict(
        extra="ignore",
    )
    schema_: Annotated[
        Literal["hindcast.report"], Field(alias="schema", description="What kind of document this is.")
    ] = "hindcast.report"
    schema_version: Annotated[
        int | None,
        Field(description="Version of that kind; a field is removed or changed in a new one only."),
    ] = 1
    id: Annotated[str, Field(description="Hash of the identifiers of the parts.")]
    symbol: Annotated[str, Field(description="Ticker symbol of the share.")]
    name: Annotated[str, Field(description="Name of the company or fund.")]
    generated_at: Annotated[AwareDatetime, Field(description="When the newest of the parts was computed.")]
    notices: Annotated[list[str], Field(description="What a reader must know, such as a missing part.")]
    backtest: Annotated[
        BacktestDocument, Field(description="With the default rule and windows, or the chosen one.")
    ]
    forecast: Annotated[ForecastDocument, Field(description="From the last bar on, or the chosen one.")]
    look_back: Annotated[
        ForecastDocument | None,
        Field(description="Issued 30 sessions before the last bar; null where notices say why."),
    ]
    look_back_result: Annotated[
        LookBackResult | None, Field(description="Errors of the backcast; null without known closes.")
    ]
    disclosure: Annotated[str, Field(description="What hypothetical results leave out, in sentences.")]
    links: Annotated[CombinedLinks, Field(description="The report in its forms, and its parts.")]
