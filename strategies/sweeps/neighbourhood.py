"""The sweep around a backtest: are its parameters special, or would their neighbours have done as well?"""

from strategies.backtests.parameters import BacktestParameters
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
    usual = SweepParameters.model_validate(shared)
    ranges = {name: _range(name, getattr(backtest, name)) for name in usual.varied()[:2]}
    others = {name: getattr(backtest, name) for name in usual.varied()[2:]}
    return SweepParameters.model_validate({**shared, **ranges, **others})


def place_of(backtest: BacktestParameters, document: SweepDocument) -> int | None:
    """Return the place of the backtest among the combinations; None where it is not one of them."""
    asked = tuple(getattr(backtest, name) for name in document.varied)
    columns = (getattr(document.cells, name) for name in document.varied)
    for place, values in enumerate(zip(*columns, strict=True)):
        if values == asked:
            return place
    return None


def _range(name: str, value: float) -> SteppedRange:
    known = TUNABLE[name]
    step = max(round(value / SHARE, known.decimals), known.step)
    below = min(STEPS, int((value - known.lowest) / step))
    above = min(STEPS, int((known.highest - value) / step))
    return SteppedRange(start=round(value - below * step, 6), stop=round(value + above * step, 6), step=step)
