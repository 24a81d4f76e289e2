"""Define a request for a backtest, and its limits."""

from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from core.field_messages import FieldMessage
from ingestion.symbols import Symbol
from strategies.custom_rule import checked_values, rule_in, without_values
from strategies.engine.enums import Rule
from strategies.engine.language.binding import bind
from strategies.engine.language.check import MOST_PARAMETERS
from strategies.engine.parameters import TUNABLE, WINDOWS, RuleParameters
from strategies.engine.rules import RULES
from strategies.parameters import DEFAULTS, OfOneSymbol, TradingParameters, limits_of, message_of


class BacktestParameters(TradingParameters, OfOneSymbol):
    """One backtest's question. Equal parameters on equal data are the same run."""

    values: Annotated[
        dict[str, float],
        Field(
            max_length=MOST_PARAMETERS,
            validate_default=True,
            description="Values of a custom rule's parameters, by name; those left out have defaults.",
        ),
    ] = {}
    fast: Annotated[int, limits_of("fast"), message_of("fast")] = DEFAULTS.fast
    middle: Annotated[int, limits_of("middle"), message_of("middle")] = DEFAULTS.middle
    slow: Annotated[int, limits_of("slow"), message_of("slow")] = DEFAULTS.slow
    signal: Annotated[int, limits_of("signal"), message_of("signal")] = DEFAULTS.signal
    band: Annotated[float, limits_of("band"), message_of("band")] = DEFAULTS.band
    compare_with: Annotated[
        Symbol | None,
        Field(description="Another stored symbol to buy and hold beside the strategy; null: none."),
        FieldMessage("the ticker symbol of a stored instrument, or nothing", hint="IBM is one"),
    ] = None

    @property
    def rule_parameters(self) -> RuleParameters:
        """Return what the rule is tuned by."""
        rule = self.custom_rule
        if rule is not None:
            return RuleParameters(custom=bind(rule, self.values))
        return RuleParameters(**{name: getattr(self, name) for name in ("average", *TUNABLE)})

    @field_validator("values")
    @classmethod
    def _every_parameter_has_a_value(cls, values: dict[str, float], info: ValidationInfo) -> dict[str, float]:
        if info.data.get("rule") != Rule.CUSTOM:
            return without_values(values)
        rule = rule_in(info.data)
        return values if rule is None else checked_values(rule, values)

    @field_validator(*WINDOWS[1:])
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
