"""The scorecard: what forecasts of the same kind from past issue dates were worth."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecasting.inputs import ForecastInputs
from forecasting.model.evaluation import Evaluation, evaluate
from forecasting.model.prediction import STEADY_CLOSES
from forecasting.model.quantile_grid import SCORED_LEVELS
from forecasting.model.training import SMALLEST_SYMBOL_DAYS, calibrate
from forecasting.narrative import no_scorecard_sentence, scorecard_sentence
from forecasting.parameters import ModelKind
from forecasting.schemas import Calibration, HorizonScore, PastForecast, Reliability, Scorecard
from forecasting.training.registry import LoadedModel
from forecasting.training.service import EARLIEST_ISSUE, pooled_model
from ingestion.bars import Bars

IntArray = NDArray[np.int64]

YEARS_LOOKED_BACK = 10
ISSUE_STEP = 5
PAST_STEP = 4
"""Every fourth forecast is shown: at one in twenty sessions the chart of thirty ahead is full."""
TENTHS = 10
SHOWN_HORIZONS = (1, 5, 10, 15, 20, 25, 30)


def score(inputs: ForecastInputs, *, kind: ModelKind, horizon: int) -> Scorecard:
    """Return how such forecasts would have done on the traded bars, which end on the issue date.

    The issue dates lie five sessions apart, and every outcome is known by the last bar. All are
    forecast by the pooled model that existed before the first of them; a model of the symbol is
    calibrated anew for each year, from the bars before it.
    """
    bars = inputs.traded
    start = start_of_scoring(bars.dates[-1].item())
    days = past_days_of_issue(bars, since=start, kind=kind, horizon=horizon)
    if not len(days):
        return _empty_scorecard(len(bars))
    pooled = pooled_model(before=start)
    evaluation = rolling_evaluation(inputs, days, pooled, kind=kind, horizon=horizon)
    horizons = [horizon_score(evaluation, step) for step in shown_horizons(horizon)]
    first, last = bars.dates[days[0]].item(), bars.dates[days[-1]].item()
    return Scorecard(
        forecasts=len(days),
        first_issued_on=first,
        last_issued_on=last,
        horizons=horizons,
        calibration=calibration_of(evaluation, horizon),
        reliability=reliability_of(evaluation),
        past=list(past_forecasts(bars, evaluation, horizon))[::-PAST_STEP][::-1],
        trained_through=pooled.record.trained_through,
        sentence=scorecard_sentence(
            horizons[-1],
            first=first,
            last=last,
            step=ISSUE_STEP,
            trained_through=pooled.record.trained_through,
            kind=kind,
        ),
    )


def start_of_scoring(issued_on: date, years: int = YEARS_LOOKED_BACK) -> date:
    """Return the first day from which past forecasts are scored: some calendar years back."""
    return max(EARLIEST_ISSUE, date(issued_on.year - years, 1, 1))


def past_days_of_issue(bars: Bars, *, since: date, kind: ModelKind, horizon: int) -> IntArray:
    """Return the positions of the days from which past forecasts are made, oldest first."""
    closes_needed = SMALLEST_SYMBOL_DAYS if kind == ModelKind.SYMBOL else STEADY_CLOSES
    first = max(closes_needed - 1, int(np.searchsorted(bars.dates, np.datetime64(since))))
    return np.arange(len(bars) - 1 - horizon, first - 1, -ISSUE_STEP)[::-1]


def rolling_evaluation(
    inputs: ForecastInputs, days: IntArray, pooled: LoadedModel, *, kind: ModelKind, horizon: int
) -> Evaluation:
    """Return how forecasts from `days` did: a symbol's model is calibrated anew for each of their years."""
    prices, around = inputs.prices, inputs.surroundings
    if kind == ModelKind.POOLED:
        return evaluate(pooled.fitted, prices, days, horizon=horizon, surroundings=around)
    years = inputs.traded.dates[days].astype("datetime64[Y]")
    groups = [days[years == year] for year in np.unique(years)]
    models = [
        calibrate(pooled.fitted, prices.before(int(group[0]) + 1), drifts=around.drifts) for group in groups
    ]
    return Evaluation.joined(
        [
            evaluate(model, prices, group, horizon=horizon, surroundings=around)
            for model, group in zip(models, groups, strict=True)
        ]
    )


