"""The sweep around a backtest: are its parameters special, or would their neighbours have done as well?"""

from strategies.backtests.parameters import BacktestParameters
from strategies.engine.enums import Rule
from strategies.engine.language.binding import limits_of, parameters_of
from strategies.engine.parameters import TUNABLE
from strategies.parameters import TradingParameters
from strategies.sweeps.parameters import SteppedRange, SweepParameters
from strategies.sweeps.schemas import SweepDocument

STEPS = 6
"""To either side of a parameter of the backtest."""
SHARE = 10
"""A step is about so small a share of the parameter."""


def around(backtest: BacktestParameters) -> SweepParameters:
    """Return the sweep with the backtest in its middle."""
    shared = {name: getattr(backtest, name) for name in ("symbol", *TradingParameters.model_fields)}
    if backtest.rule == Rule.CUSTOM:
        return SweepParameters.model_validate({**shared, "values": _custom_ranges(backtest)})
    usual = SweepParameters.model_validate(shared)
    ranges = {name: _range(name, getattr(backtest, name)) for name in usual.varied()[:2]}
    others = {name: getattr(backtest, name) for name in usual.varied()[2:]}
    return SweepParameters.model_validate({**shared, **ranges, **others})


def place_of(backtest: BacktestParameters, document: SweepDocument) -> int | None:
    """Return the place of the backtest among the combinations; None where it is not one of them."""
    is_custom = backtest.rule == Rule.CUSTOM
    asked = tuple(
        backtest.values.get(name) if is_custom else getattr(backtest, name) for name in document.varied
    )
    columns = (document.cells.of_parameter(name) for name in document.varied)
    for place, values in enumerate(zip(*columns, strict=True)):
        if values == asked:
            return place
    return None


def _custom_ranges(backtest: BacktestParameters) -> dict[str, SteppedRange | float]:
    """Return ranges of the first two parameters of a custom rule that can move, and the others' values."""
    rule = backtest.custom_rule
    lengths = {} if rule is None else parameters_of(rule)
    ranges: dict[str, SteppedRange | float] = dict(backtest.values)
    for name in [name for name, value in backtest.values.items() if value][:2]:
        limits = limits_of(is_length=lengths[name])
        ranges[name] = _steps_around(backtest.values[name], limits, whole=lengths[name])
    return ranges


def _steps_around(value: float, limits: tuple[float, float], *, whole: bool) -> SteppedRange:
    lowest, highest = limits
    step = max(round(abs(value) / SHARE), 1) if whole else float(f"{abs(value) / SHARE:.2g}")
    below = min(STEPS, int((value - lowest) / step))
    above = min(STEPS, int((highest - value) / step))
    return SteppedRange(start=round(value - below * step, 9), stop=round(value + above * step, 9), step=step)


def _range(name: str, value: float) -> SteppedRange:
    known = TUNABLE[name]
    step = max(round(value / SHARE, known.decimals), known.step)
    below = min(STEPS, int((value - known.lowest) / step))
    above = min(STEPS, int((known.highest - value) / step))
    return SteppedRange(start=round(value - below * step, 6), stop=round(value + above * step, 6), step=step)
