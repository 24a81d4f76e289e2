"""What may be asked of a backtest: the one definition of its parameters and their limits."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from ingestion.bars import Adjustment
from ingestion.symbols import Symbol
from ingestion.wording import SYMBOL_IN_WORDS
from jobs.limits import InWords
from strategies.engine.choices import Average, Direction, Entry, Fill, Rule
from strategies.engine.rules import RULES, RuleParameters

__all__ = ["Average", "BacktestParameters", "Direction", "Entry", "Fill", "Rule", "TradingParameters"]

USUAL = RuleParameters()
"""The defaults of what rules are tuned by."""


class OfOneSymbol(BaseModel):
    """What is asked about one stored instrument."""

    symbol: Annotated[
        Symbol,
        Field(description="Ticker symbol of a stored instrument."),
        SYMBOL_IN_WORDS,
    ]


class TradingParameters(BaseModel):
    """What backtests and sweeps have in common: the bars, the rule without its tuning, and the money."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    start: Annotated[
        date | None,
        Field(description="First day to trade; null: the first bar."),
        InWords("a day as year-month-day, or nothing for the first bar", hint="2005-01-31 is one"),
    ] = None
    end: Annotated[
        date | None,
        Field(description="Last day to trade; null: the last bar."),
        InWords("a day as year-month-day, or nothing for the last bar", hint="2012-12-31 is one"),
    ] = None
    initial_investment: Annotated[
        float,
        Field(ge=0.01, le=1e12, description="Cash at the start, in the instrument's currency."),
        InWords("an amount of money"),
    ] = 10_000
    rule: Annotated[Rule, Field(description="When to buy and when to sell."), InWords("one of the rules")] = (
        Rule.MA_CROSSOVER
    )
    average: Annotated[
        Average, Field(description="Kind of moving average."), InWords("a kind of average")
    ] = USUAL.average
    entry: Annotated[
        Entry, Field(description="Enter on a fresh cross, or on the state."), InWords("a kind of entry")
    ] = Entry.ON_CROSS
    direction: Annotated[
        Direction, Field(description="Sides of the market taken."), InWords("the sides of the market to take")
    ] = Direction.LONG_ONLY
    fill: Annotated[
        Fill, Field(description="Price of a fill; same_close is optimistic."), InWords("a price of fills")
    ] = Fill.NEXT_OPEN
    stop_loss: Annotated[
        float | None,
        Field(gt=0, le=1, description="Loss at which a trade is closed, as a fraction of its entry price."),
        InWords("a share of the entry price", hint="0.05 is 5 %, null is no stop"),
    ] = None
    take_profit: Annotated[
        float | None,
        Field(gt=0, le=100, description="Gain at which a trade is closed, as a fraction of its entry price."),
        InWords("a share of the entry price", hint="0.2 is 20 %, null is no target"),
    ] = None
    trailing_stop: Annotated[
        float | None,
        Field(gt=0, le=1, description="Fall from the best price of a trade at which it is closed."),
        InWords("a share of the best price", hint="0.1 is 10 %, null is no trailing stop"),
    ] = None
    commission_rate: Annotated[
        float,
        Field(ge=0, le=0.2, description="Share of the notional, on each side: 0.001 is 0.1 %."),
        InWords("a share of the traded amount", hint="0.001 is 0.1 %"),
    ] = 0.001
    commission_fixed: Annotated[
        float,
        Field(ge=0, le=1e6, description="Amount for each order, in the instrument's currency."),
        InWords("an amount of money for each order"),
    ] = 0
    slippage_bps: Annotated[
        float,
        Field(ge=0, le=1000, description="Worse fill price, in hundredths of a percent."),
        InWords("basis points", hint="5 make each fill 0.05 % worse"),
    ] = 0
    position_size: Annotated[
        float,
        Field(gt=0, le=1, description="Share of the equity put into a trade."),
        InWords("a share of the equity", hint="0.5 is half of it"),
    ] = 1.0
    fractional_shares: Annotated[
        bool,
        Field(description="Whether parts of a share can be bought."),
        InWords("true, for parts of a share, or false, for whole shares only"),
    ] = True
    risk_free_rate: Annotated[
        float,
        Field(ge=-0.1, le=1, description="Yearly rate subtracted in Sharpe, Sortino and alpha."),
        InWords("a yearly rate", hint="0.03 is 3 %"),
    ] = 0
    adjustment: Annotated[
        Adjustment,
        Field(description="Corporate actions taken out of the prices."),
        InWords("what to adjust prices for"),
    ] = Adjustment.SPLITS

    @field_validator("end")
    @classmethod
    def _end_follows_start(cls, end: date | None, info: ValidationInfo) -> date | None:
        start = info.data.get("start")
        if start is not None and end is not None and end <= start:
            raise ValueError(f"The last day must be after the first day, {start}.")
        return end


class BacktestParameters(TradingParameters, OfOneSymbol):
    """One backtest's question. Equal parameters on equal data are the same run."""

    fast: Annotated[
        int,
        Field(ge=1, le=1000, description="Bars in the fast average."),
        InWords("a whole number of bars"),
    ] = USUAL.fast
    middle: Annotated[
        int,
        Field(
            ge=2,
            le=1500,
            validate_default=True,
            description="Bars in the middle average, of a rule with three.",
        ),
        InWords("a whole number of bars"),
    ] = USUAL.middle
    slow: Annotated[
        int,
        Field(ge=2, le=2000, validate_default=True, description="Bars in the slow average."),
        InWords("a whole number of bars"),
    ] = USUAL.slow
    signal: Annotated[
        int,
        Field(ge=2, le=1000, description="Bars in the average of the MACD line, its signal line."),
        InWords("a whole number of bars"),
    ] = USUAL.signal
    band: Annotated[
        float,
        Field(ge=0, le=0.5, description="Distance of the bands from their average: 0.025 is 2.5 %."),
        InWords("a share of the average", hint="0.025 is 2.5 %"),
    ] = USUAL.band
    compare_with: Annotated[
        Symbol | None,
        Field(description="Another stored symbol to buy and hold beside the strategy; null: none."),
        InWords("the ticker symbol of a stored instrument, or nothing", hint="IBM is one"),
    ] = None

    @property
    def tuned(self) -> RuleParameters:
        """Return what the rule is tuned by."""
        return RuleParameters(
            average=self.average,
            fast=self.fast,
            middle=self.middle,
            slow=self.slow,
            signal=self.signal,
            band=self.band,
        )

    @field_validator("middle", "slow")
    @classmethod
    def _windows_increase(cls, window: int, info: ValidationInfo) -> int:
        """Refuse a window that is not longer than the one before it, where the rule uses both."""
        name, rule = str(info.field_name), info.data.get("rule")
        windows = () if rule is None else RULES[rule].windows
        shorter = windows[: windows.index(name)][-1:] if name in windows else ()
        for other in shorter:
            bars = info.data.get(other)
            if bars is not None and window <= bars:
                raise ValueError(f"The {name} window must be longer than the {other} one, {bars} bars.")
        return window

    @field_validator("compare_with")
    @classmethod
    def _another_symbol(cls, symbol: str | None, info: ValidationInfo) -> str | None:
        if symbol is not None and symbol == info.data.get("symbol"):
            raise ValueError(f"Give another symbol than {symbol}: buying and holding it is shown anyway.")
        return symbol
