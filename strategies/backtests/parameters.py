"""Define a request for a backtest, and its limits."""

from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from core.field_messages import FieldMessage
from ingestion.symbols import Symbol
from strategies.engine.rules import RULES, RuleParameters
from strategies.parameters import DEFAULTS, OfOneSymbol, TradingParameters


class BacktestParameters(TradingParameters, OfOneSymbol):
    """One backtest's question. Equal parameters on equal data are the same run."""

    fast: Annotated[
        int,
        Field(ge=1, le=1000, description="Bars in the fast average."),
        FieldMessage("a whole number of bars"),
    ] = DEFAULTS.fast
    middle: Annotated[
        int,
        Field(
            ge=2,
            le=1500,
            validate_default=True,
            description="Bars in the middle average, of a rule with three.",
        ),
        FieldMessage("a whole number of bars"),
    ] = DEFAULTS.middle
    slow: Annotated[
        int,
        Field(ge=2, le=2000, validate_default=True, description="Bars in the slow average."),
        FieldMessage("a whole number of bars"),
    ] = DEFAULTS.slow
    signal: Annotated[
        int,
        Field(ge=2, le=1000, description="Bars in the average of the MACD line, its signal line."),
        FieldMessage("a whole number of bars"),
    ] = DEFAULTS.signal
    band: Annotated[
        float,
        Field(ge=0, le=0.5, description="Distance of the bands from their average: 0.025 is 2.5 %."),
        FieldMessage("a share of the average", hint="0.025 is 2.5 %"),
    ] = DEFAULTS.band
    compare_with: Annotated[
        Symbol | None,
        Field(description="Another stored symbol to buy and hold beside the strategy; null: none."),
        FieldMessage("the ticker symbol of a stored instrument, or nothing", hint="IBM is one"),
    ] = None

    @property
    def rule_parameters(self) -> RuleParameters:
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