def shown_horizons(horizon: int) -> list[int]:
    """Return the distances for which tables have a row; the last one is `horizon`."""
    return [*(step for step in SHOWN_HORIZONS if step < horizon), horizon]


def horizon_score(evaluation: Evaluation, horizon: int) -> HorizonScore:
    """Return the mean figures of one distance."""

    def mean(values: NDArray[Any]) -> float:
        return float(values[:, horizon - 1].mean())

    crps, walk, drift = (
        mean(values) for values in (evaluation.crps, evaluation.random_walk_crps, evaluation.drift_crps)
    )
    return HorizonScore(
        horizon=horizon,
        forecasts=len(evaluation.days),
        mean_absolute_error=mean(evaluation.absolute_error),
        random_walk_error=mean(evaluation.random_walk_error),
        drift_error=mean(evaluation.drift_error),
        coverage_80=mean(evaluation.inside_80),
        coverage_95=mean(evaluation.inside_95),
        crps_ratio=crps / walk if walk > 0 else None,
        drift_crps_ratio=crps / drift if drift > 0 else None,
    )


def calibration_of(evaluation: Evaluation, horizon: int) -> list[Calibration]:
    """Return how many closes the central bands of 10 to 90 % and that of 95 % held at one distance."""
    actual = evaluation.actual[:, horizon - 1]
    rows = []
    for lower in range(len(SCORED_LEVELS) // 2 - 1, -1, -1):
        low, high = (evaluation.quantiles[row][:, horizon - 1] for row in (lower, -1 - lower))
        nominal = 1 - 2 * SCORED_LEVELS[lower]
        held = float(((low <= actual) & (actual <= high)).mean())
        rows.append(Calibration(nominal=round(nominal, 2), coverage=held))
    held_95 = float(evaluation.inside_95[:, horizon - 1].mean())
    return [*rows, Calibration(nominal=0.95, coverage=held_95)]


def reliability_of(evaluation: Evaluation) -> list[Reliability]:
    """Return how often closes came above the last one, by tenths of the probability that was given.

    All distances count. Tenths in which no probability fell have no row.
    """
    given, came = evaluation.probability_above.ravel(), (evaluation.actual > 0).ravel()
    tenth = np.minimum((given * TENTHS).astype(np.int64), TENTHS - 1)
    return [
        Reliability(
            probability_from=number / TENTHS,
            probability_to=(number + 1) / TENTHS,
            forecasts=int((tenth == number).sum()),
            mean_probability=float(given[tenth == number].mean()),
            frequency=float(came[tenth == number].mean()),
        )
        for number in np.unique(tenth).tolist()
    ]


def past_forecasts(bars: Bars, part: Evaluation, horizon: int) -> Iterator[PastForecast]:
    """Yield each forecast at one distance with the close that came."""
    for row, day in enumerate(part.days):
        close = float(bars.close[day])

        def price(name: str, row: int = row, close: float = close) -> float:
            return round(close * (1 + float(getattr(part, name)[row, horizon - 1])), 6)

        yield PastForecast(
            issued_on=bars.dates[day].item(),
            date=bars.dates[day + horizon].item(),
            horizon=horizon,
            median=price("median"),
            low_80=price("low_80"),
            high_80=price("high_80"),
            low_95=price("low_95"),
            high_95=price("high_95"),
            actual=price("actual"),
        )


def _empty_scorecard(bars: int) -> Scorecard:
    return Scorecard(
        forecasts=0,
        first_issued_on=None,
        last_issued_on=None,
        horizons=[],
        calibration=[],
        reliability=[],
        past=[],
        trained_through=None,
        sentence=no_scorecard_sentence(bars),
    )
