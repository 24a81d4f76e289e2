"""One forecast: the prices of the coming sessions."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasting.model.distribution import FittedModel, predict_distribution
from forecasting.model.price_moves import Prices
from forecasting.model.quantile_grid import BANDS, MEDIAN, SCORED_LEVELS, probability_above, quantile

FloatArray = NDArray[np.float64]

MINIMUM_CLOSES = 60
"""With fewer closes the volatility of a symbol is unknown and no forecast is made."""
STEADY_CLOSES = 252
"""From here on every feature has its whole window."""


@dataclass(frozen=True, eq=False, kw_only=True)
class PricePath:
    """The forecast of each coming session's close; every array but `quantiles` has the shape (horizon,).

    Prices are in the unit of the closes that were given. `probability_above_last_close` is the probability
    of a close above the last known one. `quantiles`: shape (horizon, 19), prices at SCORED_LEVELS.
    """

    median: FloatArray
    low_80: FloatArray
    high_80: FloatArray
    low_95: FloatArray
    high_95: FloatArray
    quantiles: FloatArray
    probability_above_last_close: FloatArray


def predict_prices(model: FittedModel, prices: Prices, *, horizon: int) -> PricePath:
    """Return the forecast of the next `horizon` sessions from the prices so far.

    Raises ValueError for fewer than MINIMUM_CLOSES days.
    """
    if len(prices) < MINIMUM_CLOSES:
        raise ValueError(f"a forecast needs {MINIMUM_CLOSES} closes, not {len(prices)}")
    returns = predict_distribution(model, prices, np.array([len(prices) - 1]), horizon=horizon).grid()
    ahead = prices.close[-1] * np.exp(returns)
    return PricePath(
        median=quantile(ahead, MEDIAN),
        low_80=quantile(ahead, BANDS[80][0]),
        high_80=quantile(ahead, BANDS[80][1]),
        low_95=quantile(ahead, BANDS[95][0]),
        high_95=quantile(ahead, BANDS[95][1]),
        quantiles=np.stack([quantile(ahead, level) for level in SCORED_LEVELS], axis=1),
        probability_above_last_close=np.array([probability_above(row, 0.0) for row in returns]),
    )
