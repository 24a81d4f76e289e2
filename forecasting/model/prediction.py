"""Forecasts from prices: the distribution of the coming returns, and the prices of one forecast."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasting.model.distribution import Distribution
from forecasting.model.features import daily_features
from forecasting.model.location import daily_drift
from forecasting.model.price_moves import Prices
from forecasting.model.price_range import year_of_moves
from forecasting.model.quantile_grid import (
    BANDS,
    MEDIAN,
    SCORED_LEVELS,
    position_of,
    quantile,
)
from forecasting.model.regression import (
    HORIZONS,
    MAX_HORIZON,
    SCALE_WINDOW,
    FittedModel,
    StageInputs,
    log_returns_ahead,
    own_scale,
)
from forecasting.model.surprise import surprise_factor
from forecasting.model.tracking import TRACKING_STEP, TRACKING_WINDOW, tracked_widths

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

MINIMUM_CLOSES = 60
"""With fewer closes the volatility of a symbol is unknown and no forecast is made."""
STEADY_CLOSES = 252
"""From here on every feature has its whole window."""
_TRACKED_BANDS = (80, 95)
_ALLOWED_MISSES = np.array([1 - name / 100 for name in _TRACKED_BANDS])


@dataclass(frozen=True, eq=False, kw_only=True)
class Surroundings:
    """What a forecast may know beside the prices.

    market: shape (days, 11), the features of the market on the days of the prices, NaN where it is unknown;
        None: unknown throughout. drifts: whether the average drift of shares holds; not for currencies.
    """

    market: FloatArray | None = None
    drifts: bool = True

    def before(self, stop: int) -> "Surroundings":
        """Return the same for the first `stop` days."""
        market = None if self.market is None else self.market[:stop]
        return Surroundings(market=market, drifts=self.drifts)


UNKNOWN = Surroundings()


@dataclass(frozen=True, eq=False, kw_only=True)
class _Path:
    """What the first stage says on each day from `first` on; all arrays have one row a day.

    volatility, ahead, errors: shape (rows, horizons); ahead: log returns, NaN where unknown, as are errors,
    which are absolute, over their mean in the pool. drift, regression, surprises: shape (rows,); surprises:
    the errors of one session.
    inputs: by regression, of all days.
    """

    first: int
    inputs: list[StageInputs]
    volatility: FloatArray
    ahead: FloatArray
    errors: FloatArray
    drift: FloatArray
    regression: IntArray
    surprises: FloatArray


def predict_distribution(
    model: FittedModel,
    prices: Prices,
    days: IntArray,
    *,
    horizon: int = MAX_HORIZON,
    surroundings: Surroundings = UNKNOWN,
) -> Distribution:
    """Return the distribution of the returns after each of `days`, from prices up to that day.

    days: shape (days,), increasing positions in `prices`.
    """
    stop = int(days[-1]) + 1
    known, around = prices.before(stop), surroundings.before(stop)
    path = _path(model, known, around, first=_first_day(int(days[0]), horizon), horizon=horizon)
    followed = _followed_days(path.first, int(days[0]), stop, horizon)
    every = np.union1d(days, followed)
    untracked = _untracked(model, path, every, drifts=around.drifts)
    widths = _widths(untracked, path, every, followed, days)
    chosen = np.searchsorted(every, days)
    year = year_of_moves(known.close, days, horizon)
    return Distribution(
        location=untracked.location[chosen],
        scale=untracked.scale[chosen],
        quantiles=untracked.quantiles,
        regression=untracked.regression[chosen],
        widths=widths,
        largest_moves=year.largest,
        unchanged=year.unchanged,
    )


def _first_day(day: int, horizon: int) -> int:
    """Return the first day whose error counts for forecasts from `day` on."""
    earliest = day - SCALE_WINDOW - TRACKING_WINDOW - TRACKING_STEP - 2 * horizon
    return min(max(MINIMUM_CLOSES - 1, earliest), day)


def _followed_days(first: int, day: int, stop: int, horizon: int) -> IntArray:
    """Return the days whose forecasts are followed: every fifth of the history, whatever is asked for."""
    begin = max(first, day - TRACKING_WINDOW - TRACKING_STEP - horizon)
    return np.arange(begin + (-begin) % TRACKING_STEP, stop, TRACKING_STEP)


def _path(
    model: FittedModel, known: Prices, surroundings: Surroundings, *, first: int, horizon: int
) -> _Path:
    returns = np.diff(np.log(known.close), prepend=np.log(known.close[0]))
    inputs = [StageInputs.of(daily_features(known), returns)]
    regression = np.zeros(len(known) - first, dtype=np.int64)
    if surroundings.market is not None and model.with_market is not None:
        inputs.append(inputs[0].beside(surroundings.market))
        regression[np.isfinite(surroundings.market[first:]).all(axis=1)] = 1
    volatility = np.empty((len(regression), horizon))
    for position, each in enumerate(inputs):
        rows = np.flatnonzero(regression == position)
        volatility[rows] = model.regressions[position].expected_move(each.first[first + rows], horizon)
    usual = np.stack([each.absolute_error[:horizon] for each in model.regressions])
    expected = usual[regression]
    expected *= volatility
    drift = daily_drift(known.close, model.drift_per_volatility if surroundings.drifts else 0.0)[first:]
    ahead = log_returns_ahead(known.close, horizon)[first:]
    surprises = np.zeros(len(regression))
    surprises[1:] = np.abs(returns[first + 1 :]) / expected[:-1, 0]
    return _Path(
        first=first,
        inputs=inputs,
        volatility=volatility,
        ahead=ahead,
        errors=_relative_errors(ahead, drift, expected),
        drift=drift,
        regression=regression,
        surprises=surprises,
    )


def _relative_errors(ahead: FloatArray, drift: FloatArray, expected: FloatArray) -> FloatArray:
    """Return absolute errors around the drift, over those expected, NaN where unknown."""
    errors = np.outer(drift, HORIZONS[: ahead.shape[1]])
    np.subtract(ahead, errors, out=errors)
    np.abs(errors, out=errors)
    errors /= expected
    return errors


@dataclass(frozen=True, eq=False, kw_only=True)
class _Untracked:
    """Distributions before the symbol's misses widen them; shapes as in Distribution."""

    location: FloatArray
    scale: FloatArray
    quantiles: FloatArray
    regression: IntArray


