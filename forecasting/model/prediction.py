"""One forecast: the prices of the coming sessions."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasting.model.distribution import FittedModel, predict_distribution
from forecasting.model.intervals import BANDS, probability_above, quantile

FloatArray = NDArray[np.float64]

MINIMUM_CLOSES = 60
"""With fewer closes the volatility of a symbol is unknown and no forecast is made."""
STEADY_CLOSES = 252
"""From here on every feature has its whole window."""


@dataclass(frozen=True, eq=False, kw_only=True)
class PricePath:
    """The forecast of each coming session's close; every array has the shape (horizon,).

    Prices are in the unit of the closes that were given. `probability_above_last_close` is the probability
    of a close above the last known one.
    """

    median: FloatArray
    low_80: FloatArray
    high_80: FloatArray
    low_95: FloatArray
    high_95: FloatArray
    probability_above_last_close: FloatArray


def predict_prices(model: FittedModel, closes: FloatArray, *, horizon: int) -> PricePath:
    """Return the forecast of the next `horizon` sessions from the closes so far.

    closes: shape (bars,), positive, adjusted for splits, oldest first.
    Raises ValueError for fewer than MINIMUM_CLOSES closes.
    """
    if len(closes) < MINIMUM_CLOSES:
        raise ValueError(f"a forecast needs {MINIMUM_CLOSES} closes, not {len(closes)}")
    distribution = predict_distribution(model, closes, np.array([len(closes) - 1]), horizon=horizon)
    returns = distribution.location[:, None] + distribution.scale[0][:, None] * distribution.quantiles
    prices = closes[-1] * np.exp(returns)
    return PricePath(
        median=quantile(prices, 0.5),
        low_80=quantile(prices, BANDS[80][0]),
        high_80=quantile(prices, BANDS[80][1]),
        low_95=quantile(prices, BANDS[95][0]),
        high_95=quantile(prices, BANDS[95][1]),
        probability_above_last_close=np.array([probability_above(row, 0.0) for row in returns]),
    )
