"""Measure the shipped forecasting model against a random walk, on shares that it was not trained on.

    python benchmarks/forecast_accuracy.py

Shares: IBM, MSFT, AAPL and GOOG of the sample. Days of issue: every fifth session from 2005 on, each
forecast by the model that knew the pool through the year before. Every figure is a mean over the horizons
of 1 to 30 sessions; ratios are to a random walk with Gaussian bands from 1,000 days, below 1 is better.
"""

import statistics
import sys
import time
from datetime import date
from pathlib import Path
from statistics import NormalDist

import bokeh_sampledata.stocks as sample
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from forecasting.model.distribution import FittedModel, predict_distribution
from forecasting.model.evaluation import Evaluation, evaluate, random_walk_deviation
from forecasting.model.intervals import probability_above
from forecasting.model.prediction import predict_prices
from forecasting.model.training import fit_pooled_model
from forecasting.pool import shipped_pool

FloatArray = NDArray[np.float64]

SYMBOLS = ("IBM", "MSFT", "AAPL", "GOOG")
SPLITS = {"AAPL": ("2000-06-21", "2005-02-28"), "MSFT": ("2003-02-18",)}
YEARS = range(2005, 2014)
HORIZON = 30
STEP = 5
FIRST_DAY = 252


def sample_closes(symbol: str) -> tuple[NDArray[np.datetime64], FloatArray]:
    """Return dates and closes, adjusted for the splits of the sample."""
    columns = getattr(sample, symbol)
    dates = np.array(columns["date"], dtype="datetime64[D]")
    closes = np.array(columns["close"], dtype=np.float64)
    for day in SPLITS.get(symbol, ()):
        closes[dates < np.datetime64(day)] /= 2
    return dates, closes


def interval_score(low: FloatArray, high: FloatArray, actual: FloatArray, level: float) -> float:
    """Return the mean interval score (Winkler) of central bands that should hold `level`."""
    miss = np.maximum(low - actual, 0) + np.maximum(actual - high, 0)
    return float((high - low + 2 / (1 - level) * miss).mean())


def interval_score_ratio(part: Evaluation, closes: FloatArray, level: int) -> float:
    """Return the interval score over the random walk's."""
    reach = NormalDist().inv_cdf(0.5 + level / 200)
    deviation = random_walk_deviation(closes, part.days, HORIZON)
    walk = interval_score(np.expm1(-reach * deviation), np.expm1(reach * deviation), part.actual, level / 100)
    low, high = getattr(part, f"low_{level}"), getattr(part, f"high_{level}")
    return interval_score(low, high, part.actual, level / 100) / walk


def rise_forecast(model: FittedModel, closes: FloatArray, days: NDArray[np.int64]) -> FloatArray:
    """Return the probability of a close above the last one at the longest horizon."""
    distribution = predict_distribution(model, closes, days, horizon=HORIZON)
    grids = distribution.location[-1] + distribution.scale[:, -1, None] * distribution.quantiles[-1]
    return np.array([probability_above(grid, 0.0) for grid in grids])


def joined(parts: list[Evaluation]) -> Evaluation:
    """Return the evaluations of successive days as one."""
    return Evaluation(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in vars(parts[0])}
    )


def measure(symbol: str, models: dict[int, FittedModel]) -> list[float]:
    """Return the row of one share."""
    dates, closes = sample_closes(symbol)
    years = dates.astype("datetime64[Y]").astype(int) + 1970
    candidates = np.arange(len(closes) - 1 - HORIZON, FIRST_DAY - 1, -STEP)[::-1]
    parts, rises = [], []
    for year, model in models.items():
        days = candidates[years[candidates] == year]
        if len(days):
            parts.append(evaluate(model, closes, days, horizon=HORIZON))
            rises.append(rise_forecast(model, closes, days))
    whole = joined(parts)
    return [
        len(whole.days),
        whole.absolute_error.mean() / whole.random_walk_error.mean(),
        whole.inside_80.mean(),
        whole.inside_95.mean(),
        interval_score_ratio(whole, closes, 80),
        interval_score_ratio(whole, closes, 95),
        whole.crps.mean() / whole.random_walk_crps.mean(),
        np.concatenate(rises).mean(),
        (whole.actual[:, -1] > 0).mean(),
    ]


def report_accuracy(models: dict[int, FittedModel]) -> None:
    """Print the table."""
    names = ("n", "MAE", "in 80 %", "in 95 %", "IS80", "IS95", "CRPS", "P(up)", "was up")
    print(f"{'share':6}" + "".join(f"{name:>9}" for name in names))
    rows = [measure(symbol, models) for symbol in SYMBOLS]
    for symbol, row in zip((*SYMBOLS, "mean"), (*rows, np.mean(rows, axis=0)), strict=True):
        print(f"{symbol:6}{row[0]:9.0f}" + "".join(f"{figure:9.3f}" for figure in row[1:]))


def report_speed(model: FittedModel) -> None:
    """Print how long the parts take, as medians of 20 runs."""
    pool = shipped_pool().pool
    closes = sample_closes("IBM")[1]
    days = np.arange(len(closes) - 2520, len(closes) - HORIZON, STEP)
    deeds = {
        "one forecast from 3,270 closes": lambda: predict_prices(model, closes, horizon=HORIZON),
        f"scoring {len(days)} past forecasts": lambda: evaluate(model, closes, days, horizon=HORIZON),
        "training on the whole pool": lambda: fit_pooled_model(pool),
    }
    for name, deed in deeds.items():
        runs = []
        for _ in range(20 if "training" not in name else 3):
            begin = time.perf_counter()
            deed()
            runs.append(time.perf_counter() - begin)
        print(f"{name}: {statistics.median(runs) * 1000:.1f} ms")


if __name__ == "__main__":
    shipped = shipped_pool().pool
    vintages = {year: fit_pooled_model(shipped.through(date(year - 1, 12, 31))) for year in YEARS}
    report_accuracy(vintages)
    report_speed(vintages[YEARS[-1]])
