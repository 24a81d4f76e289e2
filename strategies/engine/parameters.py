"""Define what rules can be tuned by: value, unit, limits and words of each parameter.

A parameter is defined once, as a field of `RuleParameters`. Requests, sweeps, forms, charts and texts
read its definition from `TUNABLE`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum

from strategies.engine.enums import Average
from strategies.engine.language.tree import CustomRule

PERCENT = "\N{NO-BREAK SPACE}%"


class Unit(StrEnum):
    """What a parameter counts: whole bars, or a fraction that people read in percent."""

    BARS = "bars"
    FRACTION = "fraction"


@dataclass(frozen=True, kw_only=True)
class TunableParameter:
    """Describe a parameter that a sweep can vary.

    name: of the field in requests and documents.
    label: above its form field; plural: above a field of many values; axis: beside a chart's axis;
        short: where space is short.
    meaning: what it is, for published schemas, without a full stop; detail: what follows in requests.
    lowest, highest: its limits; step: the least distance of two values.
    is_window: whether it is a window of an average of the price; those a rule uses must increase.
    """

    name: str = ""
    label: str
    plural: str
    axis: str
    short: str
    meaning: str
    detail: str = ""
    unit: Unit
    lowest: float
    highest: float
    step: float
    is_window: bool = False

    @property
    def is_percent(self) -> bool:
        """Whether people read and write it in percent."""
        return self.unit == Unit.FRACTION

    @property
    def field(self) -> str:
        """Its name in forms and in URLs of forms, which take percentages."""
        return f"{self.name}_percent" if self.is_percent else self.name

    @property
    def field_unit(self) -> str:
        """What stands behind its form field."""
        return "%" if self.is_percent else "bars"

    @property
    def suffix(self) -> str:
        """What follows its value where people read it."""
        return PERCENT if self.is_percent else ""

    @property
    def decimals(self) -> int:
        """Decimals of a value that is proposed."""
        return 4 if self.is_percent else 0

    def field_value(self, value: float) -> float:
        """Return a value as its form field takes it: 2.5 for 0.025."""
        return round(100 * value, 10) if self.is_percent else value

    def text(self, value: float) -> str:
        """Return a value as people read it, such as 20 or 2.5 %."""
        return f"{self.field_value(value):g}{self.suffix}"


def _tunable[Value](default: Value, definition: TunableParameter) -> Value:
    # A dataclass takes the field for what it is; the type checker sees the type of its values.
    return field(default=default, metadata={"tunable": definition})


def _window(kind: str, *, lowest: int, highest: int, detail: str = "") -> TunableParameter:
    return TunableParameter(
        label=f"{kind} window",
        plural=f"{kind} windows",
        axis=f"{kind} window",
        short=kind,
        meaning=f"Bars in the {kind.lower()} average",
        detail=detail,
        unit=Unit.BARS,
        lowest=lowest,
        highest=highest,
        step=1,
        is_window=True,
    )


_SIGNAL = TunableParameter(
    label="Signal window",
    plural="Signal windows",
    axis="Signal window",
    short="Signal",
    meaning="Bars in the signal line",
    detail=", the average of the MACD line",
    unit=Unit.BARS,
    lowest=2,
    highest=1000,
    step=1,
)
_BAND = TunableParameter(
    label="Band",
    plural="Distances of the bands, %",
    axis="Distance of the bands",
    short="Band",
    meaning="Distance of the bands",
    detail=" from their average: 0.025 is 2.5 %",
    unit=Unit.FRACTION,
    lowest=0,
    highest=0.5,
    step=0.001,
)


@dataclass(frozen=True, kw_only=True)
class RuleParameters:
    """Hold what rules are tuned by; each uses some of it, as its definition tells.

    fast, middle, slow, signal: windows, in bars.
    band: distance of an envelope from its average, as a fraction of the average.
    custom: the conditions of a custom rule, with numbers in the place of its parameters.
    """

    average: Average = Average.SIMPLE
    fast: int = _tunable(20, _window("Fast", lowest=1, highest=1000))
    middle: int = _tunable(30, _window("Middle", lowest=2, highest=1500, detail=", of a rule with three"))
    slow: int = _tunable(50, _window("Slow", lowest=2, highest=2000))
    signal: int = _tunable(9, _SIGNAL)
    band: float = _tunable(0.025, _BAND)
    custom: CustomRule | None = None


TUNABLE: Mapping[str, TunableParameter] = {
    known.name: replace(known.metadata["tunable"], name=known.name)
    for known in fields(RuleParameters)
    if "tunable" in known.metadata
}
"""What a sweep can vary, in reading order; each rule uses some of them."""

WINDOWS = tuple(name for name, parameter in TUNABLE.items() if parameter.is_window)
"""The parameters that are windows of averages of the price; those a rule uses must increase."""


def field_of(name: str) -> str:
    """Return the form field of a rule's parameter."""
    return TUNABLE[name].field if name in TUNABLE else name
