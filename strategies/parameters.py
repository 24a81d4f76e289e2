"""What may be asked of a backtest: the one definition of its parameters and their limits."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from ingestion.bars import Adjustment
from ingestion.symbols import Symbol


class Rule(StrEnum):
    """When the strategy wants to be invested."""

    MA_CROSSOVER = "ma_crossover"


class Average(StrEnum):
    """How a moving average weighs its window."""

    SIMPLE = "simple"
    EXPONENTIAL = "exponential"


class Entry(StrEnum):
    """Whether a state that already holds when trading begins is entered, or only a fresh cross."""

    ON_CROSS = "on_cross"
    ON_STATE = "on_state"


class Direction(StrEnum):
    """Which side of the market the strategy may take."""

    LONG_ONLY = "long_only"


class Fill(StrEnum):
    """The price at which a signal is filled; `same_close` is optimistic."""

    NEXT_OPEN = "next_open"
    SAME_CLOSE = "same_close"


class BacktestParameters(BaseModel):
    """One backtest's question. Equal parameters on equal data are the same run."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    symbol: Annotated[Symbol, Field(description="Ticker symbol of a stored instrument.")]
    start: Annotated[date | None, Field(description="First day to trade; null: the first bar.")] = None
    end: Annotated[date | None, Field(description="Last day to trade; null: the last bar.")] = None
    initial_investment: Annotated[
        float, Field(gt=0, le=1e12, description="Cash at the start, in the instrument's currency.")
    ] = 10_000
    rule: Annotated[Rule, Field(description="When to buy and when to sell.")] = Rule.MA_CROSSOVER
    average: Annotated[Average, Field(description="Kind of moving average.")] = Average.SIMPLE
    fast: Annotated[int, Field(ge=1, le=1000, description="Bars in the fast average.")] = 20
    slow: Annotated[
        int, Field(ge=2, le=2000, validate_default=True, description="Bars in the slow average.")
    ] = 50
    entry: Annotated[Entry, Field(description="Enter on a fresh cross, or on the state.")] = Entry.ON_CROSS
    direction: Annotated[Direction, Field(description="Sides of the market taken.")] = Direction.LONG_ONLY
    fill: Annotated[Fill, Field(description="Price of a fill; same_close is optimistic.")] = Fill.NEXT_OPEN
    commission_rate: Annotated[
        float, Field(ge=0, le=0.2, description="Share of the notional, on each side: 0.001 is 0.1 %.")
    ] = 0.001
    commission_fixed: Annotated[
        float, Field(ge=0, le=1e6, description="Amount for each order, in the instrument's currency.")
    ] = 0
    slippage_bps: Annotated[
        float, Field(ge=0, le=1000, description="Worse fill price, in hundredths of a percent.")
    ] = 0
    position_size: Annotated[
        float, Field(gt=0, le=1, description="Share of the equity put into a trade.")
    ] = 1.0
    fractional_shares: Annotated[bool, Field(description="Whether parts of a share can be bought.")] = True
    risk_free_rate: Annotated[
        float, Field(ge=-0.1, le=1, description="Yearly rate subtracted in Sharpe, Sortino and alpha.")
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
