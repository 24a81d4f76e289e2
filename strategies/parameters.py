"""What may be asked of a backtest: the one definition of its parameters and their limits."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from ingestion.bars import Adjustment
from ingestion.symbols import Symbol
from ingestion.wording import SYMBOL_IN_WORDS
from jobs.limits import InWords
from strategies.engine.choices import Average, Direction, Entry, Fill, Rule

__all__ = ["Average", "BacktestParameters", "Direction", "Entry", "Fill", "Rule"]


class BacktestParameters(BaseModel):
    """One backtest's question. Equal parameters on equal data are the same run."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    symbol: Annotated[
        Symbol,
        Field(description="Ticker symbol of a stored instrument."),
        SYMBOL_IN_WORDS,
    ]
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
    rule: Annotated[Rule, Field(description="When to buy and when to sell.")] = Rule.MA_CROSSOVER
    average: Annotated[Average, Field(description="Kind of moving average.")] = Average.SIMPLE
    fast: Annotated[
        int,
        Field(ge=1, le=1000, description="Bars in the fast average."),
        InWords("a whole number of bars"),
    ] = 20
    slow: Annotated[
        int,
        Field(ge=2, le=2000, validate_default=True, description="Bars in the slow average."),
        InWords("a whole number of bars"),
    ] = 50
    entry: Annotated[Entry, Field(description="Enter on a fresh cross, or on the state.")] = Entry.ON_CROSS
    direction: Annotated[Direction, Field(description="Sides of the market taken.")] = Direction.LONG_ONLY
    fill: Annotated[Fill, Field(description="Price of a fill; same_close is optimistic.")] = Fill.NEXT_OPEN
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
    adjustment: Annotated[Adjustment, Field(description="Corporate actions taken out of the prices.")] = (
        Adjustment.SPLITS
    )

    @field_validator("end")
    @classmethod
    def _end_follows_start(cls, end: date | None, info: ValidationInfo) -> date | None:
        start = info.data.get("start")
        if start is not None and end is not None and end <= start:
            raise ValueError(f"The last day must be after the first day, {start}.")
        return end

    @field_validator("slow")
    @classmethod
    def _slow_exceeds_fast(cls, slow: int, info: ValidationInfo) -> int:
        fast = info.data.get("fast")
        if fast is not None and slow <= fast:
            raise ValueError(f"The slow window must be longer than the fast one, {fast} bars.")
        return slow
