"""The distribution of returns that a forecast predicts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasting.model.price_range import demanded_deviations
from forecasting.model.quantile_grid import (
    BANDS,
    LEVELS,
    MEDIAN,
    STANDARD_NORMAL,
    position_of,
    probabilities_above,
)

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Distribution:
    """Predicted log returns: location + scale x quantile, never narrower further out.

    All are zero where a price has not moved in a year.
    location, scale: shape (days, horizons). largest_moves, unchanged: the same shape; the largest moves of
        the last year, and the share of its moves that were zero.
    quantiles: shape (regressions, horizons, levels). regression: shape (days,), which one forecasts.
    widths: shape (days, horizons, bands), the log widening of the bands by the symbol's own misses.
    """

    location: FloatArray
    scale: FloatArray
    quantiles: FloatArray
    regression: IntArray
    widths: FloatArray
    largest_moves: FloatArray
    unchanged: FloatArray

    def at(self, level: float) -> FloatArray:
        """Return the log returns at `level`, one of LEVELS, in the shape (days, horizons)."""
        return self._returns(slice(None), position_of(level))[:, :, 0]

    def grid(self) -> FloatArray:
        """Return the log returns after the last day at all LEVELS, in the shape (horizons, levels)."""
        returns = self._returns(slice(-1, None), slice(None))[0]
        return np.asarray(np.maximum.accumulate(returns, axis=1))

    def probabilities_above(self) -> FloatArray:
        """Return the probability of a close above the last one, shape (days, horizons).

        A close that is the same is not above it: such closes are as frequent as in the last year.
        """
        returns = self._returns(slice(None), slice(None))
        return np.asarray((1 - self.unchanged) * probabilities_above(returns, 0.0))

    def _returns(self, days: slice, levels: slice | int) -> FloatArray:
        """Return the log returns on some days at some positions in LEVELS, shape (days, horizons, levels)."""
        chosen = slice(levels, levels + 1) if isinstance(levels, int) else levels
        widened = np.exp(self.widths[days] @ _BAND_WEIGHTS[:, chosen])
        deviations = self.scale[days, :, None] * self.quantiles[self.regression[days], :, chosen] * widened
        least = demanded_deviations(self.largest_moves[days], STANDARD_NORMAL[chosen])
        upper = LEVELS[chosen] > MEDIAN
        deviations = np.where(upper, np.maximum(deviations, least), np.minimum(deviations, least))
        deviations = np.where(
            upper, *(way.accumulate(deviations, axis=1) for way in (np.maximum, np.minimum))
        )
        moves = self.largest_moves[days, :1, None] > 0
        return np.where(moves, self.location[days, :, None] + deviations, 0.0)


def _band_weights() -> FloatArray:
    """Return how much the widths of the bands of 80 and 95 % count at each level, shape (2, levels).

    Between them the log of the tail decides, beyond them the nearer one alone.
    """
    tails = np.minimum(LEVELS, 1 - LEVELS)
    outer, inner = BANDS[95][0], BANDS[80][0]
    inward = np.clip(np.log(tails / outer) / np.log(inner / outer), 0, 1)
    return np.stack([inward, 1 - inward])


_BAND_WEIGHTS = _band_weights()
