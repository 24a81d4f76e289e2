"""Scores of forecasts beside those of a random walk, and the tables that print them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from benchmarks.forecast_data import Share
from forecasting.model.diebold_mariano import diebold_mariano
from forecasting.model.evaluation import Evaluation, crps_of, gaussian_crps, random_walk_deviation

FloatArray = NDArray[np.float64]
SCORES = ("CRPS", "IS80", "IS95")
SMALLEST_DECILE = 0.005
"""Of all forecasts: rarer deciles are not printed."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Record:
    """Losses of forecasts of one share from several days; arrays have the shape (days, horizons).

    losses and walk: by the name of the score, of the forecast and of the random walk.
    """

    symbol: str
    dates: NDArray[np.datetime64]
    losses: dict[str, FloatArray]
    walk: dict[str, FloatArray]
    inside_80: NDArray[np.bool_]
    inside_95: NDArray[np.bool_]
    absolute_error: FloatArray
    walk_error: FloatArray
    probability_above: FloatArray | None = None
    above: NDArray[np.bool_] | None = None
    first_horizon: int = 1

    def beyond(self, horizon: int) -> "Record":
        """Return the same for the horizons beyond one."""
        far = (slice(None), slice(horizon, None))
        return replace(
            self,
            losses={name: values[far] for name, values in self.losses.items()},
            walk={name: values[far] for name, values in self.walk.items()},
            inside_80=self.inside_80[far],
            inside_95=self.inside_95[far],
            absolute_error=self.absolute_error[far],
            walk_error=self.walk_error[far],
            probability_above=None if self.probability_above is None else self.probability_above[far],
            above=None if self.above is None else self.above[far],
            first_horizon=horizon + 1,
        )

    def chosen(self, rows: NDArray[np.bool_]) -> "Record":
        """Return the forecasts of the chosen days."""
        return Record(
            symbol=self.symbol,
            dates=self.dates[rows],
            losses={name: values[rows] for name, values in self.losses.items()},
            walk={name: values[rows] for name, values in self.walk.items()},
            inside_80=self.inside_80[rows],
            inside_95=self.inside_95[rows],
            absolute_error=self.absolute_error[rows],
            walk_error=self.walk_error[rows],
        )


def record_of(share: Share, evaluation: Evaluation) -> Record:
    """Return the losses of the model's forecasts."""
    bands = {80: (evaluation.low_80, evaluation.high_80), 95: (evaluation.low_95, evaluation.high_95)}
    record = _record(
        share,
        evaluation.days,
        actual=evaluation.actual,
        crps=evaluation.crps,
        bands=bands,
        median=evaluation.median,
    )
    return replace(record, probability_above=evaluation.probability_above, above=evaluation.actual > 0)


def record_of_quantiles(
    share: Share, days: NDArray[np.int64], actual: FloatArray, *, quantiles: FloatArray, outer: FloatArray
) -> Record:
    """Return the losses of another forecast, given its quantiles as returns.

    quantiles: shape (levels, days, horizons), at SCORED_LEVELS; outer: shape (2, days, horizons), the band
    of 95 %.
    """
    bands = {80: (quantiles[1], quantiles[-2]), 95: (outer[0], outer[1])}
    crps = crps_of(quantiles, actual)
    return _record(share, days, actual=actual, crps=crps, bands=bands, median=quantiles[9])


def _record(
    share: Share,
    days: NDArray[np.int64],
    *,
    actual: FloatArray,
    crps: FloatArray,
    bands: dict[int, tuple[FloatArray, FloatArray]],
    median: FloatArray,
) -> Record:
    deviation = random_walk_deviation(share.prices.close, days, actual.shape[1])
    reach = {level: NormalDist().inv_cdf(0.5 + level / 200) * deviation for level in bands}
    walk_bands = {level: (np.expm1(-each), np.expm1(each)) for level, each in reach.items()}
    inside = {level: (low <= actual) & (actual <= high) for level, (low, high) in bands.items()}
    return Record(
        symbol=share.symbol,
        dates=share.dates[days],
        losses={
            "CRPS": crps,
            **{f"IS{level}": interval_score(*band, actual, level) for level, band in bands.items()},
        },
        walk={"CRPS": gaussian_crps(0.0, deviation, actual), **_interval_scores(walk_bands, actual)},
        inside_80=inside[80],
        inside_95=inside[95],
        absolute_error=np.abs(actual - median),
        walk_error=np.abs(actual),
    )


def _interval_scores(
    bands: dict[int, tuple[FloatArray, FloatArray]], actual: FloatArray
) -> dict[str, FloatArray]:
    return {f"IS{level}": interval_score(low, high, actual, level) for level, (low, high) in bands.items()}


def interval_score(low: FloatArray, high: FloatArray, actual: FloatArray, level: int) -> FloatArray:
    """Return the interval score of central bands that should hold `level` percent (Winkler 1972, JASA 67)."""
    miss = np.maximum(low - actual, 0) + np.maximum(actual - high, 0)
    return np.asarray(high - low + 2 / (1 - level / 100) * miss)