def _untracked(model: FittedModel, path: _Path, days: IntArray, *, drifts: bool) -> _Untracked:
    rows = days - path.first
    horizon = path.volatility.shape[1]
    regression = path.regression[rows]
    base = path.volatility[rows] * own_scale(path.errors, rows)
    median = np.stack([each.median_error[:horizon] for each in model.regressions])[regression]
    log_widths = np.empty_like(base)
    for position, inputs in enumerate(path.inputs):
        chosen = regression == position
        width = model.regressions[position].width
        log_widths[chosen] = width.log_widths(inputs.second[days[chosen]], horizon)
    surprise = surprise_factor(path.surprises, rows)
    return _Untracked(
        location=path.drift[rows, None] * HORIZONS[:horizon] + (median * base if drifts else 0.0),
        scale=base * np.exp(log_widths) * surprise[:, None],
        quantiles=np.stack([each.quantiles[:horizon] for each in model.regressions]),
        regression=regression,
    )


def _widths(
    untracked: _Untracked, path: _Path, every: IntArray, followed: IntArray, days: IntArray
) -> FloatArray:
    """Return the log widening of the bands on each of `days`, shape (days, horizons, bands)."""
    rows = np.searchsorted(every, followed)
    horizon = untracked.scale.shape[1]
    scale, regression = untracked.scale[rows], untracked.regression[rows]
    outcome = path.ahead[followed - path.first] - untracked.location[rows]
    reach = np.empty((len(followed), horizon, len(_TRACKED_BANDS)))
    for column, name in enumerate(_TRACKED_BANDS):
        low, high = (
            _widening(scale * untracked.quantiles[regression, :, position_of(level)], level)
            for level in BANDS[name]
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            reach[:, :, column] = np.log(np.where(outcome > 0, outcome / high, outcome / low))
    known = np.searchsorted(followed, days[:, None] - HORIZONS[:horizon], side="right")
    return tracked_widths(
        np.nan_to_num(reach, nan=-np.inf, posinf=np.inf), known, allowed_misses=_ALLOWED_MISSES
    )


def _widening(deviations: FloatArray, level: float) -> FloatArray:
    """Return deviations from the median that never shrink along the last axis, the horizons."""
    further = np.maximum if level > MEDIAN else np.minimum
    return np.asarray(further.accumulate(deviations, axis=-1))


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


def predict_prices(
    model: FittedModel, prices: Prices, *, horizon: int, surroundings: Surroundings = UNKNOWN
) -> PricePath:
    """Return the forecast of the next `horizon` sessions from the prices so far.

    Raises ValueError for fewer than MINIMUM_CLOSES days.
    """
    if len(prices) < MINIMUM_CLOSES:
        raise ValueError(f"a forecast needs {MINIMUM_CLOSES} closes, not {len(prices)}")
    last = np.array([len(prices) - 1])
    distribution = predict_distribution(model, prices, last, horizon=horizon, surroundings=surroundings)
    ahead = prices.close[-1] * np.exp(distribution.grid())
    return PricePath(
        median=quantile(ahead, MEDIAN),
        low_80=quantile(ahead, BANDS[80][0]),
        high_80=quantile(ahead, BANDS[80][1]),
        low_95=quantile(ahead, BANDS[95][0]),
        high_95=quantile(ahead, BANDS[95][1]),
        quantiles=np.stack([quantile(ahead, level) for level in SCORED_LEVELS], axis=1),
        probability_above_last_close=distribution.probabilities_above()[-1],
    )
