"""Define the parameters that backtests and sweeps share, and their limits."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from core.field_messages import FieldMessage
from core.formatting import percent
from ingestion.bars import Adjustment
from ingestion.symbols import SYMBOL_MESSAGE, Symbol
from strategies.custom_rule import (
    BuyText,
    CoverText,
    SellText,
    ShortText,
    custom_rule_of,
    located_error,
    text_error,
)
from strategies.engine.enums import Average, Direction, Entry, Fill, Rule
from strategies.engine.language.errors import RuleTextError
from strategies.engine.language.tree import Clause, CustomRule
from strategies.engine.parameters import TUNABLE, RuleParameters

DEFAULTS = RuleParameters()
"""The default parameters of the rules."""


def limits_of(name: str) -> Any:
    """Return the field of one value of a rule's parameter, with its limits and what it means."""
    known = TUNABLE[name]
    return Field(
        ge=known.lowest if known.is_percent else int(known.lowest),
        le=known.highest if known.is_percent else int(known.highest),
        validate_default=known.is_window,
        description=f"{known.meaning}{known.detail}.",
    )


def message_of(name: str) -> FieldMessage:
    """Return what to give as one value of a rule's parameter."""
    if TUNABLE[name].is_percent:
        return FieldMessage("a share of the average", hint="0.025 is 2.5 %")
    return FieldMessage("a whole number of bars")


def values_in_words(values: Mapping[str, float | None]) -> str:
    """Return the parameters of one combination, such as 20 / 50 or 12 / 26, signal 9.

    Those of a custom rule with their names, such as fast 20, level 30.
    """
    if not values.keys() <= TUNABLE.keys():
        return ", ".join(f"{name} {value:g}" for name, value in values.items() if value is not None)
    given = [(TUNABLE[name], value) for name, value in values.items() if value is not None]
    windows = [f"{value:g}" for parameter, value in given if parameter.is_window]
    others = [
        f"{parameter.short.lower()} {percent(value, 1) if parameter.is_percent else f'{value:g}'}"
        for parameter, value in given
        if not parameter.is_window
    ]
    return ", ".join([" / ".join(windows), *others])


class OfOneSymbol(BaseModel):
    """What is asked about one stored instrument."""

    symbol: Annotated[
        Symbol,
        Field(description="Ticker symbol of a stored instrument."),
        SYMBOL_MESSAGE,
    ]