def ratios(records: Iterable[Record]) -> dict[str, float]:
    """Return each score over the random walk's, as means over all forecasts and horizons."""
    records = list(records)
    return {
        name: sum(record.losses[name].sum() for record in records)
        / sum(record.walk[name].sum() for record in records)
        for name in SCORES
    }


def worst_horizon(records: list[Record], level: int) -> float:
    """Return by how many points the coverage of the worst horizon is off."""
    held = np.concatenate([getattr(record, f"inside_{level}") for record in records]).mean(axis=0)
    return 100 * _farthest(held - level / 100)


def coverage(records: list[Record], level: int) -> float:
    """Return the share of all closes that the band held."""
    return float(np.concatenate([getattr(record, f"inside_{level}") for record in records]).mean())


def worst_symbol(records: list[Record], level: int) -> tuple[str, float]:
    """Return the share whose coverage is off most, and by how many points."""
    off = {record.symbol: coverage([record], level) - level / 100 for record in records}
    symbol = max(off, key=lambda name: abs(off[name]))
    return symbol, 100 * off[symbol]


def median_against_walk(records: list[Record]) -> tuple[float, float]:
    """Return the median's mean absolute error over the random walk's: of all horizons, and of the worst."""
    own = np.concatenate([record.absolute_error for record in records])
    walk = np.concatenate([record.walk_error for record in records])
    return float(own.mean() / walk.mean()), float((own.mean(axis=0) / walk.mean(axis=0)).max())


def p_values(records: list[Record], rivals: list[Record] | None, *, step: int) -> dict[str, float | None]:
    """Return the Diebold-Mariano p value of each score against the random walk, or against `rivals`."""
    longest = records[0].first_horizon + records[0].inside_80.shape[1] - 1
    lag = (longest - 1) // step
    return {
        name: diebold_mariano(
            _by_date([(record.dates, record.losses[name]) for record in records]),
            _by_date(
                [(record.dates, record.walk[name]) for record in records]
                if rivals is None
                else [(rival.dates, rival.losses[name]) for rival in rivals]
            ),
            lag=lag,
        ).p_value
        for name in SCORES
    }


def mean_ratios(records: list[Record]) -> dict[str, float]:
    """Return the mean over shares of each score over the random walk's."""
    return {
        name: float(np.mean([record.losses[name].sum() / record.walk[name].sum() for record in records]))
        for name in SCORES
    }


def reliability_lines(records: list[Record]) -> Iterator[str]:
    """Yield how often closes came above the last one, by decile of the probability that was given."""
    given = np.concatenate([record.probability_above.ravel() for record in records])
    came = np.concatenate([record.above.ravel() for record in records])
    decile = np.minimum((given * 10).astype(int), 9)
    error = 0.0
    parts = []
    for number in np.unique(decile):
        rows = decile == number
        said, held, share = given[rows].mean(), came[rows].mean(), rows.mean()
        error += share * abs(said - held)
        if share >= SMALLEST_DECILE:
            parts.append(f"{said:.3f} said, {held:.3f} came ({100 * share:.0f} %)")
    yield f"  P(above): {'; '.join(parts)}; mean error {100 * error:.1f} points"


def _by_date(losses: list[tuple[NDArray[np.datetime64], FloatArray]]) -> FloatArray:
    """Return means over horizons and shares, one for each date."""
    dates = np.concatenate([each[0] for each in losses])
    means = np.concatenate([each[1].mean(axis=1) for each in losses])
    _, place = np.unique(dates, return_inverse=True)
    return np.asarray(np.bincount(place, weights=means) / np.bincount(place))


def _farthest(differences: FloatArray) -> float:
    return float(differences[np.abs(differences).argmax()])


def table_lines(name: str, records: list[Record], *, step: int) -> Iterator[str]:
    """Yield the lines of the issue's table for one set of shares."""
    count = sum(len(record.dates) for record in records)
    scores, chance = ratios(records), p_values(records, None, step=step)
    yield f"{name}: {len(records)} shares, {count} forecasts"
    means = mean_ratios(records)
    for score in SCORES:
        chances = "none" if chance[score] is None else f"{chance[score]:.4f}"
        figures = f"{scores[score]:.4f}, by share {means[score]:.4f}, p = {chances}"
        yield f"  {score} over the random walk's {figures}"
    held = [coverage(records, level) for level in (80, 95)]
    yield f"  coverage of 80 % / 95 %{held[0]:21.3f} / {held[1]:.3f}"
    yield "  worst horizon off, points" + "".join(
        f"{worst_horizon(records, level):+12.2f}" for level in (80, 95)
    )
    worst = [worst_symbol(records, level) for level in (80, 95)]
    yield "  worst share off, points  " + "".join(f"{off:+8.2f} {symbol:4}" for symbol, off in worst)
    mean, largest = median_against_walk(records)
    yield f"  MAE of the median over the random walk's {mean:.4f}, at the worst horizon {largest:.4f}"
    if records[0].above is not None:
        yield from reliability_lines(records)
