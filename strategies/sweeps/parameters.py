"""What may be asked of a sweep: a backtest's parameters, with ranges in place of single windows."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import prod
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from core.errors import field_errors, wrong_together
from core.field_messages import FieldMessage
from strategies.backtests.parameters import BacktestParameters
from strategies.custom_rule import checked_values, errors_at, located_error, rule_in, without_values
from strategies.engine.enums import Rule
from strategies.engine.language.binding import defaults_of
from strategies.engine.language.check import MOST_PARAMETERS
from strategies.engine.parameters import TUNABLE, WINDOWS, RuleParameters
from strategies.engine.rules import RULES
from strategies.engine.sweep.grid import Grid, custom_grid_of, grid_of
from strategies.engine.sweep.selection import Objective
from strategies.engine.sweep.walk_forward import Scheme
from strategies.parameters import DEFAULTS, OfOneSymbol, TradingParameters

__all__ = ["Objective", "Scheme", "SteppedRange", "SweepParameters", "Values", "WalkForwardPlan"]

MOST_COMBINATIONS = 250_000
MOST_VALUES = 1_000


class SteppedRange(BaseModel):
    """Values from `start` in equal steps; `stop` is one of them where a step lands on it."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    start: Annotated[float, Field(description="The first value.")]
    stop: Annotated[float, Field(description="The last value, where a step lands on it.")]
    step: Annotated[float, Field(gt=0, description="Distance of neighbours.")] = 1

    def values(self) -> tuple[float, ...]:
        """Return the values, computed in decimals so that 0.1 steps meet 0.3."""
        start, step = Decimal(str(self.start)), Decimal(str(self.step))
        return tuple(float(start + place * step) for place in range(self.count()))

    def count(self) -> int:
        """Return how many values there are; 0 where `stop` lies before `start`."""
        # Decimals cannot divide what differs by more than 28 digits.
        start, stop, step = (Fraction(str(number)) for number in (self.start, self.stop, self.step))
        return max(int((stop - start) // step) + 1, 0) if stop >= start else 0


type Values = SteppedRange | list[float] | float
"""A range, a list of values, or one value."""

_IN_WORDS = FieldMessage(
    "a number, a list of numbers, or a range with start, stop and step",
    hint='{"start": 10, "stop": 50, "step": 5} has 10 and 50',
)


def _meaning(name: str) -> Any:
    """Return the field of the values of a rule's parameter."""
    return Field(description=f"{TUNABLE[name].meaning}{TUNABLE[name].detail}.")


class WalkForwardPlan(BaseModel):
    """How walk-forward cuts the bars: chosen by the training bars, traded in the bars after them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scheme: Annotated[Scheme, Field(description="Train on the last bars alone, or on all bars so far.")] = (
        Scheme.ROLLING
    )
    train_bars: Annotated[
        int,
        Field(ge=50, le=10_000, description="Bars that a choice looks back on."),
        FieldMessage("a number of bars"),
    ] = 756
    test_bars: Annotated[
        int,
        Field(ge=20, le=2_520, description="Bars that a choice is traded for."),
        FieldMessage("a number of bars"),
    ] = 252


class SweepRanges(TradingParameters):
    """What is swept, and what the best is best at, whichever the symbol."""

    values: Annotated[
        dict[str, Values],
        Field(
            max_length=MOST_PARAMETERS,
            validate_default=True,
            description="Values of a custom rule's parameters, by name: ranges, lists or single ones.",
        ),
    ] = {}
    fast: Annotated[Values, _meaning("fast"), _IN_WORDS] = SteppedRange(start=5, stop=60, step=5)
    middle: Annotated[Values, _meaning("middle"), _IN_WORDS] = DEFAULTS.middle
    slow: Annotated[Values, _meaning("slow"), _IN_WORDS] = SteppedRange(start=20, stop=240, step=10)
    signal: Annotated[Values, _meaning("signal"), _IN_WORDS] = DEFAULTS.signal
    band: Annotated[Values, _meaning("band"), _IN_WORDS] = DEFAULTS.band
    objective: Annotated[
        Objective,
        Field(description="Figure that the best combination has most of."),
        FieldMessage("a figure of the cells"),
    ] = Objective.SHARPE
    minimum_trades: Annotated[
        int,
        Field(ge=0, le=10_000, description="Combinations with fewer trades cannot be the best."),
        FieldMessage("a number of trades"),
    ] = 1
    walk_forward: Annotated[
        WalkForwardPlan, Field(description="How the bars are cut to choose by the past alone.")
    ] = WalkForwardPlan()

    @field_validator(*TUNABLE)
    @classmethod
    def _values_are_allowed(cls, given: Values, info: ValidationInfo) -> Values:
        """Refuse values that a single backtest would refuse; those of windows must be whole."""
        name = str(info.field_name)
        for value in _distinct(given):
            try:
                SINGLE_VALUES[name].validate_python(value)
            except ValidationError as error:
                raise ValueError(field_errors(error)[0].message) from None
        return given

    @field_validator("values")
    @classmethod
    def _every_parameter_has_values(cls, given: dict[str, Values], info: ValidationInfo) -> dict[str, Values]:
        """Refuse values of a custom rule's parameters that a single backtest would refuse."""
        if info.data.get("rule") != Rule.CUSTOM:
            return without_values(given)
        rule = rule_in(info.data)
        if rule is None:
            return given
        found: dict[str, Values] = {**defaults_of(rule)}
        for name, values in given.items():
            with errors_at(name):
                for value in _distinct(values):
                    checked_values(rule, {name: value})
            found[name] = values
        return found

    @model_validator(mode="after")
    def _there_are_cells(self) -> Self:
        if self.rule == Rule.CUSTOM and not self.values:
            raise located_error(
                "buy", "There is no parameter to sweep. Put a name in place of a number, such as sma(fast)."
            )
        combinations = prod(len(self.values_for(name)) for name in self.varied())
        if combinations > MOST_COMBINATIONS:
            raise wrong_together(
                f"These ranges make {combinations:,d} combinations. Give larger steps: at most "
                f"{MOST_COMBINATIONS:,d} can be swept at once.",
                *(("values",) if self.rule == Rule.CUSTOM else self._ranges()),
            )
        if not len(self.grid()):
            raise wrong_together(
                "No combination has windows that increase. Let the slow ones go higher.",
                *(name for name in WINDOWS if name in self.varied()),
            )
        return self

    def values_for(self, name: str) -> tuple[float, ...]:
        """Return the values of one of `varied`, in ascending order, each once."""
        return values_of(self.values[name] if self.rule == Rule.CUSTOM else getattr(self, name))

    def _ranges(self) -> list[str]:
        """Return the names of what has more than one value."""
        return [name for name in self.varied() if len(self.values_for(name)) > 1]

    def varied(self) -> tuple[str, ...]:
        """Return the names of what the rule uses and a sweep can vary, in reading order."""
        if self.rule == Rule.CUSTOM:
            return tuple(self.values)
        return tuple(name for name in TUNABLE if name in RULES[self.rule].uses)

    def grid(self) -> Grid:
        """Return the cells: every combination whose windows increase."""
        ranges = {name: self.values_for(name) for name in self.varied()}
        custom = self.custom_rule
        if custom is not None:
            return custom_grid_of(custom, ranges)
        return grid_of(self.rule, RuleParameters(average=self.average), ranges)


class SweepParameters(SweepRanges, OfOneSymbol):
    """One sweep's question: every combination of the values of the rule's parameters is backtested."""

    def backtest(self, cell: Mapping[str, float]) -> BacktestParameters:
        """Return the single backtest of a cell, given by what varies."""
        shared = {name: getattr(self, name) for name in TradingParameters.model_fields}
        tuned = {"values": cell} if self.rule == Rule.CUSTOM else cell
        return BacktestParameters.model_validate({"symbol": self.symbol, **shared, **tuned})


def values_of(given: Values) -> tuple[float, ...]:
    """Return the values in ascending order, each once."""
    if isinstance(given, SteppedRange):
        return given.values()
    return tuple(sorted(set(map(float, given)))) if isinstance(given, list) else (float(given),)


def _distinct(given: Values) -> tuple[float, ...]:
    """Return the values; raises ValueError where there are none or too many."""
    if isinstance(given, tuple | list) and len(given) > MOST_VALUES:
        raise ValueError(f"These are more than {MOST_VALUES:,d} values. Give fewer.")
    if isinstance(given, SteppedRange) and given.count() > MOST_VALUES:
        raise ValueError(f"This range has more than {MOST_VALUES:,d} values. Give a larger step.")
    values = values_of(given)
    if not values:
        raise ValueError("There is no value here: the range must stop at its start or after it.")
    return values


def _single_value(name: str) -> TypeAdapter[float]:
    """Return what checks one value of a parameter as a backtest does."""
    field = BacktestParameters.model_fields[name]
    checked: Any = Annotated[field.annotation, *field.metadata]
    return TypeAdapter(checked)


SINGLE_VALUES = {name: _single_value(name) for name in TUNABLE}
"""One definition of the limits: those of a backtest."""