class TradingParameters(BaseModel):
    """What backtests and sweeps have in common: the bars, the rule without its tuning, and the money."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    start: Annotated[
        date | None,
        Field(description="First day to trade; null: the first bar."),
        FieldMessage("a day as year-month-day, or nothing for the first bar", hint="2005-01-31 is one"),
    ] = None
    end: Annotated[
        date | None,
        Field(description="Last day to trade; null: the last bar."),
        FieldMessage("a day as year-month-day, or nothing for the last bar", hint="2012-12-31 is one"),
    ] = None
    initial_investment: Annotated[
        float,
        Field(ge=0.01, le=1e12, description="Cash at the start, in the instrument's currency."),
        FieldMessage("an amount of money"),
    ] = 10_000
    rule: Annotated[
        Rule, Field(description="When to buy and when to sell."), FieldMessage("one of the rules")
    ] = Rule.MA_CROSSOVER
    buy: Annotated[
        BuyText, Field(description="Condition to buy, of a custom rule: sma(20) crosses above sma(50).")
    ] = None
    sell: Annotated[SellText, Field(description="Condition to sell what was bought, of a custom rule.")] = (
        None
    )
    short: Annotated[ShortText, Field(description="Condition to sell short, of a custom rule.")] = None
    cover: Annotated[
        CoverText, Field(description="Condition to buy back what was sold short, of a custom rule.")
    ] = None
    average: Annotated[
        Average, Field(description="Kind of moving average."), FieldMessage("a kind of average")
    ] = DEFAULTS.average
    entry: Annotated[
        Entry, Field(description="Enter on a fresh cross, or on the state."), FieldMessage("a kind of entry")
    ] = Entry.ON_CROSS
    direction: Annotated[
        Direction,
        Field(description="Sides of the market taken."),
        FieldMessage("the sides of the market to take"),
    ] = Direction.LONG_ONLY
    fill: Annotated[
        Fill,
        Field(description="Price of a fill; same_close is optimistic."),
        FieldMessage("a price of fills"),
    ] = Fill.NEXT_OPEN
    stop_loss: Annotated[
        float | None,
        Field(gt=0, le=1, description="Loss at which a trade is closed, as a fraction of its entry price."),
        FieldMessage("a share of the entry price", hint="0.05 is 5 %, null is no stop"),
    ] = None
    take_profit: Annotated[
        float | None,
        Field(gt=0, le=100, description="Gain at which a trade is closed, as a fraction of its entry price."),
        FieldMessage("a share of the entry price", hint="0.2 is 20 %, null is no target"),
    ] = None
    trailing_stop: Annotated[
        float | None,
        Field(gt=0, le=1, description="Fall from the best price of a trade at which it is closed."),
        FieldMessage("a share of the best price", hint="0.1 is 10 %, null is no trailing stop"),
    ] = None
    commission_rate: Annotated[
        float,
        Field(ge=0, le=0.2, description="Share of the notional, on each side: 0.001 is 0.1 %."),
        FieldMessage("a share of the traded amount", hint="0.001 is 0.1 %"),
    ] = 0.001
    commission_fixed: Annotated[
        float,
        Field(ge=0, le=1e6, description="Amount for each order, in the instrument's currency."),
        FieldMessage("an amount of money for each order"),
    ] = 0
    slippage_bps: Annotated[
        float,
        Field(ge=0, le=1000, description="Worse fill price, in hundredths of a percent."),
        FieldMessage("basis points", hint="5 make each fill 0.05 % worse"),
    ] = 0
    position_size: Annotated[
        float,
        Field(gt=0, le=1, description="Share of the equity put into a trade."),
        FieldMessage("a share of the equity", hint="0.5 is half of it"),
    ] = 1.0
    fractional_shares: Annotated[
        bool,
        Field(description="Whether parts of a share can be bought."),
        FieldMessage("true, for parts of a share, or false, for whole shares only"),
    ] = True
    risk_free_rate: Annotated[
        float,
        Field(ge=-0.1, le=1, description="Yearly rate subtracted in Sharpe, Sortino and alpha."),
        FieldMessage("a yearly rate", hint="0.03 is 3 %"),
    ] = 0
    adjustment: Annotated[
        Adjustment,
        Field(description="Corporate actions taken out of the prices."),
        FieldMessage("what to adjust prices for"),
    ] = Adjustment.SPLITS

    @property
    def custom_rule(self) -> CustomRule | None:
        """Return the conditions of a custom rule, with its parameters; None for a built-in rule."""
        texts = {str(clause): getattr(self, clause) for clause in Clause}
        return custom_rule_of(texts) if self.rule == Rule.CUSTOM else None

    @property
    def unstated(self) -> set[str]:
        """Return the fields that say nothing about this request: those of custom rules, of any other."""
        return set() if self.rule == Rule.CUSTOM else {*Clause, "values"}

    @model_validator(mode="after")
    def _texts_belong_to_custom_rules(self) -> Self:
        given = [str(clause) for clause in Clause if getattr(self, clause) is not None]
        if self.rule != Rule.CUSTOM and given:
            raise located_error(
                given[0], 'Conditions are for the rule "custom". Choose it, or leave them out.'
            )
        try:
            _ = self.custom_rule
        except RuleTextError as error:
            raise located_error(Clause.BUY, "", text_error(error)) from None
        return self

    def __hash__(self) -> int:
        """Return the hash of the values, among which may be mappings."""
        return hash(self.model_dump_json())

    @field_validator("end")
    @classmethod
    def _end_follows_start(cls, end: date | None, info: ValidationInfo) -> date | None:
        start = info.data.get("start")
        if start is not None and end is not None and end <= start:
            raise ValueError(f"The last day must be after the first day, {start}.")
        return end
